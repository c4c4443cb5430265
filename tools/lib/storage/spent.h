/*
 * spent - what the writing to pulse.db takes, for the figures of the run that
 * a program is part of.  By hand there is nobody to tell, and nothing is
 * measured.
 *
 *   spent_begin(store);
 *   spent_end(store);              before store_close
 */
#ifndef PULSE_SPENT_H
#define PULSE_SPENT_H

#include "storage/store.h"

void spent_begin(struct store *store);
/* 0, or -1 with errno: the run's folder takes no line. */
int spent_end(const struct store *store);

#endif
