#include "guard/rates.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

/* All that is kept of a caller is when his whole burst will be there again. */
struct caller {
	char key[RATES_KEY];
	int64_t whole_at;
	bool told;
};

struct rates {
	int64_t every, burst;
	struct caller callers[RATES_MOST];
};

struct rates *
rates_new(int64_t every, int64_t burst)
{
	struct rates *rates = msg_calloc(1, sizeof(*rates));

	rates->every = every;
	rates->burst = burst;
	return rates;
}

void
rates_free(struct rates *rates)
{
	free(rates);
}

/* His place, or that of the one who has been quiet for longest. */
static struct caller *
caller_of(struct rates *rates, const char *key)
{
	struct caller *quiet = &rates->callers[0];
	size_t i;

	for (i = 0; i < RATES_MOST; i++) {
		struct caller *caller = &rates->callers[i];

		if (strncmp(caller->key, key, RATES_KEY - 1) == 0)
			return caller;
		if (caller->whole_at < quiet->whole_at)
			quiet = caller;
	}
	*quiet = (struct caller){ .told = false };
	snprintf(quiet->key, sizeof(quiet->key), "%s", key);
	return quiet;
}

enum rates_answer
rates_take(struct rates *rates, const char *key, int64_t now, int64_t *wait)
{
	struct caller *caller = caller_of(rates, key);
	int64_t whole = rates->every * rates->burst;

	*wait = 0;
	if (caller->whole_at <= now) {
		caller->whole_at = now;
		caller->told = false;
	}
	if (caller->whole_at > now + whole)
		caller->whole_at = now + whole;
	if (caller->whole_at + rates->every <= now + whole) {
		caller->whole_at += rates->every;
		return RATES_YES;
	}
	*wait = caller->whole_at + rates->every - (now + whole);
	if (caller->told)
		return RATES_NO;
	caller->told = true;
	return RATES_SPENT;
}
