#include "demo/agile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/times.h"
#include "demo/member.h"
#include "demo/stock.h"

static const char *const states[] = { "future", "active", "closed" };
static const char *const kinds[] = { "scrum", "kanban", "simple" };

/* Agile resources write UTC with Z on Cloud, a zone with colon on the other. */
static void
put_time(struct jsonw *w, const struct tracker *tracker, const char *name,
	 int64_t at)
{
	char text[WALLCLOCK_SIZE];

	if (at == 0)
		return;
	if (tracker->world->config.data_center)
		wallclock_format_colon(tracker->clock, at, text);
	else
		times_format(at, text);
	jsonw_put_string(w, name, text);
}

static void
value_line(const struct tracker *tracker, const struct tracker_sprint *sprint,
	   struct jsonw *w)
{
	static const char *const upper[] = { "FUTURE", "ACTIVE", "CLOSED" };
	char at[3][WALLCLOCK_SIZE], line[512];
	int64_t times[3] = { sprint->start, sprint->end, sprint->complete };
	int i;

	for (i = 0; i < 3; i++) {
		wallclock_format_colon(tracker->clock, times[i], at[i]);
		if (times[i] == 0)
			snprintf(at[i], sizeof(at[i]), "<null>");
	}
	snprintf(line, sizeof(line),
		 "com.atlassian.greenhopper.service.sprint.Sprint@%x[id=%d,"
		 "rapidViewId=%d,state=%s,name=%s,startDate=%s,endDate=%s,"
		 "completeDate=%s,activatedDate=%s,sequence=%d,goal=,"
		 "autoStartStop=false,synced=false]",
		 0x5d2f1a00u + (unsigned)sprint->id * 77, sprint->id,
		 tracker->boards[sprint->board].id, upper[sprint->state],
		 sprint->name, at[0], at[1], at[2], at[0], sprint->id);
	jsonw_string(w, line);
}

void
agile_sprint_value(const struct tracker *tracker, int32_t id, struct jsonw *w)
{
	const struct tracker_sprint *sprint = tracker_sprint(tracker, id);

	if (tracker->world->config.data_center) {
		value_line(tracker, sprint, w);
		return;
	}
	jsonw_open(w, '{');
	jsonw_put_int(w, "id", sprint->id);
	jsonw_put_string(w, "name", sprint->name);
	jsonw_put_string(w, "state", states[sprint->state]);
	jsonw_put_int(w, "boardId", tracker->boards[sprint->board].id);
	jsonw_put_string(w, "goal", "");
	put_time(w, tracker, "startDate", sprint->start);
	put_time(w, tracker, "endDate", sprint->end);
	put_time(w, tracker, "completeDate", sprint->complete);
	jsonw_close(w, '}');
}

static void
put_location(const struct tracker *tracker, int project, struct jsonw *w)
{
	const struct tracker_project *of = &tracker->projects[project];
	char line[128];

	jsonw_key(w, "location");
	jsonw_open(w, '{');
	jsonw_put_int(w, "projectId", of->id);
	snprintf(line, sizeof(line), "%s (%s)", of->name, of->key);
	jsonw_put_string(w, "displayName", line);
	jsonw_put_string(w, "projectName", of->name);
	jsonw_put_string(w, "projectKey", of->key);
	jsonw_put_string(w, "projectTypeKey", "software");
	jsonw_put_string(w, "name", line);
	jsonw_close(w, '}');
}

static void
put_board(const struct tracker *tracker, const struct tracker_board *board,
	  struct jsonw *w)
{
	jsonw_open(w, '{');
	jsonw_put_int(w, "id", board->id);
	member_self(w, tracker, "agile/1.0/board/%d", board->id);
	jsonw_put_string(w, "name", board->name);
	jsonw_put_string(w, "type", kinds[board->kind]);
	if (!tracker->world->config.data_center) {
		put_location(tracker, board->project, w);
		jsonw_put_bool(w, "isPrivate", false);
	}
	jsonw_close(w, '}');
}

static void
note_kind(void *arg, const char *text, size_t len)
{
	bool *wanted = arg;
	int i;

	for (i = 0; i < 3; i++)
		if (strlen(kinds[i]) == len && memcmp(kinds[i], text, len) == 0)
			wanted[i] = true;
}

