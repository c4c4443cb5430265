#include "demo/site.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "demo/stock.h"

void
site_server(const struct desk_call *call)
{
	struct jsonw w = { 0 };

	jsonw_open(&w, '{');
	stock_text(&w, "baseUrl",
		   call->dc ? "https://jira.acme.test"
			    : "https://acme.atlassian.net");
	stock_text(&w, "version", call->dc ? "9.12.4" : "1001.0.0-SNAPSHOT");
	jsonw_key(&w, "versionNumbers");
	jsonw_open(&w, '[');
	jsonw_int(&w, call->dc ? 9 : 1001);
	jsonw_int(&w, call->dc ? 12 : 0);
	jsonw_int(&w, call->dc ? 4 : 0);
	jsonw_close(&w, ']');
	stock_text(&w, "deploymentType", call->dc ? "Server" : "Cloud");
	stock_number(&w, "buildNumber", call->dc ? 9120004 : 100286);
	stock_time(&w, "serverTime", call->tracker, call->tracker->now);
	stock_text(&w, "scmInfo", "5bb9d2f4f2c8a1c0a3a3d4b1a6e7f0c9d8b7a6e5");
	stock_text(&w, "serverTitle", "Jira");
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
	stock_text(w, "expand",
		   "description,lead,issueTypes,url,projectKeys,permissions,"
		   "insight");
	/* The members of the stock's object, without its braces. */
	jsonw_raw(w, piece->json + 1, piece->len - 2);
	if (!call->dc) {
		stock_text(w, "style",
			   project->flow->team_managed ? "next-gen"
						       : "classic");
		stock_bool(w, "isPrivate", false);
		jsonw_key(w, "properties");
		jsonw_open(w, '{');
		jsonw_close(w, '}');
		stock_text(w, "description", "");
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
	stock_self(&w, call->tracker, "api/3/issuetype/%d",
		   catalog_types[catalog_type(flow->project, CATALOG_TASK)].id);
	stock_id(&w, "id",
		 catalog_types[catalog_type(flow->project, CATALOG_TASK)].id);
	stock_text(&w, "name", "Task");
	stock_bool(&w, "subtask", false);
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
		stock_id(&w, "id", status->id);
		stock_text(&w, "name", status->name);
		stock_text(&w, "statusCategory", categories[status->category]);
		stock_text(&w, "description", "");
		jsonw_close(&w, '}');
	}
	desk_close_page(call, &w);
}

static void
put_schema(const struct catalog_field *field, struct jsonw *w)
{
	jsonw_key(w, "schema");
	jsonw_open(w, '{');
	stock_text(w, "type", field->type);
	if (field->items != NULL)
		stock_text(w, "items", field->items);
	if (field->custom != NULL) {
		stock_text(w, "custom", field->custom);
		stock_number(w, "customId", strtol(field->id + 12, NULL, 10));
	} else {
		stock_text(w, "system", field->id);
	}
	jsonw_close(w, '}');
}

static void
put_field(const struct desk_call *call, const struct catalog_field *field,
	  struct jsonw *w)
{
	char clause[40];

	jsonw_open(w, '{');
	stock_text(w, "id", field->id);
	if (!call->dc)
		stock_text(w, "key", field->id);
	stock_text(w, "name", field->name);
	if (!call->dc)
		stock_text(w, "untranslatedName", field->name);
	stock_bool(w, "custom", field->custom != NULL);
	stock_bool(w, "orderable", true);
	stock_bool(w, "navigable", field->navigable);
	stock_bool(w, "searchable", true);
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

void
site_users(const struct desk_call *call)
{
	struct desk_page page =
		desk_page(call, call->tracker->user_count, 50, 1000);
	struct jsonw w = { 0 };
	int64_t i;

	jsonw_open(&w, '[');
	for (i = page.start; i < page.end; i++)
		stock_put(&w, &call->tracker->stock->people[i]);
	jsonw_close(&w, ']');
	desk_answer(call, 200, &w);
}

static bool
user_fits(const struct tracker_user *user, const char *needle, bool inactive)
{
	return (user->active || inactive) &&
	       (strcmp(needle, ".") == 0 || *needle == '\0' ||
		strcasestr(user->name, needle) != NULL ||
		strcasestr(user->display, needle) != NULL);
}

/* Wants ?username=; "." finds everybody; the inactive only when asked for. */
void
site_user_search(const struct desk_call *call)
{
	const struct tracker *tracker = call->tracker;
	char *needle = desk_text(call, "username");
	char *asked = desk_text(call, "includeInactive");
	bool inactive = asked != NULL && strcmp(asked, "true") == 0;
	int64_t start = desk_number(call, "startAt", 0), n = 0;
	int64_t most = desk_number(call, "maxResults", 50);
	struct jsonw w = { 0 };
	int i;

	if (needle == NULL) {
		desk_refuse(call, 400,
			    "The username query parameter was not provided");
	} else {
		jsonw_open(&w, '[');
		for (i = 0; i < tracker->user_count; i++) {
			if (!user_fits(&tracker->users[i], needle, inactive))
				continue;
			if (n >= start && n < start + most && most <= 1000)
				stock_put(&w, &tracker->stock->people[i]);
			n++;
		}
		jsonw_close(&w, ']');
		desk_answer(call, 200, &w);
	}
	free(needle);
	free(asked);
}

void
site_workflow_id(const struct tracker *tracker, int project, char out[40])
{
	uint64_t stream =
		world_stream(tracker->world, "workflow", (uint64_t)project);
	uint64_t a = world_random(&stream), b = world_random(&stream);

	snprintf(out, 40, "%08x-%04x-4%03x-a%03x-%012" PRIx64,
		 (unsigned)(a >> 32), (unsigned)(a >> 16 & 0xffff),
		 (unsigned)(a & 0xfff), (unsigned)(b >> 52),
		 b & 0xffffffffffffu);
}

static bool
is_admin(const struct desk_call *call)
{
	if (call->tracker->world->config.jira_admin)
		return true;
	desk_refuse(call, 403,
		    "Only Jira administrators can access this resource.");
	return false;
}

static void
put_statuses(const struct desk_call *call, const struct catalog_flow *flow,
	     struct jsonw *w)
{
	int i;

