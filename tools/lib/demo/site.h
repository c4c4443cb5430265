/*
 * site - the lists that belong to the whole Jira site: server, account,
 * projects, statuses, fields, users, workflows.
 */
#ifndef PULSE_SITE_H
#define PULSE_SITE_H

#include "demo/desk.h"

void site_server(const struct desk_call *call);
void site_myself(const struct desk_call *call);
void site_projects_paged(const struct desk_call *call);
void site_projects(const struct desk_call *call);
void site_project(const struct desk_call *call);
void site_project_statuses(const struct desk_call *call);
void site_statuses(const struct desk_call *call);
void site_statuses_paged(const struct desk_call *call);
void site_fields(const struct desk_call *call);
void site_users(const struct desk_call *call);	     /* Cloud, bare array */
void site_user_search(const struct desk_call *call); /* Data Center */
void site_workflow_search(const struct desk_call *call);
void site_workflows_search(const struct desk_call *call);
void site_workflows(const struct desk_call *call); /* Data Center */

/* The id of a project's workflow on Cloud. */
void site_workflow_id(const struct tracker *tracker, int project, char out[40]);

#endif
