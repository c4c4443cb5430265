/*
 * query - the part of Jira's query language that fetchers use.
 *
 *   struct query *query = query_parse(tracker, text, &why);
 *   if (query_matches(query, &tracker->issues[i])) ...
 *   order = query_compare(query, a, b);
 *   query_free(query);
 *
 * Clauses (demo/clause.h) joined by and, or, not and parentheses, then
 * `order by` created, updated, resolved, key, id ..., asc or desc.  Unknown
 * projects, fields and values are refused in Jira's words.
 */
#ifndef PULSE_QUERY_H
#define PULSE_QUERY_H

#include <stdbool.h>

#include "demo/tracker.h"

struct query;

/* NULL with *why allocated, as Jira would say it. */
struct query *query_parse(const struct tracker *tracker, const char *text,
			  char **why);
void query_free(struct query *query);

/* Does it restrict anything at all? */
bool query_is_bounded(const struct query *query);

bool query_matches(const struct query *query,
		   const struct tracker_issue *issue);

/* Below, at or above zero: which issue comes first.  Ends with the id. */
int query_compare(const struct query *query, const struct tracker_issue *a,
		  const struct tracker_issue *b);

#endif
