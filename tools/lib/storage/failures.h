/*
 * failures - items and scopes that failed, and whether they still do.
 *
 * Kept per item are the times of its latest failures and of its latest
 * resolution, so that lines may come in any order and any number of times.  It
 * is open while the latest failure is later.  A checkpoint line of a scope
 * resolves what failed of the scope as a whole.
 */
#ifndef PULSE_FAILURES_H
#define PULSE_FAILURES_H

#include <stdint.h>

#include "records/values.h"
#include "storage/store.h"

struct failures;

/* NULL: store_error. */
struct failures *failures_open(struct store *store);
void failures_close(struct failures *failures);

/* All texts are set: empty entity and key for a scope, empty key for a list of
 * it. */
struct failures_item {
	int64_t client;
	struct value job, scope, entity, key;
};

struct failures_failure {
	struct failures_item item;
	int64_t at; /* ms */
	struct value class, reason;
	int64_t http, not_before; /* ms; 0: none */
};

/* All of these return 0, or -1: store_error. */
int failures_add(struct failures *failures,
		 const struct failures_failure *failure);
int failures_resolve(struct failures *failures,
		     const struct failures_item *item, int64_t at);
int failures_reached(struct failures *failures,
		     const struct failures_item *scope, int64_t at);
int failures_move(struct failures *failures, int64_t client,
		  const struct value *from, const struct value *to);

#endif
