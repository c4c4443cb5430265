/*
 * jiralist - a list that comes in pages of startAt.
 *
 * It ends at isLast, at total, or, with until_empty, at an empty page: a short
 * page is not the last one.  A page that comes twice ends it with 76, as when
 * a server does not know startAt.
 */
#ifndef PULSE_JIRALIST_H
#define PULSE_JIRALIST_H

#include "net/jira.h"

struct jiralist {
	const char *path;   /* below the base; copied */
	const char *values; /* the array's name, or NULL: the body itself */
	long page;	    /* maxResults; 0: one request, no paging */
	bool until_empty;
	bool urgent; /* it completes what is begun */
	/* The list held so many: a first page of just so many is all of it.
	 * 0: not known. */
	size_t expected;
	void (*each)(void *arg, const struct json_span *item, int64_t at);
	/* reply->class is NONE when all came; count of items. */
	void (*end)(void *arg, const struct http_reply *reply, size_t count);
	void *arg;
};
void jiralist_walk(struct jira *jira, const struct jiralist *list);

#endif
