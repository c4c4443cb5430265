/*
 * site - the lists that belong to the whole Jira site: server, account,
 * projects, statuses, fields.
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

#endif
