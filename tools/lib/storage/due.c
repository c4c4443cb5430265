#include "storage/due.h"

#include <stdbool.h>

enum { RETRIES = 3, BASE_MS = 300000, CAP_MS = 1800000 };

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

enum due_verdict
due_when(const struct due_rule *rule, const struct due_failure *failure,
	 int64_t *at)
{
	bool quota = failure->class == OUTCOME_API_RATE_LIMIT;
	int64_t k = failure->attempts < 1 ? 1 : failure->attempts;

	if (!passes(failure->class))
		return DUE_PERSON;
	if (k > rule->max_retries && !quota)
		return DUE_GIVEN_UP;
	if (k > rule->max_retries && rule->max_retries > 0)
		k = rule->max_retries;
	*at = failure->failed_at +
	      backoff_delay(&rule->retry, (unsigned)k, failure->seed);
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
