/* calendar: days, weeks and months, and days whose midnight is odd.  Expected
 * times were read off `TZ=ZONE date -d`. */
#include <stdio.h>
#include <string.h>

#include "base/calendar.h"
#include "base/times.h"
#include "check.h"

static int64_t
seconds(const char *text)
{
	int64_t ms = 0;

	times_parse(text, strlen(text), &ms);
	return ms / 1000;
}

static int
days(void)
{
	int64_t day = times_days(2026, 11, 1);
	char text[CALENDAR_SIZE];

	CHECK(calendar_day(seconds("2026-11-01T00:00:00Z"), "UTC") == day);
	CHECK(calendar_day(seconds("2026-10-31T23:59:59Z"), "UTC") == day - 1);
	CHECK(calendar_day(seconds("2026-10-31T23:00:00Z"), "Europe/Berlin") ==
	      day);
	CHECK(calendar_day(seconds("2026-11-01T06:59:59Z"),
			   "America/Los_Angeles") == day - 1);
	CHECK(calendar_day(-1, "UTC") == -1);
	CHECK(calendar_day(-86400, "UTC") == -1);
	calendar_text(day, text);
	CHECK(strcmp(text, "2026-11-01") == 0);
	return 0;
}

static int
starts(void)
{
	CHECK(calendar_start(times_days(2026, 11, 1), "UTC") ==
	      seconds("2026-11-01T00:00:00Z"));
	/* Clocks go back on 2026-10-25 and forward on 2026-03-29. */
	CHECK(calendar_start(times_days(2026, 10, 25), "Europe/Berlin") ==
	      seconds("2026-10-25T00:00:00+02:00"));
	CHECK(calendar_start(times_days(2026, 10, 26), "Europe/Berlin") ==
	      seconds("2026-10-26T00:00:00+01:00"));
	CHECK(calendar_start(times_days(2026, 3, 30), "Europe/Berlin") ==
	      seconds("2026-03-30T00:00:00+02:00"));
	/* In Sao Paulo midnight did not exist on 2018-11-04 ... */
	CHECK(calendar_start(times_days(2018, 11, 4), "America/Sao_Paulo") ==
	      seconds("2018-11-04T03:00:00Z"));
	/* ... and 2018-02-17 ended with the hour from 23:00 twice. */
	CHECK(calendar_start(times_days(2018, 2, 18), "America/Sao_Paulo") ==
	      seconds("2018-02-18T03:00:00Z"));
	return 0;
}

static int
weeks_and_months(void)
{
	/* 2026-11-01 is a Sunday. */
	CHECK(calendar_week(times_days(2026, 11, 1)) ==
	      times_days(2026, 10, 26));
	CHECK(calendar_week(times_days(2026, 10, 26)) ==
	      times_days(2026, 10, 26));
	CHECK(calendar_week(times_days(2026, 11, 2)) ==
	      times_days(2026, 11, 2));
	/* 1969-12-29 is the Monday of the week of the epoch. */
	CHECK(calendar_week(0) == -3);
	CHECK(calendar_week(-3) == -3);
	CHECK(calendar_week(-4) == -10);
	CHECK(calendar_month(times_days(2028, 2, 29)) ==
	      times_days(2028, 2, 1));
	CHECK(calendar_next_month(times_days(2028, 2, 29)) ==
	      times_days(2028, 3, 1));
	CHECK(calendar_next_month(times_days(2026, 12, 31)) ==
	      times_days(2027, 1, 1));
	return 0;
}

int
main(void)
{
	return days() || starts() || weeks_and_months();
}
