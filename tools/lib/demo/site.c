#include "demo/site.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "demo/member.h"
#include "demo/stock.h"

void
site_server(const struct desk_call *call)
{
	struct jsonw w = { 0 };

	jsonw_open(&w, '{');
	jsonw_put_string(&w, "baseUrl",
			 call->dc ? "https://jira.acme.test"
				  : "https://acme.atlassian.net");
	jsonw_put_string(&w, "version",
			 call->dc ? "9.12.4" : "1001.0.0-SNAPSHOT");
	jsonw_key(&w, "versionNumbers");
	jsonw_open(&w, '[');
	jsonw_int(&w, call->dc ? 9 : 1001);
	jsonw_int(&w, call->dc ? 12 : 0);
	jsonw_int(&w, call->dc ? 4 : 0);
	jsonw_close(&w, ']');
	jsonw_put_string(&w, "deploymentType", call->dc ? "Server" : "Cloud");
	jsonw_put_int(&w, "buildNumber", call->dc ? 9120004 : 100286);
	member_time(&w, "serverTime", call->tracker, call->tracker->now);
	jsonw_put_string(&w, "scmInfo",
			 "5bb9d2f4f2c8a1c0a3a3d4b1a6e7f0c9d8b7a6e5");
	jsonw_put_string(&w, "serverTitle", "Jira");
	jsonw_close(&w, '}');
	desk_answer(call, 200, &w);
}

/* The account of the token: the last of the users, in the zone asked for. */
void
site_myself(const struct desk_call *call)
{
	const struct tracker *tracker = call->tracker;
	struct jsonw w = { 0 };

	stock_put(&w, &tracker->stock->users[tracker->user_count - 1]);
	desk_answer(call, 200, &w);
}

/* A project as lists give it: more than issues carry. */
static void
put_project(const struct desk_call *call, int index, struct jsonw *w)
{
	const struct tracker *tracker = call->tracker;
	const struct stock_piece *piece = &tracker->stock->projects[index];
	const struct tracker_project *project = &tracker->projects[index];

	jsonw_open(w, '{');
	jsonw_put_string(
		w, "expand",
		"description,lead,issueTypes,url,projectKeys,permissions,"
		"insight");
	/* The members of the stock's object, without its braces. */
	jsonw_raw(w, piece->json + 1, piece->len - 2);
	if (!call->dc) {
		jsonw_put_string(w, "style",
				 project->flow->team_managed ? "next-gen"
							     : "classic");
		jsonw_put_bool(w, "isPrivate", false);
		jsonw_key(w, "properties");
		jsonw_open(w, '{');
		jsonw_close(w, '}');
		jsonw_put_string(w, "description", "");
	}
	stock_member(w, "lead", &tracker->stock->users[project->lead]);
	jsonw_close(w, '}');
}

void
site_projects_paged(const struct desk_call *call)
{
	struct desk_page page =
		desk_page(call, call->tracker->project_count, 50, 100);
	struct jsonw w = { 0 };
	int64_t i;

	desk_open_page(&w, &page, true);
	for (i = page.start; i < page.end; i++)
		put_project(call, (int)i, &w);
	desk_close_page(call, &w);
}

void
site_projects(const struct desk_call *call)
{
	struct jsonw w = { 0 };
	int i;

	jsonw_open(&w, '[');
	for (i = 0; i < call->tracker->project_count; i++)
		put_project(call, i, &w);
	jsonw_close(&w, ']');
	desk_answer(call, 200, &w);
}

static int
named_project(const struct desk_call *call)
{
	int index = tracker_project(call->tracker, call->part[0],
				    strlen(call->part[0]));

	if (index < 0)
		desk_refuse(call, 404,
			    "No project could be found with key '%s'.",
			    call->part[0]);
	return index;
}

void
site_project(const struct desk_call *call)
{
	int index = named_project(call);
	struct jsonw w = { 0 };

	if (index < 0)
		return;
	put_project(call, index, &w);
	desk_answer(call, 200, &w);
}

