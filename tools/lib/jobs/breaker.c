#include "jobs/breaker.h"

#include <string.h>

enum {
	MINUTE = 60 * 1000,
	SHORTEST = 15 * MINUTE,
	LONGEST = 240 * MINUTE,
	FAILURES = 3
};

static void
close_it(struct breaker *breaker)
{
	*breaker = (struct breaker){ .override = breaker->override };
}

static void
open_it(struct breaker *breaker, int64_t length, int64_t now)
{
	if (length < SHORTEST)
		length = SHORTEST;
	if (length > LONGEST)
		length = LONGEST;
	breaker->state = BREAKER_OPEN;
	breaker->length = length;
	breaker->opened_at = now;
	breaker->until = now + length;
	breaker->probe = 0;
}

/* Half open when its time has come; a clock that was set back does not keep it
 * open for longer than it would be anew. */
static bool
pass_time(struct breaker *breaker, int64_t now)
{
	if (breaker->state != BREAKER_OPEN)
		return false;
	if (breaker->until > now + LONGEST) {
		breaker->until = now + LONGEST;
		return true;
	}
	if (breaker->until > now)
		return false;
	breaker->state = BREAKER_HALF_OPEN;
	breaker->probe = 0;
	return true;
}

static bool
count_failure(struct breaker *breaker, int64_t now)
{
	breaker->failures++;
	if (breaker->failures >= FAILURES)
		open_it(breaker, SHORTEST, now);
	return true;
}

static bool
judge_closed(struct breaker *breaker, enum breaker_kind kind, int64_t now)
{
	if (kind == BREAKER_FAILURE)
		return count_failure(breaker, now);
	if (kind != BREAKER_SUCCESS || breaker->failures == 0)
		return false;
	breaker->failures = 0;
	return true;
}

/* Only the probe speaks: other runs began before it opened. */
static bool
judge_probe(struct breaker *breaker, enum breaker_kind kind, int64_t now)
{
	if (kind == BREAKER_SUCCESS) {
		close_it(breaker);
	} else if (kind == BREAKER_FAILURE) {
		breaker->failures++;
		open_it(breaker, 2 * breaker->length, now);
	} else {
		open_it(breaker, breaker->length, now);
	}
	return true;
}

bool
breaker_apply(struct breaker *breaker, enum breaker_kind kind, int64_t run,
	      int64_t now)
{
	bool passed;

	if (breaker->override != BREAKER_AUTO)
		return false;
	passed = pass_time(breaker, now);
	if (kind == BREAKER_TIME || breaker->state == BREAKER_OPEN)
		return passed;
	if (breaker->state == BREAKER_CLOSED)
		return judge_closed(breaker, kind, now);
	if (kind == BREAKER_PROBES) {
		passed = passed || breaker->probe == 0;
		if (breaker->probe == 0)
			breaker->probe = run;
		return passed;
	}
	if (breaker->probe == 0 || breaker->probe != run)
		return passed;
	return judge_probe(breaker, kind, now);
}

bool
breaker_override(struct breaker *breaker, enum breaker_override to, int64_t now)
{
	enum breaker_override from = breaker->override;

	if (from == to)
		return false;
	breaker->override = to;
	if (to == BREAKER_FORCED_CLOSED) {
		close_it(breaker);
	} else if (to == BREAKER_FORCED_OPEN) {
		open_it(breaker, breaker->length, now);
		breaker->until = 0;
	} else if (from == BREAKER_FORCED_OPEN) {
		/* Whether all is well again the next run shows. */
		breaker->state = BREAKER_HALF_OPEN;
		breaker->until = now;
	}
	return true;
}

bool
breaker_lets(const struct breaker *breaker, int64_t now, int64_t *until)
{
	*until = 0;
	if (breaker->state == BREAKER_CLOSED)
		return true;
	if (breaker->override == BREAKER_FORCED_OPEN)
		return false;
	if (breaker->state == BREAKER_HALF_OPEN)
		return breaker->probe == 0;
	if (breaker->until <= now)
		return true;
	*until = breaker->until;
	return false;
}

static const char *const states[] = {
	[BREAKER_CLOSED] = "closed",
	[BREAKER_OPEN] = "open",
	[BREAKER_HALF_OPEN] = "half_open",
};
static const char *const overrides[] = {
	[BREAKER_AUTO] = "auto",
	[BREAKER_FORCED_OPEN] = "open",
	[BREAKER_FORCED_CLOSED] = "closed",
};

enum {
	STATES = sizeof(states) / sizeof(states[0]),
	OVERRIDES = sizeof(overrides) / sizeof(overrides[0])
};

static int
find(const char *const *names, int count, const char *name)
{
	int i;

	for (i = 0; i < count; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return -1;
}

const char *
breaker_state_name(enum breaker_state state)
{
	return states[state];
}

int
breaker_state_by_name(const char *name)
{
	return find(states, STATES, name);
}

const char *
breaker_override_name(enum breaker_override override)
{
	return overrides[override];
}

int
breaker_override_by_name(const char *name)
{
	return find(overrides, OVERRIDES, name);
}
