/*
 * jiraissues - the walks of all chosen projects, as many at once as there are
 * connections.  One that fails neither stops nor rewinds the others.
 *
 *   issues = jiraissues_new(jira);
 *   jiraissues_add(issues, "PAY");           for each project
 *   code = jiraissues_run(issues);           counts, tells, walks
 *   jiraissues_free(issues);
 */
#ifndef PULSE_JIRAISSUES_H
#define PULSE_JIRAISSUES_H

#include "net/jira.h"

struct jiraissues;

struct jiraissues *jiraissues_new(struct jira *jira);
void jiraissues_add(struct jiraissues *issues, const char *project);
/* EX_OK, or what ended the whole run. */
int jiraissues_run(struct jiraissues *issues);
void jiraissues_free(struct jiraissues *issues);

#endif
