/*
 * backoff - how long to wait before try k+1.  pure.
 *
 * Delay k (from 1): d = min(cap, base * 2^(k-1)), then uniform in
 * [d, min(1.5 d, cap)] by the seed.  All in ms.
 */
#ifndef PULSE_BACKOFF_H
#define PULSE_BACKOFF_H

#include <stdint.h>

int64_t backoff_delay(unsigned k, int64_t base, int64_t cap, uint64_t seed);

#endif
