/*
 * backlog - invents the issues of each project and how they move, sprints
 * apart: stories, bugs, tasks, epics, sub-tasks, incidents; edits, comments,
 * moves to other projects, deletions, very long histories.
 */
#ifndef PULSE_BACKLOG_H
#define PULSE_BACKLOG_H

#include "demo/chronicle.h"

/* Every issue to be; those that cadence does not plan are worked through. */
void backlog_fill(struct chronicle *c);

/*
 * Works on an issue from a time on, as far as it comes before until: through
 * its flow's statuses, with a resolution at the end where the flow has those.
 */
void backlog_work(struct chronicle *c, int32_t work, int64_t from,
		  int64_t until);
void backlog_reopen(struct chronicle *c, int32_t work, int64_t at);

#endif
