/*
 * upsert - one row and the rows of its children: put in, replaced, or left as
 * they are, by version.
 *
 * The greater version (updated_at, fetched_at) wins; equal values move the
 * version only; of two records of one version always the one with the greater
 * digest wins, so that the order does not matter.  An unchanged row costs one
 * look, a new one one insert: what the last row of a type turned out to be is
 * tried first.
 */
#ifndef PULSE_UPSERT_H
#define PULSE_UPSERT_H

#include "storage/record.h"

enum upsert_outcome {
	UPSERT_ADDED,
	UPSERT_CHANGED,
	UPSERT_SAME,  /* or older than the row, which stays */
	UPSERT_FAILED /* store_error */
};

/* plan->values are complete; scope is what they say of it. */
enum upsert_outcome upsert_row(struct store *store, const struct record *record,
			       struct plans_plan *plan);

#endif
