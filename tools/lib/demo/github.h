/*
 * github - answers as GitHub's REST API does, below /github.
 *
 *   github_open(world);     once world->github is there
 *   demo_github(world, request, reply);         (world.h)
 *   github_close(world);
 *
 * github.c does what holds for every request: headers, version, token, quota,
 * prepared answers, routing.  endpoints.c fills in `out` for one endpoint; it
 * reads the asking and sets what the reply needs.
 */
#ifndef PULSE_GITHUB_H
#define PULSE_GITHUB_H

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
	const char *error; /* message of an error answer */
	bool paged;	   /* total counts, Link is wanted */
	bool no_last;	   /* without rel="last" */
	size_t total;
};

typedef void asking_answer(struct asking *asking);

struct endpoint {
	const char *pattern; /* words and *, as in "pulls" "/" "*" */
	asking_answer *answer;
};

/* Below /github, and below /github/repos/OWNER/NAME; ended by NULL. */
extern const struct endpoint endpoints_top[];
extern const struct endpoint endpoints_repo[];

void github_open(struct world *world);
void github_close(struct world *world);
/* The token of the request has nothing left for so many seconds. */
void github_exhaust(struct world *world, const struct httpd_request *request,
		    int64_t seconds);

/* Writes the part of the list that the page asks for. */
typedef void asking_row(const struct asking *asking, size_t row,
			struct jsonw *out);
void asking_list(struct asking *asking, const unsigned *rows, size_t count,
		 asking_row *write);
void asking_fail(struct asking *asking, unsigned status, const char *message);

/* Does path meet the pattern?  Fills words. */
bool asking_matches(struct asking *asking, const char *pattern,
		    const char *path);

#endif
