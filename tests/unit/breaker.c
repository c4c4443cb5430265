/* breaker: three failures open it, its probe decides, operators overrule. */
#include "jobs/breaker.h"
#include "check.h"

#include <string.h>

enum { MINUTE = 60 * 1000 };

static const int64_t t = 1000000;

static int
fail_three_times(struct breaker *breaker)
{
	CHECK(breaker_apply(breaker, BREAKER_FAILURE, 1, t));
	CHECK(breaker_apply(breaker, BREAKER_FAILURE, 2, t));
	CHECK(breaker->state == BREAKER_CLOSED);
	CHECK(breaker_apply(breaker, BREAKER_FAILURE, 3, t));
	CHECK(breaker->state == BREAKER_OPEN);
	return 0;
}

static int
three_in_a_row_open_it(void)
{
	struct breaker breaker = { 0 };
	int64_t until;

	CHECK(breaker_lets(&breaker, t, &until) && until == 0);
	breaker_apply(&breaker, BREAKER_FAILURE, 1, t);
	breaker_apply(&breaker, BREAKER_FAILURE, 2, t);
	/* Ends that say nothing neither add nor clear. */
	CHECK(!breaker_apply(&breaker, BREAKER_NO_VERDICT, 3, t));
	CHECK(breaker_apply(&breaker, BREAKER_SUCCESS, 4, t));
	CHECK(!breaker_apply(&breaker, BREAKER_SUCCESS, 5, t));
	if (fail_three_times(&breaker))
		return 1;
	CHECK(breaker.until == t + 15 * MINUTE);
	CHECK(!breaker_lets(&breaker, t, &until));
	CHECK(until == t + 15 * MINUTE);
	/* Runs that began before it opened do not speak. */
	CHECK(!breaker_apply(&breaker, BREAKER_SUCCESS, 2, t));
	CHECK(!breaker_apply(&breaker, BREAKER_FAILURE, 2, t));
	return 0;
}

static int
its_probe_decides(void)
{
	static const int minutes[] = { 30, 60, 120, 240, 240, 240 };
	struct breaker breaker = { 0 };
	int64_t now = t, until;
	size_t i;

	if (fail_three_times(&breaker))
		return 1;
	for (i = 0; i < sizeof(minutes) / sizeof(minutes[0]); i++) {
		now = breaker.until;
		CHECK(!breaker_apply(&breaker, BREAKER_TIME, 0, now - 1));
		CHECK(breaker_lets(&breaker, now, &until));
		CHECK(breaker_apply(&breaker, BREAKER_TIME, 0, now));
		CHECK(breaker.state == BREAKER_HALF_OPEN);
		CHECK(breaker_lets(&breaker, now, &until));
		CHECK(breaker_apply(&breaker, BREAKER_PROBES, 10, now));
		CHECK(!breaker_lets(&breaker, now, &until) && until == 0);
		CHECK(!breaker_apply(&breaker, BREAKER_PROBES, 11, now));
		CHECK(!breaker_apply(&breaker, BREAKER_FAILURE, 9, now));
		CHECK(breaker_apply(&breaker, BREAKER_FAILURE, 10, now));
		CHECK(breaker.state == BREAKER_OPEN);
		CHECK(breaker.until == now + minutes[i] * (int64_t)MINUTE);
	}
	now = breaker.until;
	/* A run that starts at the very time is the probe, looked at or not. */
	CHECK(breaker_apply(&breaker, BREAKER_PROBES, 20, now));
	CHECK(breaker_apply(&breaker, BREAKER_NO_VERDICT, 20, now + 5));
	CHECK(breaker.until == now + 5 + 240 * (int64_t)MINUTE);
	now = breaker.until;
	breaker_apply(&breaker, BREAKER_PROBES, 21, now);
	CHECK(breaker_apply(&breaker, BREAKER_SUCCESS, 21, now));
	CHECK(breaker.state == BREAKER_CLOSED && breaker.failures == 0);
	if (fail_three_times(&breaker))
		return 1;
	CHECK(breaker.until == t + 15 * MINUTE);
	return 0;
}

static int
operators_overrule_it(void)
{
	struct breaker breaker = { 0 };
	int64_t until = 1;

	CHECK(!breaker_override(&breaker, BREAKER_AUTO, t));
	CHECK(breaker_override(&breaker, BREAKER_FORCED_OPEN, t));
	CHECK(breaker.state == BREAKER_OPEN);
	CHECK(!breaker_lets(&breaker, t + 1000 * (int64_t)MINUTE, &until));
	CHECK(until == 0);
	CHECK(!breaker_apply(&breaker, BREAKER_TIME, 0, t * 1000));
	CHECK(!breaker_apply(&breaker, BREAKER_SUCCESS, 1, t));
	/* Given back, the next run is its probe. */
	CHECK(breaker_override(&breaker, BREAKER_AUTO, t));
	CHECK(breaker.state == BREAKER_HALF_OPEN);
	CHECK(breaker_lets(&breaker, t, &until));
	breaker_apply(&breaker, BREAKER_PROBES, 5, t);
	breaker_apply(&breaker, BREAKER_FAILURE, 5, t);
	CHECK(breaker.state == BREAKER_OPEN && breaker.until > t);
	CHECK(breaker_override(&breaker, BREAKER_FORCED_CLOSED, t));
	CHECK(breaker_lets(&breaker, t, &until));
	for (int i = 0; i < 9; i++)
		CHECK(!breaker_apply(&breaker, BREAKER_FAILURE, i, t));
	CHECK(breaker_override(&breaker, BREAKER_AUTO, t));
	CHECK(breaker.state == BREAKER_CLOSED && breaker.failures == 0);
	return 0;
}

static int
a_set_clock_does_not_keep_it_open(void)
{
	struct breaker breaker = { 0 };
	int64_t now = t - 100000 * (int64_t)MINUTE;

	if (fail_three_times(&breaker))
		return 1;
	CHECK(breaker_apply(&breaker, BREAKER_TIME, 0, now));
	CHECK(breaker.until <= now + 240 * (int64_t)MINUTE);
	return 0;
}

static int
names_go_both_ways(void)
{
	CHECK(strcmp(breaker_state_name(BREAKER_HALF_OPEN), "half_open") == 0);
	CHECK(breaker_state_by_name("closed") == BREAKER_CLOSED);
	CHECK(breaker_state_by_name("open") == BREAKER_OPEN);
	CHECK(breaker_state_by_name("ajar") == -1);
	CHECK(strcmp(breaker_override_name(BREAKER_AUTO), "auto") == 0);
	CHECK(breaker_override_by_name("open") == BREAKER_FORCED_OPEN);
	CHECK(breaker_override_by_name("closed") == BREAKER_FORCED_CLOSED);
	CHECK(breaker_override_by_name("") == -1);
	return 0;
}

int
main(void)
{
	return three_in_a_row_open_it() || its_probe_decides() ||
	       operators_overrule_it() || a_set_clock_does_not_keep_it_open() ||
	       names_go_both_ways();
}
