/*
 * leaf - what state.db and the schedule say of one job, as it was read last.
 * Of web/dossier only.
 *
 *   struct leaf leaf = { .client = 1, .job = "jira_job" };
 *   if (leaf_read(&leaf, &sources) != 0) ... the journal's error, read it again
 *   leaf_put(&leaf, w); leaf_put_runs(&leaf, w, 5);
 *   jsonw_free(&leaf.runs);
 */
#ifndef PULSE_LEAF_H
#define PULSE_LEAF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "jobs/journal.h"
#include "jobs/schedule.h"
#include "look/outlook.h"

enum { LEAF_RUNS = 30 };

struct leaf {
	int64_t client;
	char job[NAMES_SIZE];
	char integration[NAMES_SIZE]; /* "": none, or it is not known */
	bool stale;		      /* the dossier's: to be read again */
	bool known;		      /* it has an outlook */
	struct outlook outlook;
	struct jsonw runs; /* one after the other, as they are shown */
	size_t run_count, ends[LEAF_RUNS];
};

struct leaf_sources { /* all borrowed */
	struct journal *journal;
	const struct schedule *schedule; /* or NULL */
	const struct journal_breaker *breakers;
	size_t breaker_count;
	int64_t now; /* ms */
};

/* 0, or -1 as the journal. */
int leaf_read(struct leaf *leaf, const struct leaf_sources *sources);

/* Members of the object that is open, and elements of the array that is: as
 * dossier_put and dossier_put_runs say. */
void leaf_put(const struct leaf *leaf, struct jsonw *w);
void leaf_put_runs(const struct leaf *leaf, struct jsonw *w, size_t most);

#endif
