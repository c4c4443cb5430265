/*
 * needed - the tables of share/metrics/tables that a metric reads, made once
 * in a frame, each after those that it needs itself.
 */
#ifndef PULSE_NEEDED_H
#define PULSE_NEEDED_H

#include "measure/figures.h"

/* -1 with *why. */
int needed_make(const struct figures_basis *basis, const struct metric *metric,
		char **why);
/* Plans of all that needed_make runs; -1 with *why. */
int needed_plan(const struct figures_basis *basis, const struct metric *metric,
		FILE *out, char **why);

#endif
