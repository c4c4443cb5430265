/*
 * recovery - what became of the run of a RUNNING row, and what follows: asked
 * when its pulse-run has ended, and for each such row at the leader's start.
 */
#ifndef PULSE_RECOVERY_H
#define PULSE_RECOVERY_H

#include "lead/office.h"

/* Settles every RUNNING row that is to be settled by now.  0, or -1. */
int recovery_turn(struct office *office);
/* At the leader's start: every RUNNING row is to be settled. */
void recovery_begin(struct office *office);
/* The pulse-run of an entry has ended. */
void recovery_run_ended(struct office *office, struct docket_entry *entry);
/* Watches the process of an entry no longer. */
void recovery_let_go(struct office *office, struct docket_entry *entry);
/* Tells a live pulse-run; one that has not begun loses its ticket instead. */
void recovery_signal(struct office *office, struct docket_entry *entry,
		     enum states_signal signal);

/* Has the live run of an entry stored a cursor? */
bool recovery_has_stored(const struct office *office,
			 const struct docket_entry *entry);

#endif
