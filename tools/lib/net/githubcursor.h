/*
 * githubcursor - what is out of one repository, as the JSON that travels in
 * checkpoint lines and comes back with the next run.  pure.
 *
 *   {"v":1,"id":"1234",
 *    "pr":{"floor":T,"with":BITS,"mark":T,"top":T,"reached":T,
 *          "recent":[[42,T],...],"walk":{"rows":N,"top":T,"upto":T}},
 *    "comment":{"floor":T,"issue":T,"review":T}, "issue":{"floor":T,"mark":T},
 *    "commit":{"floor":T,"head":SHA,"walk":{"to":SHA,"rows":N,"full":true}},
 *    "deployment":{"floor":T,"mark":ID,"updated":T,"top":ID,"reached":ID,
 *                  "watch":[[ID,T],...]},
 *    "release":{"etag":TEXT}}
 *
 * A part that is absent has not been read yet.  floor: how far back its rows
 * go.  A cursor that cannot be read, such as {}, counts as none: all is fetched
 * again.
 */
#ifndef PULSE_GITHUBCURSOR_H
#define PULSE_GITHUBCURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/descent.h"

enum { GITHUB_WATCHED = 500, GITHUB_RECENT = 500 };

struct github_pair { /* a number or id, and a time */
	int64_t id, time;
};

struct github_pairs {
	struct github_pair *items;
	size_t count, size;
};

struct github_pulls_cursor {
	bool set;
	int64_t floor;
	unsigned with; /* which lists below a pull request are out too */
	struct descent descent; /* over updated_at; mark 0: first walk */
	/* Pull requests within the overlap below mark: out as of that time. */
	struct github_pairs recent;
	bool walking; /* the first walk is under way */
	int64_t rows; /* of the list by created_at that are out */
	int64_t top;  /* mark when it is done */
	int64_t upto; /* rows updated since then are out already; 0: none */
};

struct github_commits_cursor {
	bool set;
	int64_t floor;
	char *head; /* everything reachable from it is out; NULL: nothing */
	char *to;   /* where an unfinished walk leads; NULL: none */
	int64_t rows;
	bool full; /* it lists all from `to`, and does not compare */
};

struct github_deployments_cursor {
	bool set;
	int64_t floor;
	struct descent descent;	   /* over ids */
	int64_t updated;	   /* the latest updated_at that is out */
	struct github_pairs watch; /* not final: id, created_at */
};

struct github_marks { /* lists that take `since` */
	bool set;
	int64_t floor, first, second;
};

struct github_cursor {
	char *id; /* of the repository; NULL: not known */
	struct github_pulls_cursor pulls;
	struct github_marks comments; /* first: issues', second: reviews' */
	struct github_marks issues;
	struct github_commits_cursor commits;
	struct github_deployments_cursor deployments;
	char *release_etag;
};

/* text may be NULL. */
void github_cursor_read(struct github_cursor *cursor, const char *text,
			size_t len);
/* Allocated. */
char *github_cursor_write(const struct github_cursor *cursor, size_t *len);
void github_cursor_free(struct github_cursor *cursor);

/* The id of a cursor, allocated, or NULL: cheaper than reading it whole. */
char *github_cursor_id(const char *text, size_t len);

void github_pairs_add(struct github_pairs *pairs, int64_t id, int64_t time);
/* NULL: not there. */
const struct github_pair *github_pairs_find(const struct github_pairs *pairs,
					    int64_t id);
/* Without those whose time lies before `time`. */
void github_pairs_keep_since(struct github_pairs *pairs, int64_t time);
void github_pairs_remove(struct github_pairs *pairs, int64_t id);

#endif
