/*
 * leader - the scheduler: holds lock/leader, settles what earlier runs left,
 * applies commands, starts what is due.  One code for the daemon and for
 * --once; the state is in state.db, the folders and the locks, so either may
 * take over from the other at any moment.
 *
 * Decisions are states, settle, gates, breaker (pure); this is their hands.
 */
#ifndef PULSE_LEADER_H
#define PULSE_LEADER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/outcome.h"

struct leader;

struct leader_options {
	const char *spool, *schedule, *config; /* NULL: the usual places */
	bool verbose;
};

enum leader_opening { LEADER_READY, LEADER_BUSY, LEADER_FAILED };
/* BUSY: *holder is its pid.  FAILED: *why (allocated) and *class. */
enum leader_opening leader_open(const struct leader_options *options,
				struct leader **leader, int *holder, char **why,
				enum outcome_class *class);

/* Reconcile, commands, start what is due, until nothing changes. */
int leader_once(struct leader *leader);
/* Until TERM or INT; runs go on.  HUP reads the schedule again. */
int leader_serve(struct leader *leader);
void leader_close(struct leader *leader);

#endif
