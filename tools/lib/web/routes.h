/*
 * routes - every (method, path) that pulse-web answers, and the least role that
 * may ask for it: one table; what is not in it is refused.  pure, but for the
 * handlers it names.
 */
#ifndef PULSE_ROUTES_H
#define PULSE_ROUTES_H

#include <stdbool.h>
#include <stddef.h>

struct exchange;

/* Parts of a path that stand for something, and the room for one. */
enum { ROUTES_PARTS = 2, ROUTES_PART = 168 };

enum routes_least { /* the role that is needed at least */
		    ROUTES_ANYBODY,
		    ROUTES_TICKET, /* a viewer; or anybody, who must then show
				    * the handler a ticket */
		    ROUTES_VIEWER,
		    ROUTES_OPERATOR,
		    ROUTES_ADMIN
};

struct route {
	const char *method; /* GET (HEAD too) or POST */
	const char *path;   /* "/api/v1/jobs/{job}/runs" */
	enum routes_least least;
	void (*answer)(struct exchange *x);
	/* The query arguments that it knows, blanks between; "": none; "set.*":
	 * each that begins so; "*": whatever. */
	const char *query;
};

/* The whole table, ended by a NULL path. */
const struct route *routes_all(void);

/* The row for a request.  NULL: no such path, or with *allow (NUL-ended, at
 * most 64 bytes) not "": a path that has these methods.  parts gets what stands
 * for {…}; an empty or overlong one, and one with `/` or a control byte in it,
 * matches nothing. */
const struct route *routes_find(const char *method, const char *path,
				char parts[ROUTES_PARTS][ROUTES_PART],
				char allow[64]);

/* Does the row know this query argument? */
bool routes_knows(const struct route *route, const char *argument);

#endif
