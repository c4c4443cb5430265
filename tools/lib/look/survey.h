/*
 * survey - every job of state.db as it stands: its row, its breaker, how its
 * latest run ended, and when it is tried next.
 */
#ifndef PULSE_SURVEY_H
#define PULSE_SURVEY_H

#include <stdbool.h>

#include "jobs/journal.h"
#include "jobs/schedule.h"
#include "look/outlook.h"

struct survey_job {
	int64_t client;
	const char *job;
	const struct states_row *row;
	const struct schedule_job *plan; /* NULL: not in the schedule */
	const struct breaker *breaker;	 /* of its integration, or NULL */
	struct journal_run latest;	 /* that has ended; id 0: none has */
	struct outlook outlook;
};

struct survey_ask {
	const struct schedule *schedule; /* or NULL */
	int64_t now;
	bool (*each)(void *arg, const struct survey_job *job);
	void *arg;
};

/* Calls each job, by client and name, until each returns false; jobs that are
 * no longer in the schedule are left out.  0, or -1: journal_error. */
int survey(struct journal *journal, const struct survey_ask *ask);

#endif
