/*
 * circuits - what runs and time do to the breakers of the docket, and what a
 * breaker does to the rows of its (client, integration).
 */
#ifndef PULSE_CIRCUITS_H
#define PULSE_CIRCUITS_H

#include "lead/office.h"
#include "lead/transition.h"

/* All return 0, or -1: the transaction is undone. */

/* Breakers whose time has come, or whose probe has stored a cursor. */
int circuits_turn(struct office *office);
/* The next time at which one wants to be looked at, 0: none. */
int64_t circuits_wake(const struct office *office);
/* A run of this entry starts; how it ended. */
int circuits_started(struct office *office, const struct docket_entry *entry);
int circuits_ended(struct office *office, struct docket_entry *entry,
		   int64_t run, enum states_blame blame);
/* What an operator says: 1 when nothing changes. */
int circuits_override(struct office *office, int circuit,
		      enum breaker_override to,
		      const struct transition_note *note);
/* Until when a run of this entry should leave the service alone, 0: it need
 * not. */
int64_t circuits_hold(const struct office *office,
		      const struct docket_entry *entry);

#endif