	jsonw_key(w, "statuses");
	jsonw_open(w, '[');
	for (i = 0; i < 4; i++) {
		jsonw_open(w, '{');
		stock_id(w, "id", flow->statuses[i]);
		stock_text(w, "name",
			   catalog_statuses[catalog_status(flow->statuses[i])]
				   .name);
		jsonw_close(w, '}');
	}
	jsonw_close(w, ']');
	(void)call;
}

/* Company-managed workflows only; team-managed ones are not told. */
void
site_workflow_search(const struct desk_call *call)
{
	const struct tracker *tracker = call->tracker;
	int64_t total = 0, n = 0;
	struct desk_page page;
	struct jsonw w = { 0 };
	char id[40];
	int i;

	if (!is_admin(call))
		return;
	for (i = 0; i < tracker->project_count; i++)
		total += !tracker->projects[i].flow->team_managed;
	page = desk_page(call, total, 50, 50);
	desk_open_page(&w, &page, true);
	for (i = 0; i < tracker->project_count; i++) {
		const struct catalog_flow *flow = tracker->projects[i].flow;

		if (flow->team_managed)
			continue;
		if (n < page.start || n++ >= page.end)
			continue;
		site_workflow_id(tracker, i, id);
		jsonw_open(&w, '{');
		jsonw_key(&w, "id");
		jsonw_open(&w, '{');
		stock_text(&w, "name", flow->workflow);
		stock_text(&w, "entityId", id);
		jsonw_close(&w, '}');
		stock_text(&w, "description", "");
		stock_text(&w, "created", "2024-02-01T09:00:00.000+0000");
		stock_text(&w, "updated", "2025-03-01T09:00:00.000+0000");
		put_statuses(call, flow, &w);
		jsonw_close(&w, '}');
	}
	desk_close_page(call, &w);
}

void
site_workflows_search(const struct desk_call *call)
{
	const struct tracker *tracker = call->tracker;
	struct desk_page page =
		desk_page(call, tracker->project_count, 50, 200);
	struct jsonw w = { 0 };
	char id[40];
	int64_t i;

	if (!is_admin(call))
		return;
	desk_open_page(&w, &page, true);
	for (i = page.start; i < page.end; i++) {
		const struct catalog_flow *flow = tracker->projects[i].flow;

		site_workflow_id(tracker, (int)i, id);
		jsonw_open(&w, '{');
		stock_text(&w, "id", id);
		stock_text(&w, "name", flow->workflow);
		stock_text(&w, "description", "");
		put_statuses(call, flow, &w);
		jsonw_close(&w, '}');
	}
	desk_close_page(call, &w);
}

/* Data Center: an array; a workflow has a name and no id. */
void
site_workflows(const struct desk_call *call)
{
	const struct tracker *tracker = call->tracker;
	struct jsonw w = { 0 };
	int i;

	if (!is_admin(call))
		return;
	jsonw_open(&w, '[');
	for (i = 0; i < tracker->project_count; i++) {
		jsonw_open(&w, '{');
		stock_text(&w, "name", tracker->projects[i].flow->workflow);
		stock_text(&w, "description", "");
		stock_text(&w, "lastModifiedDate", "2025-03-01");
		stock_number(&w, "steps", 4);
		stock_bool(&w, "default", false);
		jsonw_close(&w, '}');
	}
	jsonw_close(&w, ']');
	desk_answer(call, 200, &w);
}
