/*
 * jirawalk - the issues of one project and their history, from its cursor to
 * now; its scope is the project's key.
 *
 *   walk = jirawalk_new(jira, "PAY");
 *   if (jirawalk_is_first(walk)) ...  jirawalk_size(walk, about how many);
 *   jirawalk_start(walk, ended, arg);
 *   jirawalk_free(walk);
 *
 * A first walk takes every issue changed since the history begins, however old
 * it is, in windows of some months over `created`, which never changes: so no
 * issue is in two windows or in none.  Later walks take what changed since the
 * last one, minus an overlap, without an upper end; an issue that changes
 * meanwhile is found by the next walk, since the cursor moves to the site's
 * time at the start, at most.  What the overlap brings again is told by (id,
 * updated) and not printed.
 *
 * A checkpoint closes each window, and comes at least every 50 pages or 30 s
 * in a large one: a walk that was cut goes on behind the last whole page.
 *
 * At the end the ids of all issues are listed, so that deleted ones are seen:
 * every time while they fit one page, else once a day.  (A moved issue has its
 * new project's scope by then, so its old project's list does not touch it.)
 *
 * When only one of jira_issue and jira_change is wanted the cursor says so;
 * a walk that wants more starts anew.
 */
#ifndef PULSE_JIRAWALK_H
#define PULSE_JIRAWALK_H

#include "net/jira.h"
#include "net/jql.h"

struct jirawalk;

struct jirawalk *jirawalk_new(struct jira *jira, const char *key);
const char *jirawalk_key(const struct jirawalk *walk);
bool jirawalk_is_first(const struct jirawalk *walk);
/* The query that a first walk will make, for counting. */
void jirawalk_query(const struct jirawalk *walk, struct jql *jql);
void jirawalk_size(struct jirawalk *walk, int64_t issues);
/* About how many issues, -1: not known; and issues printed so far. */
int64_t jirawalk_expected(const struct jirawalk *walk);
uint64_t jirawalk_issues(const struct jirawalk *walk);

void jirawalk_start(struct jirawalk *walk, void (*end)(void *arg), void *arg);
void jirawalk_free(struct jirawalk *walk);

#endif
