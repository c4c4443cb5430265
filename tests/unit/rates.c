/* rates: so many at once, then one at a time, each caller for himself. */
#include "guard/rates.h"
#include "check.h"

#include <stdio.h>

static const int64_t noon = 1795500000000;

static int
take(struct rates *rates, const char *key, int64_t now, int times)
{
	int64_t wait;
	int taken = 0;

	while (times-- > 0)
		if (rates_take(rates, key, now, &wait) == RATES_YES)
			taken++;
	return taken;
}

static int
a_burst_then_one_at_a_time(void)
{
	struct rates *rates = rates_new(200, 10);
	int64_t wait;

	CHECK(take(rates, "a", noon, 30) == 10);
	CHECK(rates_take(rates, "a", noon, &wait) == RATES_NO && wait == 200);
	CHECK(rates_take(rates, "a", noon + 150, &wait) == RATES_NO);
	CHECK(wait == 50);
	CHECK(rates_take(rates, "a", noon + 200, &wait) == RATES_YES);
	CHECK(rates_take(rates, "a", noon + 200, &wait) == RATES_NO);
	CHECK(take(rates, "a", noon + 1200, 30) == 5);
	CHECK(take(rates, "a", noon + 100000, 30) == 10);
	rates_free(rates);
	return 0;
}

static int
the_first_refusal_is_told_from_the_others(void)
{
	struct rates *rates = rates_new(6000, 10);
	int64_t wait;

	CHECK(take(rates, "a", noon, 10) == 10);
	CHECK(rates_take(rates, "a", noon, &wait) == RATES_SPENT);
	CHECK(rates_take(rates, "a", noon + 1, &wait) == RATES_NO);
	CHECK(rates_take(rates, "a", noon + 6001, &wait) == RATES_YES);
	CHECK(rates_take(rates, "a", noon + 6002, &wait) == RATES_NO);
	CHECK(take(rates, "a", noon + 70000, 10) == 10);
	CHECK(rates_take(rates, "a", noon + 70000, &wait) == RATES_SPENT);
	rates_free(rates);
	return 0;
}

static int
one_caller_takes_nothing_from_another(void)
{
	struct rates *rates = rates_new(200, 10);

	CHECK(take(rates, "a", noon, 30) == 10);
	CHECK(take(rates, "b", noon, 30) == 10);
	CHECK(take(rates, "", noon, 30) == 10);
	CHECK(take(rates, "a", noon, 1) == 0);
	rates_free(rates);
	return 0;
}

static int
a_clock_that_goes_back_locks_nobody_out(void)
{
	struct rates *rates = rates_new(200, 10);
	int64_t wait;

	CHECK(take(rates, "a", noon, 30) == 10);
	CHECK(rates_take(rates, "a", noon - 86400000, &wait) != RATES_YES);
	CHECK(wait <= 200);
	CHECK(take(rates, "a", noon - 86400000 + 2000, 30) == 10);
	rates_free(rates);
	return 0;
}

static int
many_callers_push_out_the_quiet_ones_first(void)
{
	struct rates *rates = rates_new(1000, 10);
	char key[RATES_KEY];
	int i;

	CHECK(take(rates, "busy", noon, 30) == 10);
	for (i = 0; i < 4 * RATES_MOST; i++) {
		snprintf(key, sizeof(key), "k%d", i);
		CHECK(take(rates, key, noon + i, 1) == 1);
	}
	CHECK(take(rates, "busy", noon + 900, 1) == 0);
	rates_free(rates);
	return 0;
}

int
main(void)
{
	return a_burst_then_one_at_a_time() ||
	       the_first_refusal_is_told_from_the_others() ||
	       one_caller_takes_nothing_from_another() ||
	       a_clock_that_goes_back_locks_nobody_out() ||
	       many_callers_push_out_the_quiet_ones_first();
}
