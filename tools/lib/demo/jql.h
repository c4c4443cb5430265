/*
 * jql - the part of Jira's query language that fetchers use.
 *
 *   struct jql *jql = jql_parse(tracker, text, &why);
 *   if (jql_matches(jql, &tracker->issues[i])) ...
 *   order = jql_order(jql);
 *   jql_free(jql);
 *
 * clause:  FIELD = != > >= < <= VALUE | FIELD [not] in (VALUE, ...)
 *          | FIELD is [not] empty, joined by and, or, not and parentheses
 * fields:  project, key, id, created, updated, resolved, issuetype, status,
 *          statusCategory, resolution, sprint, parent
 * order by created, updated, resolved, key, id, asc or desc; several
 *
 * Dates are yyyy-MM-dd [HH:mm] or with slashes, read in the account's zone, to
 * the minute (seconds are refused); a number without quotes is epoch ms; -7d
 * counts back from now.  Unknown projects, fields and values are refused, as
 * Jira does.
 */
#ifndef PULSE_JQL_H
#define PULSE_JQL_H

#include <stdbool.h>
#include <stddef.h>

#include "demo/tracker.h"

struct jql;

/* NULL with *why allocated, as Jira would say it. */
struct jql *jql_parse(const struct tracker *tracker, const char *text,
		      char **why);
void jql_free(struct jql *jql);

/* Does it restrict anything at all? */
bool jql_is_bounded(const struct jql *jql);

bool jql_matches(const struct jql *jql, const struct tracker_issue *issue);

/* Below, at or above zero: which issue comes first.  Ends with the id. */
int jql_compare(const struct jql *jql, const struct tracker_issue *a,
		const struct tracker_issue *b);

#endif