static bool
board_is_wanted(const struct desk_call *call, const struct tracker_board *board)
{
	bool wanted[3] = { false, false, false };
	char *project = desk_text(call, "projectKeyOrId");
	bool fits = project == NULL ||
		    tracker_project(call->tracker, project, strlen(project)) ==
			    board->project;

	free(project);
	return fits && (desk_list(call, "type", note_kind, wanted) == 0 ||
			wanted[board->kind]);
}

void
agile_boards(const struct desk_call *call)
{
	const struct tracker *tracker = call->tracker;
	struct desk_page page;
	struct jsonw w = { 0 };
	int64_t total = 0, n = 0;
	int i;

	for (i = 0; i < tracker->board_count; i++)
		total += board_is_wanted(call, &tracker->boards[i]);
	page = desk_page(call, total, 50, 50);
	desk_open_page(&w, &page, true);
	for (i = 0; i < tracker->board_count; i++) {
		if (!board_is_wanted(call, &tracker->boards[i]))
			continue;
		if (n >= page.start && n < page.end)
			put_board(tracker, &tracker->boards[i], &w);
		n++;
	}
	desk_close_page(call, &w);
}

/* The board that the path names; else the refusal is answered. */
static const struct tracker_board *
named_board(const struct desk_call *call)
{
	const struct tracker_board *board = tracker_board(
		call->tracker, (int)strtol(call->part[0], NULL, 10));

	if (board == NULL)
		desk_refuse(call, 404,
			    "The requested board cannot be viewed because it "
			    "either does not exist or you do not have "
			    "permission to view it.");
	return board;
}

void
agile_board(const struct desk_call *call)
{
	const struct tracker_board *board = named_board(call);
	struct jsonw w = { 0 };

	if (board == NULL)
		return;
	put_board(call->tracker, board, &w);
	desk_answer(call, 200, &w);
}

static void
put_column(const struct tracker *tracker, const char *name, int status,
	   struct jsonw *w)
{
	jsonw_open(w, '{');
	jsonw_put_string(w, "name", name);
	jsonw_key(w, "statuses");
	jsonw_open(w, '[');
	jsonw_open(w, '{');
	member_id(w, "id", status);
	member_self(w, tracker, "api/2/status/%d", status);
	jsonw_close(w, '}');
	if (status == 5) { /* Resolved and Closed share the last column */
		jsonw_open(w, '{');
		member_id(w, "id", 6);
		member_self(w, tracker, "api/2/status/6");
		jsonw_close(w, '}');
	}
	jsonw_close(w, ']');
	jsonw_close(w, '}');
}

static void
put_columns(const struct tracker *tracker, const struct tracker_board *board,
	    struct jsonw *w)
{
	const struct catalog_flow *flow =
		tracker->projects[board->project].flow;
	int i;

	jsonw_key(w, "columnConfig");
	jsonw_open(w, '{');
	jsonw_key(w, "columns");
	jsonw_open(w, '[');
	for (i = 0; i < 4; i++)
		put_column(tracker,
			   catalog_statuses[catalog_status(flow->statuses[i])]
				   .name,
			   flow->statuses[i], w);
	jsonw_close(w, ']');
	jsonw_put_string(w, "constraintType", "issueCount");
	jsonw_close(w, '}');
}

static void
put_estimation(const char *points, struct jsonw *w)
{
	jsonw_key(w, "estimation");
	jsonw_open(w, '{');
	jsonw_put_string(w, "type", "field");
	jsonw_key(w, "field");
	jsonw_open(w, '{');
	jsonw_put_string(w, "fieldId", points);
	jsonw_put_string(w, "displayName",
			 strcmp(points, CATALOG_POINTS_FIELD) == 0
				 ? "Story Points"
				 : "Story point estimate");
	jsonw_close(w, '}');
	jsonw_close(w, '}');
}

