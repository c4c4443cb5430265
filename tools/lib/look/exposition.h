/*
 * exposition - the jobs as metrics in Prometheus' text format, for a textfile
 * collector or for GET /metrics.  No timestamps; ends in a line feed.
 */
#ifndef PULSE_EXPOSITION_H
#define PULSE_EXPOSITION_H

#include <stdio.h>

#include "look/leftovers.h"
#include "look/overview.h"

/* What the journal knows is left out when there is none. */
void exposition_print(FILE *out, struct overview *overview,
		      const struct leftovers *leftovers);

#endif
