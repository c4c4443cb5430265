/*
 * jirahistory - all changes of issues, as jira_change records.
 *
 * A search embeds a changelog that is cut: to the newest 40 on Cloud today,
 * to 20 or 100 at other times; its `total` says how many there are.  Cloud's
 * POST /rest/api/3/changelog/bulkfetch gives all for up to 1000 issues.  What
 * is short of total after that is fetched issue by issue; what is short even
 * then is a failed item.
 *
 *   jirahistory_embedded(jira, &issue, &histories);  emits, adds to the count
 *   job = { .issues = ..., .end = ... };             malloc'd, consumed
 *   jirahistory_fetch(jira, job);                    until count >= total
 */
#ifndef PULSE_JIRAHISTORY_H
#define PULSE_JIRAHISTORY_H

#include "net/jira.h"

enum { JIRAHISTORY_TRUSTED = 20 }; /* nothing cuts a changelog below that */

struct jirahistory_issue {
	char *id, *key;
	int64_t total; /* -1: not known */
	int64_t count; /* emitted */
	bool asked;    /* in bulk */
};

struct jirahistory {
	const char *scope; /* borrowed */
	struct jirahistory_issue *issues;
	size_t count;
	/* All that can be had is out; whole: and nothing is missing. */
	void (*end)(void *arg, bool whole);
	void *arg;
	/* its own */
	struct jira *jira;
	size_t waiting; /* issues asked for one by one */
	char *token;
	bool failed; /* bulk cannot be had */
	bool cut;    /* an issue is short for good */
};

void jirahistory_embedded(struct jira *jira, const char *scope,
			  struct jirahistory_issue *issue,
			  const struct json_span *histories, int64_t at);
/* Sends requests, or ends at once when nothing is missing. */
void jirahistory_fetch(struct jira *jira, struct jirahistory *job);
void jirahistory_free(struct jirahistory *job);

#endif
