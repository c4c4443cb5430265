/*
 * backoff - how long to wait before try k+1.  pure.
 *
 * Delay k (from 1): d = min(cap, base * factor^(k-1)), then uniform in
 * [d, min(1.5 d, cap)] by the seed.  All in ms.
 */
#ifndef PULSE_BACKOFF_H
#define PULSE_BACKOFF_H

#include <stdbool.h>
#include <stdint.h>

struct backoff {
	int64_t base, cap;
	int64_t factor; /* below 1: 2 */
	bool steady;	/* without the spread: exactly d */
};

int64_t backoff_delay(const struct backoff *rule, unsigned k, uint64_t seed);

/* Uniform in [least, most] by the seed. */
int64_t backoff_between(int64_t least, int64_t most, uint64_t seed);

#endif
