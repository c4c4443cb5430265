/*
 * pruning - forgets what is old: events, runs and answers in state.db, answers
 * in control/done, and the folders of ended runs.  Of run folders the newest
 * of each job stay, and all that are younger than the schedule's `keep`.
 */
#ifndef PULSE_PRUNING_H
#define PULSE_PRUNING_H

#include "lead/office.h"

struct pruning_report {
	int64_t events, runs, commands, folders;
};

/* before: ms, 0: as the schedule says.  Outside of a transaction.  0, or -1:
 * the journal failed. */
int pruning_run(struct office *office, int64_t before,
		struct pruning_report *report);

#endif
