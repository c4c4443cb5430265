/*
 * jira - the resources of the made-up Jira site below /jira, by one table.
 *
 * The account is demo@acme.test with the token demo-jira-token (Basic), or
 * that token alone (Bearer); anything else answers 401, but serverInfo is for
 * everybody.  demo_jira, jira_expected and jira_change are declared in
 * demo/world.h.
 */
#ifndef PULSE_JIRA_H
#define PULSE_JIRA_H

#include "demo/desk.h"

void jira_issue(const struct desk_call *call);
void jira_issue_changelog(const struct desk_call *call);
void jira_issues(const struct desk_call *call);	    /* bulkfetch */
void jira_changelogs(const struct desk_call *call); /* bulkfetch */

#endif
