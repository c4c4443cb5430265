#include "demo/edit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/times.h"
#include "demo/issueedits.h"
#include "demo/siteedits.h"

enum { MINUTE = 60000 };

void
edit_touch(struct edit *edit, const char *how, const char *type, int project,
	   int64_t key)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, key);
	world_touched(edit->out, how, type,
		      project < 0 ? "site"
				  : edit->tracker->projects[project].key,
		      text);
}

void
edit_touch_change(struct edit *edit, const char *how, int32_t index,
		  int project, const struct tracker_change *change)
{
	char text[48];

	snprintf(text, sizeof(text), "%d/%d", edit->tracker->issues[index].id,
		 change->id);
	world_touched(edit->out, how, "jira_change",
		      edit->tracker->projects[project].key, text);
}

void
edit_touch_changes(struct edit *edit, const char *how, int32_t index,
		   int project)
{
	const struct tracker_issue *issue = &edit->tracker->issues[index];
	uint32_t i;

	for (i = 0; i < issue->change_count; i++)
		edit_touch_change(edit, how, index, project,
				  &issue->changes[i]);
}

void
edit_set(struct edit *edit, enum tracker_field field, int32_t to)
{
	struct tracker_item *item = &edit->change.items[edit->change.count++];

	item->field = (uint8_t)field;
	item->to = to;
}

/* A minute after the last change, or at the time wished for when that is
 * later; by the owner of the token. */
void
edit_begin(struct edit *edit)
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
bool
edit_apply(struct edit *edit, int32_t index)
{
	struct tracker_issue *issue = &edit->tracker->issues[index];
	int project;

	if (!tracker_change(edit->tracker, index, &edit->change))
		return false;
	project = issue->value[TRACKER_PROJECT];
	edit_touch(edit, "changed", "jira_issue", project, issue->id);
	edit_touch_change(edit, "appeared", index, project,
			  &issue->changes[issue->change_count - 1]);
	return true;
}

int
edit_project(struct edit *edit, const char *name, int fallback)
{
	char *key = world_wish_text(edit->wish, name);
	int project =
		key == NULL ? fallback
			    : tracker_project(edit->tracker, key, strlen(key));

	free(key);
	return project;
}

bool
edit_is_finished(const struct tracker_issue *issue)
{
	return tracker_category(issue) == CATALOG_DONE;
}

/*
 * The issue named by key; else some issue of the project wished for, another
 * one each time: an unfinished story or task when there is one.  -1: none.
 */
int32_t
edit_issue(struct edit *edit)
{
	const struct tracker *tracker = edit->tracker;
	char *key = world_wish_text(edit->wish, "key");
	int project = edit_project(edit, "project", 0);
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
		if (!edit_is_finished(&tracker->issues[n]))
			index = n;
	}
	return index >= 0 ? index : spare;
}

/* The search index learns of what was changed with `lag`. */
static bool
catch_up(struct edit *edit)
{
	struct tracker *tracker = edit->tracker;
	int32_t i;

	for (i = 0; i < tracker->issue_count; i++)
		tracker->issues[i].indexed = tracker->issues[i].updated;
	tracker->version++;
	return true;
}

static const struct {
	const char *what;
	bool (*make)(struct edit *edit);
} edits[] = {
	{ "index-catch-up", catch_up },
	{ "issue-update", issueedits_update },
	{ "issue-transition", issueedits_transition },
	{ "issue-points", issueedits_points },
	{ "issue-comment", issueedits_comment },
	{ "issue-move", issueedits_move },
	{ "issue-delete", issueedits_delete },
	{ "issue-create", issueedits_create },
	{ "issue-sprint", siteedits_schedule },
	{ "sprint-close", siteedits_close_sprint },
	{ "sprint-start", siteedits_start_sprint },
	{ "sprint-delete", siteedits_delete_sprint },
	{ "board-delete", siteedits_delete_board },
	{ "project-rename", siteedits_rename },
	{ "user-deactivate", siteedits_deactivate },
};

bool
jira_change(struct world *world, const struct world_wish *wish,
	    struct jsonw *out)
{
	struct edit edit = { .tracker = world->tracker,
			     .wish = wish,
			     .out = out };
	bool made = false;
	size_t i;

	world->tracker->lagging = world_wish_number(wish, "lag", 0) != 0;
	for (i = 0; i < sizeof(edits) / sizeof(edits[0]); i++)
		if (strcmp(edits[i].what, wish->what) == 0)
			made = edits[i].make(&edit);
	world->tracker->lagging = false;
	return made;
}
