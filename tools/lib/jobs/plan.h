/*
 * plan - what will run when, and why: the next N starts by the rows as they
 * are, the schedule and the breakers.  pure but for printing.
 */
#ifndef PULSE_PLAN_H
#define PULSE_PLAN_H

#include <stddef.h>
#include <stdint.h>

#include "base/listing.h"
#include "jobs/gates.h"

struct plan_start {
	int64_t at; /* the earliest */
	size_t job; /* index in the view */
	enum states_reason reason;
	const char *note; /* what it may have to wait for, or NULL */
};

/* Fills at most `most` starts in the order of time; returns how many. */
size_t plan_make(const struct gates_view *view, int64_t now, size_t most,
		 struct plan_start *starts);

#endif
