/*
 * jiraflows - the workflows of a site: by /workflows/search, else by the older
 * /workflow/search, which leaves out team-managed projects; by /workflow on
 * Data Center.  All need the right to administer Jira.  Where they are refused
 * or gone, the statuses have to do, which is said once and no failure.
 */
#ifndef PULSE_JIRAFLOWS_H
#define PULSE_JIRAFLOWS_H

#include "net/jira.h"

/* *failed is set when they could not be had for another reason. */
void jiraflows_ask(struct jira *jira, bool *failed);

#endif
