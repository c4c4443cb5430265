/*
 * failed - lists what failed and when it is tried again: the jobs that
 * state.db knows as failing, the items and scopes that wait in pulse.db.
 *
 *   failed_jobs(journal, &ask);
 *   failed_items(store, &ask);
 *
 * As a table, or as NDJSON, whose lines have "type" job or item.
 */
#ifndef PULSE_FAILED_H
#define PULSE_FAILED_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/listing.h"
#include "jobs/journal.h"
#include "jobs/schedule.h"
#include "storage/store.h"

struct failed_ask {
	FILE *out;
	enum listing_format format;
	int64_t client; /* -1: all */
	const char *of; /* only the items of this job; or NULL */
	bool due;	/* with of: those that are due */
	const struct schedule *schedule; /* NULL: the usual delays */
	int64_t now;
	bool gap; /* an empty line before a table that has rows */
};

/* How many rows, or -1: journal_error, store_error. */
int failed_jobs(struct journal *journal, const struct failed_ask *ask);
int failed_items(struct store *store, const struct failed_ask *ask);

#endif
