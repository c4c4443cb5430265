/* Changes to the Jira half on request: jira_change of demo/world.h. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/times.h"
#include "demo/stock.h"
#include "demo/tracker.h"

enum { MINUTE = 60000 };

/* One request for a change, as it is carried out. */
struct edit {
	struct tracker *tracker;
	const struct world_wish *wish;
	struct jsonw *out;
	struct tracker_change change;
};

static void
touch(struct edit *edit, const char *how, const char *type, int project,
      int64_t key)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, key);
	world_touched(edit->out, how, type,
		      project < 0 ? "site"
				  : edit->tracker->projects[project].key,
		      text);
}

static void
touch_change(struct edit *edit, const char *how, int32_t index, int project,
	     const struct tracker_change *change)
{
	char text[48];

	snprintf(text, sizeof(text), "%d/%d", edit->tracker->issues[index].id,
		 change->id);
	world_touched(edit->out, how, "jira_change",
		      edit->tracker->projects[project].key, text);
}

static void
touch_changes(struct edit *edit, const char *how, int32_t index, int project)
{
	const struct tracker_issue *issue = &edit->tracker->issues[index];
	uint32_t i;

	for (i = 0; i < issue->change_count; i++)
		touch_change(edit, how, index, project, &issue->changes[i]);
}

static void
set(struct edit *edit, enum tracker_field field, int32_t to)
{
	struct tracker_item *item = &edit->change.items[edit->change.count++];

	item->field = (uint8_t)field;
	item->to = to;
}

/* A minute after the last change, or at the time wished for when that is
 * later; by the owner of the token. */
static void
begin(struct edit *edit)
{
	char *at = world_wish_text(edit->wish, "at");
	int64_t wished;

	if (at != NULL && times_parse(at, strlen(at), &wished) &&
	    wished > edit->tracker->now)
		edit->tracker->now = wished;
	else
		edit->tracker->now += MINUTE;
	free(at);
	edit->change = (struct tracker_change){
		.at = edit->tracker->now,
		.author = (int16_t)(edit->tracker->user_count - 1),
	};
}

/* Applies what was set; says what became of it. */
static bool
apply(struct edit *edit, int32_t index)
{
	struct tracker_issue *issue = &edit->tracker->issues[index];
	int project;

	if (!tracker_change(edit->tracker, index, &edit->change))
		return false;
	project = issue->value[TRACKER_PROJECT];
	touch(edit, "changed", "jira_issue", project, issue->id);
	touch_change(edit, "appeared", index, project,
		     &issue->changes[issue->change_count - 1]);
	return true;
}

static int
wished_project(struct edit *edit, const char *name, int fallback)
{
	char *key = world_wish_text(edit->wish, name);
	int project =
		key == NULL ? fallback
			    : tracker_project(edit->tracker, key, strlen(key));

	free(key);
	return project;
}

static bool
is_finished(const struct tracker_issue *issue)
{
	return tracker_category(issue) == CATALOG_DONE;
}

/*
 * The issue named by key; else some issue of the project wished for, another
 * one each time: an unfinished story or task when there is one.  -1: none.
 */
static int32_t
wished_issue(struct edit *edit)
{
	const struct tracker *tracker = edit->tracker;
	char *key = world_wish_text(edit->wish, "key");
	int project = wished_project(edit, "project", 0);
	int32_t index = -1, i, n, spare = -1;

	if (key != NULL) {
		index = tracker_find(tracker, key, strlen(key));
		free(key);
		return index;
	}
	for (i = 0; i < tracker->issue_count && index < 0; i++) {
		n = (int32_t)((tracker->version * 2654435761u + (uint64_t)i) %
			      (uint64_t)tracker->issue_count);
		if (tracker->issues[n].deleted ||
		    tracker->issues[n].value[TRACKER_PROJECT] != project)
			continue;
		spare = n;
		if (!is_finished(&tracker->issues[n]))
			index = n;
	}
	return index >= 0 ? index : spare;
}

static const struct catalog_flow *
flow_of(const struct edit *edit, int32_t index)
{
	const struct tracker *tracker = edit->tracker;

	return tracker->projects[tracker->issues[index].value[TRACKER_PROJECT]]
		.flow;
}

