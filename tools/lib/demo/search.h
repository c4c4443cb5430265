/*
 * search - the search resources of both flavors.
 *
 * Cloud: tokens, no total, pages shorter than asked for without being the
 * last, ids only unless fields are named, unbounded queries refused, startAt
 * ignored; the old resource answers 410.  A token holds on to the rows as they
 * were when the first page was given, and belongs to its query.
 * Data Center: startAt, maxResults under the server's cap, total; 500 beyond
 * the result window; rows shift when issues change between pages.
 *
 * Results are kept for a while, so that paging does not sort anew.
 */
#ifndef PULSE_SEARCH_H
#define PULSE_SEARCH_H

#include "demo/desk.h"

struct search;
struct search *search_new(void);
void search_free(struct search *search);

void search_by_token(const struct desk_call *call);
void search_count(const struct desk_call *call);
void search_by_offset(const struct desk_call *call);
void search_gone(const struct desk_call *call);

#endif
