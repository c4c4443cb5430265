/*
 * clock - what time it is.  With PULSE_TEST_CLOCK=FILE the wall clock is what
 * the file says (one RFC 3339 time), so that tests decide the time.
 */
#ifndef PULSE_CLOCK_H
#define PULSE_CLOCK_H

#include <stdint.h>

int64_t clock_now(void);       /* ms since the epoch, UTC */
int64_t clock_monotonic(void); /* ms, for durations */

#endif
