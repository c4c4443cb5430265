/*
 * follow - watches a job's status file until a command has had its effect.
 *
 * Where no leader is, the scheduler is run once whenever the job's run has
 * ended, so that the end is reached all the same.  Nobody polls: inotify on
 * status/ and lock/, pidfds of the leader and of the run.
 */
#ifndef PULSE_FOLLOW_H
#define PULSE_FOLLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "ask/errand.h"
#include "jobs/status.h"

struct follow {
	struct errand *errand;
	int64_t client;
	const char *job;
	int64_t epoch; /* lines before it are passed over */
	int64_t until; /* clock_monotonic, 0: no limit */
	/* Called with each line that says something else than the one before
	 * (from NULL: the first); true: the end that was wanted. */
	bool (*look)(void *arg, const struct status *from,
		     const struct status *to);
	void *arg;
};

enum follow_end {
	FOLLOW_REACHED,
	FOLLOW_LEFT,   /* errand->wake was heard */
	FOLLOW_LATE,   /* `until` has come */
	FOLLOW_NOBODY, /* it waits, and no scheduler is there to go on */
	FOLLOW_BROKEN  /* errno, or the scheduler's code in errand->once */
};

enum follow_end follow_job(const struct follow *follow);

/* The status of a job now; false when there is none. */
bool follow_read(const struct rooms *rooms, int64_t client, const char *job,
		 struct status *status);

#endif
