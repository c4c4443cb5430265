/*
 * jiraitems - failed items fetched alone, for --items: issues with all their
 * history (jira_issue and jira_change, by the id) and boards with
 * their sprints.  What could be fetched, or is gone for good, is resolved.
 */
#ifndef PULSE_JIRAITEMS_H
#define PULSE_JIRAITEMS_H

#include "net/jira.h"
#include "net/jirasite.h"

/* EX_OK, or what ended the whole run. */
int jiraitems_run(struct jira *jira, struct jirasite *site,
		  const struct source_item *items, size_t count);

#endif
