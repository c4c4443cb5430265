/*
 * emergency - ends every run, now, with nobody's help: sets the latch, tells
 * every pulse-run that holds a job's lock to kill (USR2), after 500 ms sweeps
 * the sessions, and repeats until a whole pass finds no lock held.  Needs no
 * database, no scheduler and no free space.  When the latch cannot be written
 * the scheduler is ended too.
 *
 * It leaves no message for the scheduler: that hears of the latch by its
 * mailbox_watch, and makes the rows of the runs that it finds ended PAUSED
 * (emergency).
 */
#ifndef PULSE_EMERGENCY_H
#define PULSE_EMERGENCY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "jobs/rooms.h"

struct emergency_report {
	unsigned runs;	 /* that held a job's lock */
	unsigned left;	 /* locks still held when we gave up */
	char named[256]; /* these, as far as there is room */
	bool over;	 /* a whole pass found no lock held */
	bool latched;	 /* the latch is on disk */
	bool ended_leader;
	int latch_error; /* errno of latch_set */
};

/* Returns 0 when nothing runs any more, within give_up_ms. */
int emergency_stop(const struct rooms *rooms, int64_t give_up_ms,
		   struct emergency_report *report);
/* What it could not do, and what is to be done now; "": it did everything. */
void emergency_wrong(const struct emergency_report *report, char *out,
		     size_t size);

#endif
