/*
 * alarm - tells a person of failures that were not there last time: the
 * schedule's `notify` is run for each, with the finding as one line of JSON on
 * its standard input.
 *
 * Told is what does not pass by itself and what the scheduler does not tell of
 * anyway (a job that needs a person): refused tokens, damaged databases, full
 * disks, stuck locks.
 */
#ifndef PULSE_ALARM_H
#define PULSE_ALARM_H

#include "health/findings.h"

/* report: the findings of last time, NDJSON; a file that is not there has
 * none.  How many were told, or -1 with *why (allocated): not all could be. */
int alarm_ring(const struct findings *found, const char *report,
	       const char *program, char **why);

#endif
