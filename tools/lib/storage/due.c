#include "storage/due.h"

#include <stdbool.h>

#include "base/backoff.h"

enum { BASE_MS = 300000, CAP_MS = 1800000 };

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

enum due_verdict
due_when(const struct due_failure *failure, int64_t *at)
{
	static const struct backoff rule = { .base = BASE_MS,
					     .cap = CAP_MS,
					     .factor = 2 };
	bool quota = failure->class == OUTCOME_API_RATE_LIMIT;
	int64_t k = failure->attempts < 1 ? 1 : failure->attempts;

	if (!passes(failure->class))
		return DUE_PERSON;
	if (k > DUE_RETRIES && !quota)
		return DUE_GIVEN_UP;
	if (k > DUE_RETRIES)
		k = DUE_RETRIES;
	*at = failure->failed_at +
	      backoff_delay(&rule, (unsigned)k, failure->seed);
	if (*at < failure->not_before)
		*at = failure->not_before;
	return DUE_AT;
}

uint64_t
due_seed(uint64_t seed, const char *text)
{
	for (; *text != '\0'; text++)
		seed = (seed ^ (unsigned char)*text) * 0x100000001b3u;
	return seed ^ seed >> 29;
}
