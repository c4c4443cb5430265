/*
 * edit - what every change on request is made with; jira_change of
 * demo/world.h, whose table names the changes, is here too.
 *
 *   index = edit_issue(edit);            the issue wished for, or some issue
 *   edit_begin(edit);                    a minute later, by the token's owner
 *   edit_set(edit, TRACKER_POINTS, 6);   once or more
 *   edit_apply(edit, index);             says which rows it touched
 *
 * A wish may name `key`, `project`, `to`, `points`, `count`, `sprint`, `user`
 * and the time `at`.  With `"lag": 1` searches do not see the change before
 * `index-catch-up` is wished for.
 */
#ifndef PULSE_EDIT_H
#define PULSE_EDIT_H

#include <stdbool.h>

#include "demo/tracker.h"

struct edit {
	struct tracker *tracker;
	const struct world_wish *wish;
	struct jsonw *out;
	struct tracker_change change;
};

/* project -1: the row belongs to the site. */
void edit_touch(struct edit *edit, const char *how, const char *type,
		int project, int64_t key);
void edit_touch_change(struct edit *edit, const char *how, int32_t index,
		       int project, const struct tracker_change *change);
void edit_touch_changes(struct edit *edit, const char *how, int32_t index,
			int project);

void edit_begin(struct edit *edit);
void edit_set(struct edit *edit, enum tracker_field field, int32_t to);
bool edit_apply(struct edit *edit, int32_t index);

/* The project that the wish names under that name; -1 for an unknown one. */
int edit_project(struct edit *edit, const char *name, int fallback);
/* The issue named by key; else some issue of the project wished for, another
 * one each time, an unfinished one when there is one.  -1: none. */
int32_t edit_issue(struct edit *edit);
bool edit_is_finished(const struct tracker_issue *issue);

#endif
