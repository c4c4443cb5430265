/*
 * ears - all that wakes the leader: signals, the clock, commands, standalone
 * runs that have ended, its runs and hooks.  What is heard is noted in the
 * office; the next turn acts on it.
 */
#ifndef PULSE_EARS_H
#define PULSE_EARS_H

#include "lead/office.h"

/* For the daemon; --once hears only its runs.  0, or -1 with errno. */
int ears_open(struct office *office);
/* Wakes at the next cursor that a job of a client stores. */
void ears_watch_cursors(struct office *office, int64_t client);
/* The clock wakes at the next time that any row or breaker names. */
void ears_arm(struct office *office);
/* Waits at most ms (-1: for ever); how many spoke, -1: errno. */
int ears_listen(struct office *office, int64_t ms);

#endif
