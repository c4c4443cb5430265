#include "demo/workflow.h"

#include <inttypes.h>
#include <stdio.h>

#include "demo/member.h"
#include "demo/stock.h"

void
workflow_id(const struct tracker *tracker, int project, char out[40])
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
		member_id(w, "id", flow->statuses[i]);
		jsonw_put_string(
			w, "name",
			catalog_statuses[catalog_status(flow->statuses[i])]
				.name);
		jsonw_close(w, '}');
	}
	jsonw_close(w, ']');
	(void)call;
}

/* Company-managed workflows only; team-managed ones are not told. */
void
workflow_search(const struct desk_call *call)
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
		workflow_id(tracker, i, id);
		jsonw_open(&w, '{');
		jsonw_key(&w, "id");
		jsonw_open(&w, '{');
		jsonw_put_string(&w, "name", flow->workflow);
		jsonw_put_string(&w, "entityId", id);
		jsonw_close(&w, '}');
		jsonw_put_string(&w, "description", "");
		jsonw_put_string(&w, "created", "2024-02-01T09:00:00.000+0000");
		jsonw_put_string(&w, "updated", "2025-03-01T09:00:00.000+0000");
		put_statuses(call, flow, &w);
		jsonw_close(&w, '}');
	}
	desk_close_page(call, &w);
}

void
workflow_search_new(const struct desk_call *call)
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

		workflow_id(tracker, (int)i, id);
		jsonw_open(&w, '{');
		jsonw_put_string(&w, "id", id);
		jsonw_put_string(&w, "name", flow->workflow);
		jsonw_put_string(&w, "description", "");
		put_statuses(call, flow, &w);
		jsonw_close(&w, '}');
	}
	desk_close_page(call, &w);
}

/* Data Center: an array; a workflow has a name and no id. */
void
workflow_all(const struct desk_call *call)
{
	const struct tracker *tracker = call->tracker;
	struct jsonw w = { 0 };
	int i;

	if (!is_admin(call))
		return;
	jsonw_open(&w, '[');
	for (i = 0; i < tracker->project_count; i++) {
		jsonw_open(&w, '{');
		jsonw_put_string(&w, "name",
				 tracker->projects[i].flow->workflow);
		jsonw_put_string(&w, "description", "");
		jsonw_put_string(&w, "lastModifiedDate", "2025-03-01");
		jsonw_put_int(&w, "steps", 4);
		jsonw_put_bool(&w, "default", false);
		jsonw_close(&w, '}');
	}
	jsonw_close(&w, ']');
	desk_answer(call, 200, &w);
}
