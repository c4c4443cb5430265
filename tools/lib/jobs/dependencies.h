/*
 * dependencies - which job waits for which, as the schedule says it; every
 * name is a job's and no chain comes back to where it began.
 */
#ifndef PULSE_DEPENDENCIES_H
#define PULSE_DEPENDENCIES_H

#include "jobs/schedule.h"

/* Fills the dependencies of the schedule's jobs, which are all named by now.
 * NULL, or "FILE:LINE: expected ...", allocated. */
char *dependencies_read(struct schedule *schedule);

#endif
