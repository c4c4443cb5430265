/* outlook: what is said of a job in each state, and when it is tried next. */
#include "look/outlook.h"

#include <string.h>

#include "check.h"

enum { HOUR = 3600000 };
static const int64_t now = 1795608000000; /* 2026-11-25T12:00:00Z */

static struct outlook
see(struct states_row row, const struct breaker *breaker)
{
	static const struct schedule_job job = {
		.name = "x",
		.max_retries = 4,
		.retry = { .base = 60000, .cap = 240000, .factor = 2 },
	};
	const struct outlook_view view = { &row, &job, breaker };
	struct outlook outlook;

	outlook_see(&view, now, &outlook);
	return outlook;
}

static int
errors(void)
{
	struct outlook o;

	o = see((struct states_row){ .state = STATES_ERROR,
				     .reason = STATES_RETRY,
				     .retry_count = 3,
				     .not_before = now + 5 },
		NULL);
	CHECK(o.failing && !o.person && o.at == now + 5);
	CHECK(strcmp(o.why, "retry 3 of 4, 4 to 4 minutes after the failure") ==
	      0);
	o = see((struct states_row){ .state = STATES_ERROR,
				     .reason = STATES_PROBE,
				     .tier = STATES_EXTENDED,
				     .not_before = now + HOUR },
		NULL);
	CHECK(o.failing && strstr(o.why, "every 24 hours") != NULL);
	o = see((struct states_row){ .state = STATES_ERROR,
				     .reason = STATES_PROBE,
				     .tier = STATES_STANDARD,
				     .not_before = now + HOUR },
		NULL);
	CHECK(strstr(o.why, "1 to 4 hours") != NULL);
	o = see((struct states_row){ .state = STATES_ERROR,
				     .reason = STATES_MANUAL_FIX,
				     .not_before = now + HOUR },
		NULL);
	CHECK(o.failing && o.person && o.at == 0);
	return 0;
}

/* The server's hint and the breaker are floors of their own. */
static int
floors(void)
{
	struct breaker breaker = { .state = BREAKER_OPEN,
				   .until = now + 2 * HOUR };
	struct outlook o;

	o = see((struct states_row){ .state = STATES_ERROR,
				     .reason = STATES_RETRY,
				     .not_before = now + HOUR },
		&breaker);
	CHECK(o.at == now + 2 * HOUR);
	CHECK(strstr(o.why, "the breaker is open until "
			    "2026-11-25T14:00:00Z") != NULL);
	breaker = (struct breaker){ .state = BREAKER_OPEN,
				    .override = BREAKER_FORCED_OPEN };
	o = see((struct states_row){ .state = STATES_PENDING,
				     .reason = STATES_BREAKER },
		&breaker);
	CHECK(o.failing && strstr(o.why, "somebody closes it") != NULL);
	o = see((struct states_row){ .state = STATES_PENDING,
				     .reason = STATES_QUOTA,
				     .floor = STATES_QUOTA,
				     .not_before = now + HOUR },
		NULL);
	CHECK(o.failing && o.at == now + HOUR);
	CHECK(strstr(o.why, "not before 2026-11-25T13:00:00Z") != NULL);
	return 0;
}

static int
others(void)
{
	struct outlook o;

	o = see((struct states_row){ .state = STATES_PENDING,
				     .reason = STATES_DUE },
		NULL);
	CHECK(!o.failing && o.at == now);
	o = see((struct states_row){ .state = STATES_FINISHED,
				     .next_due = now + HOUR },
		NULL);
	CHECK(!o.failing && o.at == now + HOUR);
	o = see((struct states_row){ .state = STATES_PAUSED,
				     .reason = STATES_EMERGENCY },
		NULL);
	CHECK(!o.failing && o.at == 0 && strstr(o.why, "emergency") != NULL);
	o = see((struct states_row){ .state = STATES_RUNNING }, NULL);
	CHECK(!o.failing && !o.person);
	o = see((struct states_row){ .state = STATES_RUNNING,
				     .reason = STATES_STUCK },
		NULL);
	CHECK(o.failing && o.person);
	return 0;
}

int
main(void)
{
	return errors() | floors() | others();
}
