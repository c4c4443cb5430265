#include "storage/due.h"

#include <stdbool.h>

enum { RETRIES = 3, BASE_MS = 300000, CAP_MS = 1800000, DAY_MS = 86400000 };

/* So much does a clock that is being set right jump, or a look take. */
enum { LEEWAY_MS = 60000 };

static bool
is_ahead(const struct due_failure *failure, int64_t now)
{
	return failure->failed_at > now + LEEWAY_MS;
}

const struct due_rule due_usual = {
	.max_retries = RETRIES,
	.retry = { .base = BASE_MS, .cap = CAP_MS, .factor = 2 },
};

static bool passes(enum outcome_class class)
{
	switch (class) {
	case OUTCOME_NETWORK_TIMEOUT:
	case OUTCOME_API_RATE_LIMIT:
	case OUTCOME_TEMPORARY_SERVICE_ERROR:
	case OUTCOME_DATABASE_LOCK:
	case OUTCOME_SERVICE_DOWN:
	case OUTCOME_DISK:
	case OUTCOME_SYSTEM:
		return true;
	default:
		return false;
	}
}

/* A failure of later than now was told by a clock that was ahead: what has been
 * waited since is not known, so it counts as enough.  And no server asks for
 * more than a day. */
static int64_t
floor_of(const struct due_failure *failure, int64_t now)
{
	int64_t failed_at = failure->failed_at;

	if (is_ahead(failure, now))
		return failure->not_before - now > DAY_MS ? now
							  : failure->not_before;
	return failure->not_before - failed_at > DAY_MS ? failed_at + DAY_MS
							: failure->not_before;
}

enum due_verdict
due_when(const struct due_rule *rule, const struct due_failure *failure,
	 int64_t now, int64_t *at)
{
	bool quota = failure->class == OUTCOME_API_RATE_LIMIT;
	int64_t k = failure->attempts < 1 ? 1 : failure->attempts;
	int64_t floor = floor_of(failure, now);

	if (!passes(failure->class))
		return DUE_PERSON;
	if (k > rule->max_retries && !quota)
		return DUE_GIVEN_UP;
	if (k > rule->max_retries && rule->max_retries > 0)
		k = rule->max_retries;
	*at = now;
	if (!is_ahead(failure, now))
		*at = failure->failed_at +
		      backoff_delay(&rule->retry, (unsigned)k, failure->seed);
	if (*at < floor)
		*at = floor;
	return DUE_AT;
}

uint64_t
due_seed(uint64_t seed, const char *text)
{
	for (; *text != '\0'; text++)
		seed = (seed ^ (unsigned char)*text) * 0x100000001b3u;
	return seed ^ seed >> 29;
}
