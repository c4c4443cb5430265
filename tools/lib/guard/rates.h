/*
 * rates - how often somebody may do a thing: so many at once, then one each
 * `every` ms.  Time is an argument, any clock of ms; one that goes back costs
 * nobody more than a whole burst.  It remembers RATES_MOST callers, and
 * forgets first who has waited longest.
 *
 *   if (rates_take(rates, "127.0.0.1", now, &wait) != RATES_YES) ...
 */
#ifndef PULSE_RATES_H
#define PULSE_RATES_H

#include <stdint.h>

enum { RATES_MOST = 256, RATES_KEY = 64 };

enum rates_answer {
	RATES_YES,
	RATES_SPENT, /* no, for the first time since all was there */
	RATES_NO
};

struct rates;

struct rates *rates_new(int64_t every, int64_t burst);
void rates_free(struct rates *rates);

/* wait: ms until the next one is there. */
enum rates_answer rates_take(struct rates *rates, const char *key, int64_t now,
			     int64_t *wait);

#endif
