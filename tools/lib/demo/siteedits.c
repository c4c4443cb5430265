#include "demo/siteedits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "demo/stock.h"

enum { MINUTE = 60000 };

/* The sprint wished for; else the first in that state. */
static struct tracker_sprint *
wished_sprint(struct edit *edit, enum tracker_sprint_state state)
{
	int64_t id = world_wish_number(edit->wish, "sprint", 0);
	int i;

	if (id != 0)
		return tracker_sprint(edit->tracker, (int32_t)id);
	for (i = 0; i < edit->tracker->sprint_count; i++)
		if (edit->tracker->sprints[i].state == state &&
		    !edit->tracker->sprints[i].gone)
			return &edit->tracker->sprints[i];
	return NULL;
}

/* Into the running sprint, or out of it when it is in. */
bool
siteedits_schedule(struct edit *edit)
{
	struct tracker_sprint *sprint = wished_sprint(edit, TRACKER_ACTIVE);
	int32_t index = edit_issue(edit), now;

	if (index < 0 || sprint == NULL)
		return false;
	now = edit->tracker->issues[index].value[TRACKER_SPRINT];
	edit_begin(edit);
	edit_set(
		edit, TRACKER_SPRINT,
		sprintset_has(edit->tracker->sets, now, sprint->id)
			? sprintset_without(edit->tracker->sets, now,
					    sprint->id)
			: sprintset_with(edit->tracker->sets, now, sprint->id));
	return edit_apply(edit, index);
}

static struct tracker_sprint *
next_sprint(struct edit *edit, const struct tracker_sprint *sprint)
{
	struct tracker_sprint *next =
		tracker_sprint(edit->tracker, sprint->id + 1);

	return next != NULL && next->board == sprint->board &&
			       next->state == TRACKER_FUTURE && !next->gone
		       ? next
		       : NULL;
}

static void
start(struct edit *edit, struct tracker_sprint *sprint)
{
	sprint->state = TRACKER_ACTIVE;
	sprint->start = edit->tracker->now + MINUTE;
	sprint->end = sprint->start + 12 * (int64_t)86400000;
	edit_touch(edit, "changed", "jira_sprint", -1, sprint->id);
}

/* Closes the running sprint; what is not done goes to the next, which then
 * starts.  Where there is no next one it stays with the closed one. */
bool
siteedits_close_sprint(struct edit *edit)
{
	struct tracker_sprint *sprint = wished_sprint(edit, TRACKER_ACTIVE);
	struct tracker *tracker = edit->tracker;
	struct tracker_sprint *next;
	int32_t i, now;

	if (sprint == NULL || sprint->state != TRACKER_ACTIVE)
		return false;
	edit_begin(edit);
	sprint->state = TRACKER_CLOSED;
	sprint->complete = edit->change.at;
	next = next_sprint(edit, sprint);
	tracker->version++;
	edit_touch(edit, "changed", "jira_sprint", -1, sprint->id);
	for (i = 0; next != NULL && i < tracker->issue_count; i++) {
		now = tracker->issues[i].value[TRACKER_SPRINT];
		if (tracker->issues[i].deleted ||
		    !sprintset_has(tracker->sets, now, sprint->id) ||
		    edit_is_finished(&tracker->issues[i]))
			continue;
		edit->change.count = 0;
		edit_set(edit, TRACKER_SPRINT,
			 sprintset_with(tracker->sets, now, next->id));
		edit_apply(edit, i);
	}
	if (next != NULL)
		start(edit, next);
	return true;
}

bool
siteedits_start_sprint(struct edit *edit)
{
	struct tracker_sprint *sprint = wished_sprint(edit, TRACKER_FUTURE);

	if (sprint == NULL || sprint->state != TRACKER_FUTURE)
		return false;
	edit_begin(edit);
	edit->tracker->version++;
	start(edit, sprint);
	return true;
}

bool
siteedits_deactivate(struct edit *edit)
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

/* The last future sprint goes; issues planned for it lose it. */
bool
siteedits_delete_sprint(struct edit *edit)
{
	struct tracker *tracker = edit->tracker;
	struct tracker_sprint *sprint = NULL;
	int32_t i;
	int s;

	for (s = 0; s < tracker->sprint_count; s++)
		if (tracker->sprints[s].state == TRACKER_FUTURE &&
		    !tracker->sprints[s].gone)
			sprint = &tracker->sprints[s];
	if (sprint == NULL)
		return false;
	sprint->gone = true;
	edit_touch(edit, "vanished", "jira_sprint", -1, sprint->id);
	for (i = 0; i < tracker->issue_count; i++) {
		int32_t now = tracker->issues[i].value[TRACKER_SPRINT];

		if (tracker->issues[i].deleted ||
		    !sprintset_has(tracker->sets, now, sprint->id))
			continue;
		edit_begin(edit);
		edit_set(edit, TRACKER_SPRINT,
			 sprintset_without(tracker->sets, now, sprint->id));
		edit_apply(edit, i);
	}
	tracker->version++;
	return true;
}

bool
siteedits_delete_board(struct edit *edit)
{
	struct tracker *tracker = edit->tracker;

	if (tracker->board_count <= tracker->project_count)
		return false; /* sprints need the boards of the projects */
	tracker->board_count--;
	edit_touch(edit, "vanished", "jira_board", -1,
		   tracker->boards[tracker->board_count].id);
	return true;
}

bool
siteedits_rename(struct edit *edit)
{
	struct tracker *tracker = edit->tracker;
	int project = edit_project(edit, "project", 0);
	char *to = world_wish_text(edit->wish, "to");

	if (project >= 0) {
		snprintf(tracker->projects[project].name,
			 sizeof(tracker->projects[project].name), "%s",
			 to != NULL ? to : "Renamed – 改名");
		edit_touch(edit, "changed", "jira_project", -1,
			   tracker->projects[project].id);
		stock_free(tracker->stock, tracker);
		tracker->stock = stock_new(tracker);
	}
	free(to);
	return project >= 0;
}