void
agile_configuration(const struct desk_call *call)
{
	const struct tracker_board *board = named_board(call);
	const struct tracker *tracker = call->tracker;
	struct jsonw w = { 0 };

	if (board == NULL)
		return;
	jsonw_open(&w, '{');
	jsonw_put_int(&w, "id", board->id);
	jsonw_put_string(&w, "name", board->name);
	jsonw_put_string(&w, "type", kinds[board->kind]);
	member_self(&w, tracker, "agile/1.0/board/%d/configuration", board->id);
	if (!call->dc)
		put_location(tracker, board->project, &w);
	jsonw_key(&w, "filter");
	jsonw_open(&w, '{');
	member_id(&w, "id", 10000 + board->id);
	member_self(&w, tracker, "api/2/filter/%d", 10000 + board->id);
	jsonw_close(&w, '}');
	put_columns(tracker, board, &w);
	if (board->kind != TRACKER_KANBAN)
		put_estimation(tracker->projects[board->project].flow->points,
			       &w);
	jsonw_key(&w, "ranking");
	jsonw_open(&w, '{');
	jsonw_put_int(&w, "rankCustomFieldId", 10019);
	jsonw_close(&w, '}');
	jsonw_close(&w, '}');
	desk_answer(call, 200, &w);
}

static void
put_sprint(const struct tracker *tracker, const struct tracker_sprint *sprint,
	   struct jsonw *w)
{
	jsonw_open(w, '{');
	jsonw_put_int(w, "id", sprint->id);
	member_self(w, tracker, "agile/1.0/sprint/%d", sprint->id);
	jsonw_put_string(w, "state", states[sprint->state]);
	jsonw_put_string(w, "name", sprint->name);
	put_time(w, tracker, "startDate", sprint->start);
	put_time(w, tracker, "endDate", sprint->end);
	put_time(w, tracker, "completeDate", sprint->complete);
	put_time(w, tracker, "createdDate", sprint->made);
	jsonw_put_int(w, "originBoardId", tracker->boards[sprint->board].id);
	jsonw_put_string(w, "goal",
			 sprint->id % 3 == 0 ? "Fewer clicks to pay – 注文"
					     : "");
	jsonw_close(w, '}');
}

static void
note_state(void *arg, const char *text, size_t len)
{
	bool *wanted = arg;
	int i;

	for (i = 0; i < 3; i++)
		if (strlen(states[i]) == len &&
		    memcmp(states[i], text, len) == 0)
			wanted[i] = true;
}

static bool
board_shows(const struct tracker_board *board,
	    const struct tracker_sprint *sprint)
{
	return !sprint->gone && (sprint->board == board->project ||
				 sprint->board == board->also);
}

void
agile_sprints(const struct desk_call *call)
{
	const struct tracker_board *board = named_board(call);
	const struct tracker *tracker = call->tracker;
	bool wanted[3] = { false, false, false };
	int64_t total = 0, n = 0;
	struct desk_page page;
	struct jsonw w = { 0 };
	int i;

	if (board == NULL)
		return;
	if (!board->sprints) {
		desk_refuse(call, 400, "The board does not support sprints");
		return;
	}
	if (desk_list(call, "state", note_state, wanted) == 0)
		wanted[0] = wanted[1] = wanted[2] = true;
	for (i = 0; i < tracker->sprint_count; i++)
		total += board_shows(board, &tracker->sprints[i]) &&
			 wanted[tracker->sprints[i].state];
	page = desk_page(call, total, 50, 50);
	desk_open_page(&w, &page, !call->dc);
	for (i = 0; i < tracker->sprint_count; i++) {
		const struct tracker_sprint *sprint = &tracker->sprints[i];

		if (!board_shows(board, sprint) || !wanted[sprint->state])
			continue;
		if (n >= page.start && n < page.end)
			put_sprint(tracker, sprint, &w);
		n++;
	}
	desk_close_page(call, &w);
}

void
agile_sprint(const struct desk_call *call)
{
	const struct tracker_sprint *sprint = tracker_sprint(
		call->tracker, (int32_t)strtol(call->part[0], NULL, 10));
	struct jsonw w = { 0 };

	if (sprint == NULL || sprint->gone) {
		desk_refuse(call, 404, "Sprint does not exist");
		return;
	}
	put_sprint(call->tracker, sprint, &w);
	desk_answer(call, 200, &w);
}
