/*
 * kin - the other issues that an issue names: parent, sub-tasks, links, epic.
 */
#ifndef PULSE_KIN_H
#define PULSE_KIN_H

#include <stdbool.h>

#include "base/jsonw.h"
#include "demo/tracker.h"

/* Sub-tasks come soon after their parent: so many issues are looked at. */
enum { KIN_AHEAD = 200 };

bool kin_is_subtask(const struct tracker_issue *issue);

/* Each writes one value. */
void kin_brief(const struct tracker *tracker, int32_t index, struct jsonw *w);
void kin_subtasks(const struct tracker *tracker, int32_t index,
		  struct jsonw *w);
void kin_links(const struct tracker *tracker, int32_t index, struct jsonw *w);
/* The epic's key, as Data Center links epics. */
void kin_epic(const struct tracker *tracker, int32_t index, struct jsonw *w);

#endif
