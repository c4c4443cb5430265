/*
 * classes - what a Jira status stands for: new, indeterminate or done.
 *
 * Jira has a category for each status, by id; pulse.yaml may say otherwise for
 * a project (status_mapping: {PAY: {Parked: indeterminate}}), by name in any
 * case.
 *
 * In SQL: status_class(project, status_id, status) - NULL where nobody knows.
 * An id that is not stored any more is looked up by its name: of the project's
 * own statuses, then of all.
 */
#ifndef PULSE_CLASSES_H
#define PULSE_CLASSES_H

#include <stdint.h>

#include "base/config.h"
#include "storage/store.h"

struct classes;

/* Reads the statuses of a client; mapping (borrowed) is that of
 * settings_jira, or NULL.  NULL: store_error says why. */
struct classes *classes_open(struct store *store, int64_t client,
			     const struct config *mapping);
void classes_close(struct classes *classes); /* NULL is fine */

/* project, id and name may each be NULL. */
const char *classes_of(struct classes *classes, const char *project,
		       const char *id, const char *name);

#endif
