/*
 * asking - one GET of GitHub's API while it is being answered.
 *
 * github.c fills in the upper half and looks at the lower one afterwards; an
 * endpoint reads the upper half and writes its value into `out`, by
 * asking_list when it is a list, or fails with asking_fail.
 */
#ifndef PULSE_ASKING_H
#define PULSE_ASKING_H

#include "demo/payload.h"

enum { ASKING_WORDS = 4, ASKING_WORD = 128 };

struct asking {
	struct world *world;
	struct repo *repo; /* NULL outside a repository */
	const struct httpd_request *request;
	struct payload p;
	char words[ASKING_WORDS][ASKING_WORD]; /* what * in the pattern met */
	unsigned page, per_page;
	/* the answer */
	struct jsonw out;
	unsigned status;
	char error[192]; /* message of an error answer, or "" */
	bool paged;	 /* total counts, Link is wanted */
	bool no_last;	 /* without rel="last" */
	size_t total;
};

/* Does path meet the pattern?  Fills words. */
bool asking_matches(struct asking *asking, const char *pattern,
		    const char *path);

void asking_fail(struct asking *asking, unsigned status, const char *format,
		 ...) __attribute__((format(printf, 3, 4)));

/* Query arguments; an empty one counts as none. */
const char *asking_argument(const struct asking *asking, const char *name,
			    const char *fallback);
int64_t asking_time(const struct asking *asking, const char *name,
		    int64_t fallback);

/* Writes the part of the list that the page asks for. */
typedef void asking_row(const struct asking *asking, size_t row,
			struct jsonw *out);
void asking_list(struct asking *asking, const unsigned *rows, size_t count,
		 asking_row *write);

/* Likewise of rows by a time, then by their number; frees places. */
struct asking_place {
	int64_t at;
	unsigned row;
};
void asking_sorted(struct asking *asking, struct asking_place *places,
		   size_t count, bool down, asking_row *write);

/* The pull request that words[0] names, or NULL and a 404. */
struct pull *asking_pull(struct asking *asking);

/* The Link header of a list, allocated, or NULL; rest is the path below the
 * repository.  GitHub's links go by id, whatever name was asked for. */
char *asking_link(const struct asking *asking, const char *rest);

#endif
