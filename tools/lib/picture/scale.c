#include "picture/scale.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "base/times.h"

enum { DAY_MS = 86400000 };

static double
nice_step(double rough)
{
	double power = pow(10, floor(log10(rough))), lead = rough / power;

	if (lead <= 1.0000001)
		return power;
	if (lead <= 2.0000001)
		return 2 * power;
	return lead <= 5.0000001 ? 5 * power : 10 * power;
}

struct scale
scale_nice(double least, double most, unsigned steps)
{
	struct scale scale;

	least = fmin(least, 0);
	most = fmax(most, 0);
	if (!(most - least > 1e-12 && most - least < 1e15))
		most = least + 1;
	scale.step = nice_step((most - least) / steps);
	scale.low = floor(least / scale.step + 1e-9) * scale.step;
	scale.high = ceil(most / scale.step - 1e-9) * scale.step;
	return scale;
}

double
scale_place(const struct scale *scale, double value, double from, double to)
{
	return from +
	       (value - scale->low) / (scale->high - scale->low) * (to - from);
}

int64_t
scale_day_of(const char *text)
{
	int64_t ms;

	if (text == NULL || !times_parse_date(text, strlen(text), &ms))
		return -1;
	return ms / DAY_MS;
}

void
scale_day_label(int64_t day, int months, char out[SCALE_LABEL])
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	char text[CALENDAR_SIZE];
	long month;

	calendar_text(day, text);
	month = strtol(text + 5, NULL, 10);
	if (months && month == 1)
		snprintf(out, SCALE_LABEL, "%.4s", text);
	else if (months)
		snprintf(out, SCALE_LABEL, "%.3s", names + 3 * (month - 1));
	else
		snprintf(out, SCALE_LABEL, "%ld %.3s",
			 strtol(text + 8, NULL, 10), names + 3 * (month - 1));
}

/* The steps to choose from: so many days (whole weeks from Mondays on), or so
 * many months. */
static const struct stride {
	int days, months;
} strides[] = { { 1, 0 },  { 2, 0 },   { 7, 0 },  { 14, 0 }, { 0, 1 },
		{ 0, 2 },  { 0, 3 },   { 0, 6 },  { 0, 12 }, { 0, 24 },
		{ 0, 60 }, { 0, 120 }, { 0, 600 } };

static int64_t
months_on(int64_t day, int months)
{
	while (months-- > 0)
		day = calendar_next_month(day);
	return day;
}

/* How many months since year 0 the month of a day is. */
static long
month_number(int64_t day)
{
	char text[CALENDAR_SIZE];

	calendar_text(day, text);
	return strtol(text, NULL, 10) * 12 + strtol(text + 5, NULL, 10) - 1;
}

static int64_t
first_tick(int64_t first, const struct stride *s)
{
	int64_t day = first;

	if (s->days >= 7) {
		day = calendar_week(first);
		return day < first ? day + 7 : day;
	}
	if (s->days > 0)
		return first;
	if (calendar_month(first) != first)
		day = calendar_next_month(first);
	while (month_number(day) % s->months != 0)
		day = calendar_next_month(day);
	return day;
}

size_t
scale_days(int64_t first, int64_t last, size_t room,
	   struct scale_day ticks[SCALE_TICKS])
{
	size_t i, n = 0;
	int64_t day;

	if (room > SCALE_TICKS)
		room = SCALE_TICKS;
	for (i = 0; i < sizeof(strides) / sizeof(*strides); i++) {
		const struct stride *s = &strides[i];

		n = 0;
		for (day = first_tick(first, s); day <= last && n <= room;
		     day = s->days > 0 ? day + s->days
				       : months_on(day, s->months)) {
			if (n < room) {
				ticks[n].day = day;
				scale_day_label(day, s->months, ticks[n].label);
			}
			n++;
		}
		if (n <= room)
			break;
	}
	return n <= room ? n : room;
}
