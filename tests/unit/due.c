/* due: when something that failed is tried again. */
#include "storage/due.h"
#include "check.h"

#include <stdio.h>

enum { DAY = 86400000, NOW = 2 * DAY };

static int
waits_double_and_end(void)
{
	static const int64_t least[] = { 0, 300000, 600000, 1200000 };
	static const int64_t most[] = { 0, 450000, 900000, 1800000 };
	int64_t k, at;
	uint64_t seed;

	for (k = 1; k <= 3; k++)
		for (seed = 0; seed < 2000; seed++) {
			struct due_failure failure = {
				.class = OUTCOME_NETWORK_TIMEOUT,
				.attempts = k,
				.failed_at = 1000,
				.seed = due_seed(seed, "acme/api"),
			};

			CHECK(due_when(&due_usual, &failure, NOW, &at) ==
			      DUE_AT);
			CHECK(at >= 1000 + least[k] && at <= 1000 + most[k]);
		}
	return 0;
}

static int
classes_differ(void)
{
	struct due_failure failure = { .attempts = 4, .failed_at = 7 };
	int64_t at = -1;

	failure.class = OUTCOME_TEMPORARY_SERVICE_ERROR;
	CHECK(due_when(&due_usual, &failure, NOW, &at) == DUE_GIVEN_UP);
	failure.class = OUTCOME_AUTHENTICATION;
	CHECK(due_when(&due_usual, &failure, NOW, &at) == DUE_PERSON);
	failure.class = OUTCOME_DATA_FORMAT;
	failure.attempts = 1;
	CHECK(due_when(&due_usual, &failure, NOW, &at) == DUE_PERSON);
	failure.class = OUTCOME_API_RATE_LIMIT;
	failure.attempts = 40;
	failure.not_before = 79999999;
	CHECK(due_when(&due_usual, &failure, NOW, &at) == DUE_AT &&
	      at == 79999999);
	failure.not_before = 8;
	CHECK(due_when(&due_usual, &failure, NOW, &at) == DUE_AT && at > 1000);
	return 0;
}

static int
the_schedule_rules(void)
{
	static const struct due_rule twice = { 2, { 1000, 5000, 3, false } };
	static const struct due_rule never = { 0, { 1000, 5000, 3, false } };
	struct due_failure failure = { .class = OUTCOME_DISK,
				       .attempts = 2,
				       .failed_at = 10 };
	int64_t at = -1;

	CHECK(due_when(&twice, &failure, NOW, &at) == DUE_AT);
	CHECK(at >= 3010 && at <= 4510);
	failure.attempts = 3;
	CHECK(due_when(&twice, &failure, NOW, &at) == DUE_GIVEN_UP);
	failure.attempts = 1;
	CHECK(due_when(&never, &failure, NOW, &at) == DUE_GIVEN_UP);
	failure.class = OUTCOME_API_RATE_LIMIT;
	CHECK(due_when(&never, &failure, NOW, &at) == DUE_AT);
	CHECK(at >= 1010 && at <= 1510);
	return 0;
}

static int
a_clock_that_was_ahead_delays_nothing(void)
{
	struct due_failure failure = { .class = OUTCOME_API_RATE_LIMIT,
				       .attempts = 1,
				       .failed_at = NOW + DAY };
	int64_t at = -1;

	CHECK(due_when(&due_usual, &failure, NOW, &at) == DUE_AT && at == NOW);
	failure.not_before = NOW + DAY;
	CHECK(due_when(&due_usual, &failure, NOW, &at) == DUE_AT);
	CHECK(at == NOW + DAY);
	failure.not_before = (int64_t)3650 * DAY;
	CHECK(due_when(&due_usual, &failure, NOW, &at) == DUE_AT && at == NOW);
	failure.failed_at = NOW - 7; /* the server's clock was, or its date */
	CHECK(due_when(&due_usual, &failure, NOW, &at) == DUE_AT);
	CHECK(at == NOW - 7 + DAY);
	return 0;
}

static int
seeds_tell_items_apart(void)
{
	CHECK(due_seed(1, "a") == due_seed(1, "a"));
	CHECK(due_seed(1, "a") != due_seed(1, "b"));
	CHECK(due_seed(1, "a") != due_seed(2, "a"));
	return 0;
}

int
main(void)
{
	return waits_double_and_end() || classes_differ() ||
	       the_schedule_rules() ||
	       a_clock_that_was_ahead_delays_nothing() ||
	       seeds_tell_items_apart();
}
