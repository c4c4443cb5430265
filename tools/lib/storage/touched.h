/*
 * touched - the repositories whose rows have changed, for link-deployments,
 * which takes out of the table what it has looked at.  Only rows that links are
 * made from count: what people answer to a pull request does not.
 *
 * Rows come in any order of repositories, so the last few hundred names are
 * remembered and cost no statement.
 */
#ifndef PULSE_TOUCHED_H
#define PULSE_TOUCHED_H

#include "records/values.h"
#include "storage/store.h"

struct touched;

struct touched *touched_open(struct store *store); /* NULL: store_error */
void touched_close(struct touched *touched);

/* A row of that record type; 0, or -1: store_error. */
int touched_add(struct touched *touched, const char *type, int64_t client,
		const struct value *repo);

#endif
