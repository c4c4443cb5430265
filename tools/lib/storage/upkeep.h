/*
 * upkeep - keeps a database fast and small: statistics, free pages, history
 * that nobody needs; and looks whether it is whole.
 */
#ifndef PULSE_UPKEEP_H
#define PULSE_UPKEEP_H

#include "storage/store.h"

struct upkeep_counts {
	int64_t checkpoints, failures; /* rows of history dropped */
	int64_t pages;		       /* given back */
};

/* Is every page whole?  0, or -1 with *why (allocated) and *class. */
int upkeep_check(struct store *store, char **why, enum outcome_class *class);

/* 0, or -1 with *why (allocated) and *class.  now: seconds. */
int upkeep_run(struct store *store, int64_t now, struct upkeep_counts *counts,
	       char **why, enum outcome_class *class);

#endif
