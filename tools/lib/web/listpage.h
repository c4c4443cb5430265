/*
 * listpage - a list that is asked for page by page: {"NAME":[…],"next":TOKEN}.
 *
 *   struct listpage page = { .name = "checkpoints" };
 *   if (!listpage_read(&page, x)) return;        ?limit=, ?after=, ?client=
 *   listpage_begin(&w, page.name);
 *   ... each element into w ...
 *   listpage_end(x, &w, next);                   answers
 */
#ifndef PULSE_LISTPAGE_H
#define PULSE_LISTPAGE_H

#include "web/exchange.h"

struct listpage {
	const char *name; /* the list's key; a constant */
	size_t limit;
	int64_t after;	/* 0: from the beginning */
	int64_t client; /* -1: all */
};

/* False: refused. */
bool listpage_read(struct listpage *page, struct exchange *x);
void listpage_begin(struct jsonw *w, const char *name);
/* next 0: that was the last page. */
void listpage_end(struct exchange *x, struct jsonw *w, int64_t next);

#endif
