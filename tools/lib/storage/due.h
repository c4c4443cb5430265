/*
 * due - when something that failed is tried again.  pure.
 *
 * Classes that may pass by themselves are tried a few times more, by the
 * schedule's rule (as shipped: three times, after 5-7.5, 10-15 and 20-30
 * minutes), never before the server's own hint; a spent quota burns no try.
 * All other classes wait for a person.  A clock that was ahead for a while
 * delays nothing: a failure of the future is due now, a hint holds for a day.
 */
#ifndef PULSE_DUE_H
#define PULSE_DUE_H

#include <stdint.h>

#include "base/backoff.h"
#include "base/outcome.h"

struct due_rule {
	int64_t max_retries;
	struct backoff retry;
};
/* Where no schedule says otherwise. */
extern const struct due_rule due_usual;

enum due_verdict {
	DUE_AT,	      /* at *at, which may be past */
	DUE_GIVEN_UP, /* tried often enough */
	DUE_PERSON    /* a person must act first */
};

struct due_failure {
	enum outcome_class class;
	int64_t attempts;   /* failures so far, from 1 */
	int64_t failed_at;  /* the latest, ms */
	int64_t not_before; /* ms, 0: no hint */
	uint64_t seed;
};

enum due_verdict due_when(const struct due_rule *rule,
			  const struct due_failure *failure, int64_t now,
			  int64_t *at);

/* A seed that stays the same for a failure, from what names it. */
uint64_t due_seed(uint64_t seed, const char *text);

#endif
