/*
 * freshness - how old the data behind figures are: lines `data as of` below a
 * table.  Reads no table of the frame.
 */
#ifndef PULSE_FRESHNESS_H
#define PULSE_FRESHNESS_H

#include <stdbool.h>
#include <stdio.h>

#include "measure/frame.h"
#include "storage/store.h"

/* One line per repository and Jira project in scope with all, else those of one
 * minute together, the oldest first, and a few of many.  -1: store_error says
 * why. */
int freshness_print(struct store *store, const struct frame *frame, FILE *out,
		    bool all);

#endif
