#include "base/calendar.h"

#include <string.h>

#include "base/times.h"
#include "base/zones.h"

enum { DAY = 86400 };

/* Rounds down, also below zero. */
static int64_t
divide(int64_t number, int64_t by)
{
	return number / by - (number % by < 0);
}

int64_t
calendar_day(int64_t at, const char *zone)
{
	return divide(at + zones_offset(zone, at), DAY);
}

/* A clock change near midnight makes one of the two offsets wrong; where it
 * skips midnight the day begins with the change. */
int64_t
calendar_start(int64_t day, const char *zone)
{
	int64_t midnight = day * DAY;
	int64_t before = midnight - zones_offset(zone, midnight - DAY);
	int64_t after = midnight - zones_offset(zone, midnight + DAY);

	if (calendar_day(before, zone) == day &&
	    calendar_day(before - 1, zone) < day)
		return before;
	return after;
}

int64_t
calendar_week(int64_t day)
{
	return divide(day + 3, 7) * 7 - 3;
}

static void
year_month(int64_t day, int *year, int *month)
{
	char text[CALENDAR_SIZE];

	calendar_text(day, text);
	*year = (text[0] - '0') * 1000 + (text[1] - '0') * 100 +
		(text[2] - '0') * 10 + (text[3] - '0');
	*month = (text[5] - '0') * 10 + (text[6] - '0');
}

int64_t
calendar_month(int64_t day)
{
	int year, month;

	year_month(day, &year, &month);
	return times_days(year, month, 1);
}

int64_t
calendar_next_month(int64_t day)
{
	int year, month;

	year_month(day, &year, &month);
	return month == 12 ? times_days(year + 1, 1, 1)
			   : times_days(year, month + 1, 1);
}

void
calendar_text(int64_t day, char out[CALENDAR_SIZE])
{
	char text[TIMES_SIZE];

	times_format_seconds(day * DAY * 1000, text);
	memcpy(out, text, CALENDAR_SIZE - 1);
	out[CALENDAR_SIZE - 1] = '\0';
}
