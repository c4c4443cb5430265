/*
 * runstats - how the kept runs of each job went: how often well, how long, how
 * much, what went wrong, what they cost.
 *
 *   runstats_collect(journal, &ask, &stats)      0, or -1: journal_error
 *   runstats_print(stdout, &stats)               or runstats_json
 *   runstats_free(&stats)
 */
#ifndef PULSE_RUNSTATS_H
#define PULSE_RUNSTATS_H

#include <stdio.h>

#include "jobs/journal.h"
#include "look/overview.h"

enum { RUNSTATS_CLASSES = OUTCOME_SYSTEM + 1 };

struct runstats_job {
	int64_t client;
	char job[NAMES_SIZE];
	int64_t runs;	/* ended */
	int64_t good;	/* success or partial */
	int64_t judged; /* not ended by a person */
	int64_t *took;	/* ms, sorted; of all that ran */
	int64_t count, room;
	int64_t total_ms, records, rejected, requests, bytes;
	int64_t cpu_ms, peak_kb, database_ms;
	int64_t response_sum, response_count; /* ms; of runs that asked */
	int64_t errors[RUNSTATS_CLASSES];
};

struct runstats {
	struct runstats_job *jobs; /* by client and name */
	size_t count, room;
};

int runstats_collect(struct journal *journal, const struct overview_ask *ask,
		     struct runstats *stats);
void runstats_print(FILE *out, const struct runstats *stats);
void runstats_json(FILE *out, const struct runstats *stats);
void runstats_free(struct runstats *stats);

#endif
