/*
 * jirakeys - the ids of all issues of a project, as a keys line: what is in the
 * database and not in it has been deleted (or has moved, and has its new
 * project's scope by then).
 */
#ifndef PULSE_JIRAKEYS_H
#define PULSE_JIRAKEYS_H

#include "net/jira.h"

struct jirakeys; /* while end runs */

struct jirakeys_wish {
	const char *project; /* borrowed until the end */
	/* reply->class NONE: the line is out. */
	void (*end)(void *arg, const struct http_reply *reply,
		    const struct jirakeys *keys);
	void *arg;
};
void jirakeys_print(struct jira *jira, const struct jirakeys_wish *wish);

size_t jirakeys_count(const struct jirakeys *keys);
bool jirakeys_has(const struct jirakeys *keys, const char *id);

#endif
