/*
 * deliveries - the part of a frame that DORA's figures read, as temporary
 * tables:
 *
 *   production  rank (in the order of finished_at, id), service, grp, kind
 *               (deployment or release), repo, environment, id, sha,
 *               started_at, finished_at, result (success or failure), url:
 *               all that ever ended in production, out of scope ones too
 *   incidents   service, grp, source, scope, key, title, url, created_at,
 *               resolved_at (NULL: open), deployment: the rank of the last
 *               success of the service that finished strictly before
 *
 * The frame's own tables are there already.
 */
#ifndef PULSE_DELIVERIES_H
#define PULSE_DELIVERIES_H

#include <stdio.h>

#include "measure/frame.h"

/* -1: store_error says why. */
int deliveries_build(struct store *store, const struct frame *frame);
int deliveries_plan(struct store *store, FILE *out);

#endif
