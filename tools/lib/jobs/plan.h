/*
 * plan - what will run when, and why: the next starts by the rows as they are,
 * the schedule and the breakers, played forward.  pure.
 *
 * Played is that each run ends well after its usual time; where that is not
 * known it takes none.  So a plan says the earliest times, not promises.
 */
#ifndef PULSE_PLAN_H
#define PULSE_PLAN_H

#include <stddef.h>
#include <stdint.h>

#include "jobs/gates.h"

enum { PLAN_NOTE = 200 };

struct plan_start {
	int64_t at; /* the earliest */
	size_t job; /* index in the view */
	enum states_reason reason;
	char note[PLAN_NOTE]; /* what it waits for or may wait for; "" */
};

/* Fills at most `most` starts in the order of time; returns how many.
 * lengths: of each job of the view its usual run in ms, or NULL. */
size_t plan_make(const struct gates_view *view, const int64_t *lengths,
		 int64_t now, size_t most, struct plan_start *starts);

/* Why a job of the view never starts by itself, and the way out; NULL: it
 * does. */
const char *plan_never(const struct gates_job *job);

/* Why nothing starts at all for now, and the way out; NULL: things do. */
const char *plan_barrier(const struct gates_view *view);

#endif