static bool
update(struct edit *edit)
{
	int64_t times = world_wish_number(edit->wish, "count", 1);
	int32_t index = -1;
	int64_t i;

	for (i = 0; i < times; i++) {
		if ((index = wished_issue(edit)) < 0)
			return false;
		begin(edit);
		set(edit, TRACKER_SUMMARY,
		    edit->tracker->issues[index].value[TRACKER_SUMMARY] + 1);
		set(edit, TRACKER_PRIORITY,
		    (edit->tracker->issues[index].value[TRACKER_PRIORITY] + 1) %
			    (int32_t)catalog_priority_count);
		apply(edit, index);
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

	set(edit, TRACKER_STATUS, catalog_status(flow->statuses[stage]));
	if (stage != CATALOG_FINISHED)
		set(edit, TRACKER_RESOLUTION, -1);
	else if (flow->resolves)
		set(edit, TRACKER_RESOLUTION, 0);
}

/* To the stage wished for: todo, progress, review, done; else one further,
 * and back to the first from the last. */
static bool
transition(struct edit *edit)
{
	static const char *const stages[] = { "todo", "progress", "review",
					      "done" };
	char *to = world_wish_text(edit->wish, "to");
	int32_t index = wished_issue(edit);
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
	begin(edit);
	set_stage(edit, index, stage);
	return apply(edit, index);
}

static bool
points(struct edit *edit)
{
	int32_t index = wished_issue(edit), old;

	if (index < 0)
		return false;
	old = edit->tracker->issues[index].value[TRACKER_POINTS];
	begin(edit);
	set(edit, TRACKER_POINTS,
	    2 * (int32_t)world_wish_number(edit->wish, "points", old / 2 + 3));
	return apply(edit, index);
}

static bool
comment(struct edit *edit)
{
	int32_t index = wished_issue(edit);

	if (index < 0)
		return false;
	begin(edit);
	tracker_comment(edit->tracker, index, edit->change.at,
			edit->change.author);
	touch(edit, "changed", "jira_issue",
	      edit->tracker->issues[index].value[TRACKER_PROJECT],
	      edit->tracker->issues[index].id);
	return true;
}

/* In every table the issue's rows change their project. */
static bool
move(struct edit *edit)
{
	struct tracker *tracker = edit->tracker;
	int32_t index = wished_issue(edit), kind, number;
	struct tracker_issue *issue;
	int from, to;

	if (index < 0)
		return false;
	issue = &tracker->issues[index];
	from = issue->value[TRACKER_PROJECT];
	to = wished_project(edit, "to", (from + 1) % tracker->project_count);
	if (to < 0 || to == from)
		return false;
	kind = (int32_t)catalog_types[issue->value[TRACKER_TYPE]].kind;
	touch(edit, "vanished", "jira_issue", from, issue->id);
	touch_changes(edit, "vanished", index, from);
	begin(edit);
	number = tracker_number(tracker, to);
	set(edit, TRACKER_PROJECT, to);
	set(edit, TRACKER_KEY, to << 24 | number);
	set(edit, TRACKER_TYPE,
	    catalog_type(tracker->projects[to].key, (enum catalog_kind)kind));
	set(edit, TRACKER_STATUS,
	    catalog_status(tracker->projects[to].flow->statuses[0]));
	tracker_change(tracker, index, &edit->change);
	touch(edit, "appeared", "jira_issue", to, issue->id);
	touch_changes(edit, "appeared", index, to);
	return true;
}

static bool
drop(struct edit *edit)
{
	int32_t index = wished_issue(edit);
	struct tracker_issue *issue;

	if (index < 0)
		return false;
	issue = &edit->tracker->issues[index];
	issue->deleted = true;
	edit->tracker->version++;
	touch(edit, "vanished", "jira_issue", issue->value[TRACKER_PROJECT],
	      issue->id);
	touch_changes(edit, "vanished", index, issue->value[TRACKER_PROJECT]);
	return true;
}

static bool
create(struct edit *edit)
{
	struct tracker *tracker = edit->tracker;
	int project = wished_project(edit, "project", 0);
	struct tracker_issue *issue;
	int32_t index;

	if (project < 0)
		return false;
	begin(edit);
	index = tracker_create(tracker, project,
			       tracker_number(tracker, project));
	issue = &tracker->issues[index];
	issue->created = issue->updated = issue->category_changed =
		edit->change.at;
	issue->creator = edit->change.author;
	issue->value[TRACKER_TYPE] =
		catalog_type(tracker->projects[project].key, CATALOG_STORY);
	issue->value[TRACKER_STATUS] = catalog_status(
		tracker->projects[project].flow->statuses[CATALOG_TODO]);
	issue->value[TRACKER_PRIORITY] = 2;
	tracker->version++;
	touch(edit, "appeared", "jira_issue", project, issue->id);
	return true;
}

/* The sprint wished for; else the first in that state. */
static struct tracker_sprint *
wished_sprint(struct edit *edit, enum tracker_sprint_state state)
{
	int64_t id = world_wish_number(edit->wish, "sprint", 0);
	int i;

	if (id != 0)
		return tracker_sprint(edit->tracker, (int32_t)id);
	for (i = 0; i < edit->tracker->sprint_count; i++)
		if (edit->tracker->sprints[i].state == state)
			return &edit->tracker->sprints[i];
	return NULL;
}

/* Into the running sprint, or out of it when it is in. */
static bool
schedule(struct edit *edit)
{
	struct tracker_sprint *sprint = wished_sprint(edit, TRACKER_ACTIVE);
	int32_t index = wished_issue(edit), now;

	if (index < 0 || sprint == NULL)
		return false;
	now = edit->tracker->issues[index].value[TRACKER_SPRINT];
	begin(edit);
	set(edit, TRACKER_SPRINT,
	    sprintset_has(edit->tracker->sets, now, sprint->id)
		    ? sprintset_without(edit->tracker->sets, now, sprint->id)
		    : sprintset_with(edit->tracker->sets, now, sprint->id));
	return apply(edit, index);
}

static struct tracker_sprint *
next_sprint(struct edit *edit, const struct tracker_sprint *sprint)
{
	struct tracker_sprint *next =
		tracker_sprint(edit->tracker, sprint->id + 1);

	return next != NULL && next->board == sprint->board &&
			       next->state == TRACKER_FUTURE
		       ? next
		       : NULL;
}

static void
start(struct edit *edit, struct tracker_sprint *sprint)
{
	sprint->state = TRACKER_ACTIVE;
	sprint->start = edit->tracker->now + MINUTE;
	sprint->end = sprint->start + 12 * (int64_t)86400000;
	touch(edit, "changed", "jira_sprint", -1, sprint->id);
}

/* Closes the running sprint; what is not done goes to the next, which then
 * starts.  Where there is no next one it stays with the closed one. */
static bool
close_sprint(struct edit *edit)
{
	struct tracker_sprint *sprint = wished_sprint(edit, TRACKER_ACTIVE);
	struct tracker *tracker = edit->tracker;
	struct tracker_sprint *next;
	int32_t i, now;

	if (sprint == NULL || sprint->state != TRACKER_ACTIVE)
		return false;
	begin(edit);
	sprint->state = TRACKER_CLOSED;
	sprint->complete = edit->change.at;
	next = next_sprint(edit, sprint);
	tracker->version++;
	touch(edit, "changed", "jira_sprint", -1, sprint->id);
	for (i = 0; next != NULL && i < tracker->issue_count; i++) {
		now = tracker->issues[i].value[TRACKER_SPRINT];
		if (tracker->issues[i].deleted ||
		    !sprintset_has(tracker->sets, now, sprint->id) ||
		    is_finished(&tracker->issues[i]))
			continue;
		edit->change.count = 0;
		set(edit, TRACKER_SPRINT,
		    sprintset_with(tracker->sets, now, next->id));
		apply(edit, i);
	}
	if (next != NULL)
		start(edit, next);
	return true;
}

static bool
start_sprint(struct edit *edit)
{
	struct tracker_sprint *sprint = wished_sprint(edit, TRACKER_FUTURE);

	if (sprint == NULL || sprint->state != TRACKER_FUTURE)
		return false;
	begin(edit);
	edit->tracker->version++;
	start(edit, sprint);
	return true;
}

static bool
deactivate(struct edit *edit)
{
	struct tracker *tracker = edit->tracker;
	char *name = world_wish_text(edit->wish, "user"), key[32];
	struct tracker_user *user = NULL;
	int i;

	for (i = tracker->user_count - 2; i >= 0; i--)
		if (name == NULL
			    ? tracker->users[i].active && !tracker->users[i].app
			    : strcmp(name, tracker->users[i].name) == 0)
			user = &tracker->users[i];
	free(name);
	if (user == NULL)
		return false;
	user->active = false;
	stock_free(tracker->stock, tracker);
	tracker->stock = stock_new(tracker);
	snprintf(key, sizeof(key), "JIRAUSER%d", user->number);
	world_touched(edit->out, "changed", "jira_user", "site",
		      tracker->world->config.data_center ? key
							 : user->account_id);
	return true;
}

static const struct {
	const char *what;
	bool (*make)(struct edit *edit);
} edits[] = {
	{ "issue-update", update },
	{ "issue-transition", transition },
	{ "issue-points", points },
	{ "issue-comment", comment },
	{ "issue-move", move },
	{ "issue-delete", drop },
	{ "issue-create", create },
	{ "issue-sprint", schedule },
	{ "sprint-close", close_sprint },
	{ "sprint-start", start_sprint },
	{ "user-deactivate", deactivate },
};

bool
jira_change(struct world *world, const struct world_wish *wish,
	    struct jsonw *out)
{
	struct edit edit = { .tracker = world->tracker,
			     .wish = wish,
			     .out = out };
	size_t i;

	for (i = 0; i < sizeof(edits) / sizeof(edits[0]); i++)
		if (strcmp(edits[i].what, wish->what) == 0)
			return edits[i].make(&edit);
	return false;
}
