/*
 * incidents - the table production_incidents of one client, made anew from the
 * issues and the deployments that are stored: which incidents there were, when
 * each was over, and which deployment it is blamed on
 * (link-deployments(1) has the rules).  Only rows that differ are written.
 *
 * The caller opens and commits the transaction, and has added the client's
 * status_class, see classes.h.
 */
#ifndef PULSE_INCIDENTS_H
#define PULSE_INCIDENTS_H

#include <stddef.h>
#include <stdint.h>

#include "storage/services.h"
#include "storage/store.h"

/* changed: rows written or deleted; -1: store_error says why. */
int incidents_relink(struct store *store, int64_t client,
		     const struct services *services, size_t *changed);

#endif
