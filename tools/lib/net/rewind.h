/*
 * rewind - takes a fetcher's cursor back, so that what has changed since a time
 * is fetched again.  pure.
 *
 * What a cursor cannot say by time (commits, deployments, releases) begins
 * anew.  A cursor that reaches no further back than that time, one whose first
 * walk has not ended, and one that nobody here knows begin anew whole.
 */
#ifndef PULSE_REWIND_H
#define PULSE_REWIND_H

#include <stddef.h>
#include <stdint.h>

#include "base/jsonw.h"

/* Writes the new cursor; returns what will be fetched again (a literal). */
const char *rewind_cursor(const char *text, size_t len, int64_t since,
			  struct jsonw *out);

#endif
