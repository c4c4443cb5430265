#include "demo/issueedits.h"

#include <stdlib.h>
#include <string.h>

static const struct catalog_flow *
flow_of(const struct edit *edit, int32_t index)
{
	const struct tracker *tracker = edit->tracker;

	return tracker->projects[tracker->issues[index].value[TRACKER_PROJECT]]
		.flow;
}

bool
issueedits_update(struct edit *edit)
{
	int64_t times = world_wish_number(edit->wish, "count", 1);
	int32_t index;
	int64_t i;

	for (i = 0; i < times; i++) {
		if ((index = edit_issue(edit)) < 0)
			return false;
		edit_begin(edit);
		edit_set(edit, TRACKER_SUMMARY,
			 edit->tracker->issues[index].value[TRACKER_SUMMARY] +
				 1);
		edit_set(edit, TRACKER_PRIORITY,
			 (edit->tracker->issues[index].value[TRACKER_PRIORITY] +
			  1) % (int32_t)catalog_priority_count);
		edit_apply(edit, index);
	}
	return true;
}

static int
stage_of(const struct catalog_flow *flow, const struct tracker_issue *issue)
{
	int id = catalog_statuses[issue->value[TRACKER_STATUS]].id;
	int stage = CATALOG_FINISHED;

	while (stage > 0 && flow->statuses[stage] != id)
		stage--;
	return stage;
}

static void
set_stage(struct edit *edit, int32_t index, int stage)
{
	const struct catalog_flow *flow = flow_of(edit, index);

	edit_set(edit, TRACKER_STATUS, catalog_status(flow->statuses[stage]));
	if (stage != CATALOG_FINISHED)
		edit_set(edit, TRACKER_RESOLUTION, -1);
	else if (flow->resolves)
		edit_set(edit, TRACKER_RESOLUTION, 0);
}

/* To the stage wished for: todo, progress, review, done; else one further,
 * and back to the first from the last. */
bool
issueedits_transition(struct edit *edit)
{
	static const char *const stages[] = { "todo", "progress", "review",
					      "done" };
	char *to = world_wish_text(edit->wish, "to");
	int32_t index = edit_issue(edit);
	int stage = -1, i;

	for (i = 0; to != NULL && i < 4; i++)
		if (strcmp(to, stages[i]) == 0)
			stage = i;
	free(to);
	if (index < 0)
		return false;
	if (stage < 0)
		stage = (stage_of(flow_of(edit, index),
				  &edit->tracker->issues[index]) +
			 1) %
			4;
	edit_begin(edit);
	set_stage(edit, index, stage);
	return edit_apply(edit, index);
}

bool
issueedits_points(struct edit *edit)
{
	int32_t index = edit_issue(edit), old;

	if (index < 0)
		return false;
	old = edit->tracker->issues[index].value[TRACKER_POINTS];
	edit_begin(edit);
	edit_set(edit, TRACKER_POINTS,
		 2 * (int32_t)world_wish_number(edit->wish, "points",
						old / 2 + 3));
	return edit_apply(edit, index);
}

bool
issueedits_comment(struct edit *edit)
{
	int32_t index = edit_issue(edit);

	if (index < 0)
		return false;
	edit_begin(edit);
	tracker_comment(edit->tracker, index, edit->change.at,
			edit->change.author);
	edit_touch(edit, "changed", "jira_issue",
		   edit->tracker->issues[index].value[TRACKER_PROJECT],
		   edit->tracker->issues[index].id);
	return true;
}

/* In every table the issue's rows change their project. */
bool
issueedits_move(struct edit *edit)
{
	struct tracker *tracker = edit->tracker;
	int32_t index = edit_issue(edit), kind, number;
	struct tracker_issue *issue;
	int from, to;

	if (index < 0)
		return false;
	issue = &tracker->issues[index];
	from = issue->value[TRACKER_PROJECT];
	to = edit_project(edit, "to", (from + 1) % tracker->project_count);
	if (to < 0 || to == from)
		return false;
	kind = (int32_t)catalog_types[issue->value[TRACKER_TYPE]].kind;
	edit_touch(edit, "vanished", "jira_issue", from, issue->id);
	edit_touch_changes(edit, "vanished", index, from);
	edit_begin(edit);
	number = tracker_number(tracker, to);
	edit_set(edit, TRACKER_PROJECT, to);
	edit_set(edit, TRACKER_KEY, to << 24 | number);
	edit_set(edit, TRACKER_TYPE,
		 catalog_type(tracker->projects[to].key,
			      (enum catalog_kind)kind));
	edit_set(edit, TRACKER_STATUS,
		 catalog_status(tracker->projects[to].flow->statuses[0]));
	tracker_change(tracker, index, &edit->change);
	edit_touch(edit, "appeared", "jira_issue", to, issue->id);
	edit_touch_changes(edit, "appeared", index, to);
	return true;
}

bool
issueedits_delete(struct edit *edit)
{
	int32_t index = edit_issue(edit);
	struct tracker_issue *issue;

	if (index < 0)
		return false;
	issue = &edit->tracker->issues[index];
	issue->deleted = true;
	edit->tracker->version++;
	edit_touch(edit, "vanished", "jira_issue",
		   issue->value[TRACKER_PROJECT], issue->id);
	edit_touch_changes(edit, "vanished", index,
			   issue->value[TRACKER_PROJECT]);
	return true;
}

bool
issueedits_create(struct edit *edit)
{
	struct tracker *tracker = edit->tracker;
	int project = edit_project(edit, "project", 0);
	struct tracker_issue *issue;
	int32_t index;

	if (project < 0)
		return false;
	edit_begin(edit);
	index = tracker_create(tracker, project,
			       tracker_number(tracker, project));
	issue = &tracker->issues[index];
	issue->created = issue->updated = issue->category_changed =
		edit->change.at;
	issue->indexed = tracker->lagging ? 0 : edit->change.at;
	issue->creator = edit->change.author;
	issue->value[TRACKER_TYPE] =
		catalog_type(tracker->projects[project].key, CATALOG_STORY);
	issue->value[TRACKER_STATUS] = catalog_status(
		tracker->projects[project].flow->statuses[CATALOG_TODO]);
	issue->value[TRACKER_PRIORITY] = 2;
	tracker->version++;
	edit_touch(edit, "appeared", "jira_issue", project, issue->id);
	return true;
}
