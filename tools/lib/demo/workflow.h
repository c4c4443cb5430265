/*
 * workflow - the lists of workflows, for administrators only (403).
 *
 * /workflow/search leaves out those of team-managed projects, the newer
 * /workflows/search has them; Data Center gives an array whose members have a
 * name and no id.
 */
#ifndef PULSE_WORKFLOW_H
#define PULSE_WORKFLOW_H

#include "demo/desk.h"

void workflow_search(const struct desk_call *call);
void workflow_search_new(const struct desk_call *call);
void workflow_all(const struct desk_call *call);

/* The id of a project's workflow on Cloud. */
void workflow_id(const struct tracker *tracker, int project, char out[40]);

#endif
