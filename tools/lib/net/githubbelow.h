/*
 * githubbelow - the list below one row: the reviews or the commits of a pull
 * request, the statuses of a deployment.
 *
 * A pull request lists its first 250 commits only; when that many come, the
 * rest is read from the comparison of its two ends.
 *
 * Prints the rows, then for reviews and commits the keys line that says which
 * exist.  When it fails, a failure line with the parent as its key is printed:
 * an item, fetched alone later (--items), that holds nobody's cursor.
 */
#ifndef PULSE_GITHUBBELOW_H
#define PULSE_GITHUBBELOW_H

#include "net/githubrun.h"

struct github_entry;
struct github_below;

typedef void github_below_done(const struct github_below *below,
			       const struct http_reply *failed,
			       const char *state);

struct github_below {
	enum github_type type; /* REVIEW, PR_COMMIT or STATUS */
	int64_t parent;
	/* Called once, at the end: failed is NULL when all is out; state is
	 * that of the first row, NULL when there is none. */
	github_below_done *done;
	void *arg;
	struct github_entry *entry; /* for done; may be NULL */
	int64_t created;	    /* likewise */
	bool quiet;		    /* no failure line: done deals with it */
};

void github_below(struct github_repo *repo, const struct github_below *below);

#endif
