/*
 * arrivals - standalone runs: run/last.CLIENT.JOB names the folder of one that
 * has ended; it is entered once in the list of runs and in the job's row.
 */
#ifndef PULSE_ARRIVALS_H
#define PULSE_ARRIVALS_H

#include "lead/office.h"

/* 0, or -1: the journal failed. */
int arrivals_turn(struct office *office);

#endif