void
site_project_statuses(const struct desk_call *call)
{
	const struct stock *stock = call->tracker->stock;
	const struct catalog_flow *flow;
	int index = named_project(call), i;
	struct jsonw w = { 0 };

	if (index < 0)
		return;
	flow = call->tracker->projects[index].flow;
	jsonw_open(&w, '[');
	jsonw_open(&w, '{');
	member_self(
		&w, call->tracker, "api/3/issuetype/%d",
		catalog_types[catalog_type(flow->project, CATALOG_TASK)].id);
	member_id(&w, "id",
		  catalog_types[catalog_type(flow->project, CATALOG_TASK)].id);
	jsonw_put_string(&w, "name", "Task");
	jsonw_put_bool(&w, "subtask", false);
	jsonw_key(&w, "statuses");
	jsonw_open(&w, '[');
	for (i = 0; i < 4; i++)
		stock_put(&w,
			  &stock->statuses[catalog_status(flow->statuses[i])]);
	jsonw_close(&w, ']');
	jsonw_close(&w, '}');
	jsonw_close(&w, ']');
	desk_answer(call, 200, &w);
}

void
site_statuses(const struct desk_call *call)
{
	struct jsonw w = { 0 };
	size_t i;

	jsonw_open(&w, '[');
	for (i = 0; i < catalog_status_count; i++)
		stock_put(&w, &call->tracker->stock->statuses[i]);
	jsonw_close(&w, ']');
	desk_answer(call, 200, &w);
}

void
site_statuses_paged(const struct desk_call *call)
{
	static const char *const categories[] = { "UNDEFINED", "TODO",
						  "IN_PROGRESS", "DONE" };
	struct desk_page page =
		desk_page(call, (int64_t)catalog_status_count, 200, 200);
	struct jsonw w = { 0 };
	int64_t i;

	desk_open_page(&w, &page, true);
	for (i = page.start; i < page.end; i++) {
		const struct catalog_status *status = &catalog_statuses[i];

		jsonw_open(&w, '{');
		member_id(&w, "id", status->id);
		jsonw_put_string(&w, "name", status->name);
		jsonw_put_string(&w, "statusCategory",
				 categories[status->category]);
		jsonw_put_string(&w, "description", "");
		jsonw_close(&w, '}');
	}
	desk_close_page(call, &w);
}

static void
put_schema(const struct catalog_field *field, struct jsonw *w)
{
	jsonw_key(w, "schema");
	jsonw_open(w, '{');
	jsonw_put_string(w, "type", field->type);
	if (field->items != NULL)
		jsonw_put_string(w, "items", field->items);
	if (field->custom != NULL) {
		jsonw_put_string(w, "custom", field->custom);
		jsonw_put_int(w, "customId", strtol(field->id + 12, NULL, 10));
	} else {
		jsonw_put_string(w, "system", field->id);
	}
	jsonw_close(w, '}');
}

static void
put_field(const struct desk_call *call, const struct catalog_field *field,
	  struct jsonw *w)
{
	char clause[40];

	jsonw_open(w, '{');
	jsonw_put_string(w, "id", field->id);
	if (!call->dc)
		jsonw_put_string(w, "key", field->id);
	jsonw_put_string(w, "name", field->name);
	if (!call->dc)
		jsonw_put_string(w, "untranslatedName", field->name);
	jsonw_put_bool(w, "custom", field->custom != NULL);
	jsonw_put_bool(w, "orderable", true);
	jsonw_put_bool(w, "navigable", field->navigable);
	jsonw_put_bool(w, "searchable", true);
	jsonw_key(w, "clauseNames");
	jsonw_open(w, '[');
	if (field->custom != NULL) {
		snprintf(clause, sizeof(clause), "cf[%s]", field->id + 12);
		jsonw_string(w, clause);
	}
	jsonw_string(w, field->name);
	jsonw_close(w, ']');
	if (field->type != NULL)
		put_schema(field, w);
	jsonw_close(w, '}');
}

void
site_fields(const struct desk_call *call)
{
	struct jsonw w = { 0 };
	size_t i;

	jsonw_open(&w, '[');
	for (i = 0; i < catalog_field_count; i++)
		put_field(call, &catalog_fields[i], &w);
	jsonw_close(&w, ']');
	desk_answer(call, 200, &w);
}
