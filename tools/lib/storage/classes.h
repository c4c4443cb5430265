/*
 * classes - what a Jira status stands for: new, indeterminate or done.
 *
 *   classes = classes_open(store, client, settings->jira.status_mapping);
 *   classes_add(store, classes);             the SQL function
 *   classes_close(classes);                  after its last use
 *
 * Jira has a category for each status, by id; pulse.yaml may say otherwise for
 * a project (status_mapping: {PAY: {Parked: indeterminate}}), by name in any
 * case.  A category that is neither new nor done is indeterminate.
 *
 * In SQL: status_class(project, status_id, status) - NULL where nobody knows.
 * An id that is not stored is looked up by its name: of the project's own
 * statuses, then of those that all projects share, then of other projects'
 * own ones if these agree.  Each answer is remembered.
 */
#ifndef PULSE_CLASSES_H
#define PULSE_CLASSES_H

#include <stdint.h>

#include "base/config.h"
#include "storage/store.h"

struct classes;

/* Reads the statuses and projects of a client; mapping (borrowed) is that of
 * settings_jira, or NULL.  NULL: store_error says why. */
struct classes *classes_open(struct store *store, int64_t client,
			     const struct config *mapping);
void classes_close(struct classes *classes); /* NULL is fine */

/* -1: store_error says why. */
int classes_add(struct store *store, struct classes *classes);

/* project, id and name may each be NULL. */
const char *classes_of(struct classes *classes, const char *project,
		       const char *id, const char *name);

#endif
