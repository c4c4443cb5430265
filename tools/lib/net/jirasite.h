/*
 * jirasite - what a Jira site has beside issues: fields, statuses, users,
 * workflows, boards and sprints, projects.  All in the scope `site`.
 *
 *   site = jirasite_new(jira, found, arg);     found is called for each
 *                                              chosen project's key
 *   code = jirasite_run(site);
 *   jirasite_free(site);
 *
 * Its cursor, {"at":T,"users":N,"users_at":T}, only saves requests: users are
 * listed until an empty page once a day, else one page that holds as many as
 * there were is taken for all.  Workflows need the right to administer Jira;
 * without it the statuses, which anybody may read, say what there is.
 */
#ifndef PULSE_JIRASITE_H
#define PULSE_JIRASITE_H

#include "net/jira.h"

struct jirasite;

struct jirasite *jirasite_new(struct jira *jira,
			      void (*found)(void *arg, const char *project),
			      void *arg);
/* Learns which fields the site has; jirasite_run begins with it.  Both: EX_OK,
 * or what ended the whole run. */
int jirasite_fields(struct jirasite *site);
int jirasite_run(struct jirasite *site);
void jirasite_free(struct jirasite *site);

#endif
