#include "measure/functions.h"

#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "base/msg.h"
#include "base/times.h"
#include "base/zones.h"
#include "measure/story.h"

struct values {
	double *items;
	size_t count, room;
	double p; /* of percentile */
};

enum { VALUES = sizeof(struct values) };

static void
take(struct values *values, double number)
{
	if (values->count == values->room) {
		values->room = values->room == 0 ? 64 : values->room * 2;
		values->items = msg_realloc(
			values->items, values->room * sizeof(*values->items));
	}
	values->items[values->count++] = number;
}

static void
step(struct store_call *call, void *state)
{
	struct values *values = state;
	char sort = store_call_sort(call, 0);

	if (sort == 'i' || sort == 'r')
		take(values, store_call_real(call, 0));
	else if (sort != 'n')
		store_answer_error(call, "a median of what is no number");
	if (store_call_count(call) == 2)
		values->p = store_call_real(call, 1);
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

void
functions_sort(double *values, size_t count)
{
	qsort(values, count, sizeof(*values), compare);
}

size_t
functions_place(size_t count, double p)
{
	double last = (double)(count - 1);
	size_t place;

	if (!(p > 0) || count == 1)
		return 0;
	if (p >= 1)
		return count - 1;
	place = (size_t)(p * last);
	/* The product may have been rounded down or up. */
	while (place > 0 && (double)place / last > p)
		place--;
	while (place + 1 < count && (double)(place + 1) / last <= p)
		place++;
	return place;
}

/* A whole number is answered as one. */
static void
answer(struct store_call *call, struct values *values, size_t place)
{
	double number;

	functions_sort(values->items, values->count);
	number = values->items[place];
	if (number > -9e15 && number < 9e15 &&
	    (double)(int64_t)number == number)
		store_answer_int(call, (int64_t)number);
	else
		store_answer_real(call, number);
}

static void
finish(struct store_call *call, void *state, double p, bool upper)
{
	struct values *values = state;
	size_t place;

	if (values == NULL)
		return;
	if (values->count > 0) {
		place = upper ? values->count / 2
			      : functions_place(values->count, p);
		answer(call, values, place);
	}
	free(values->items);
}

static void
finish_lower(struct store_call *call, void *state)
{
	finish(call, state, 0.5, false);
}

static void
finish_upper(struct store_call *call, void *state)
{
	finish(call, state, 0, true);
}

static void
finish_percentile(struct store_call *call, void *state)
{
	const struct values *values = state;

	finish(call, state, values != NULL ? values->p : 0, false);
}

static void
minutes(struct store_call *call)
{
	int64_t span;

	if (store_call_sort(call, 0) == 'n' || store_call_sort(call, 1) == 'n')
		return;
	span = store_call_int(call, 1) - store_call_int(call, 0);
	if (span >= 0)
		store_answer_int(call, (span + 59) / 60);
}

static void
answer_date(struct store_call *call, int64_t (*first)(int64_t day))
{
	const char *zone = store_call_text(call, 1, NULL);
	char text[CALENDAR_SIZE];
	int64_t day;

	if (store_call_sort(call, 0) == 'n' || zone == NULL)
		return;
	day = calendar_day(store_call_int(call, 0), zone);
	calendar_text(first != NULL ? first(day) : day, text);
	store_answer_text(call, text, CALENDAR_SIZE - 1);
}

static void
tz_day(struct store_call *call)
{
	answer_date(call, NULL);
}

static void
tz_week(struct store_call *call)
{
	answer_date(call, calendar_week);
}

static void
tz_month(struct store_call *call)
{
	answer_date(call, calendar_month);
}

/* Seconds of the zone's own clock since 1970, NULL where either is. */
static bool
local_seconds(struct store_call *call, int64_t *local)
{
	const char *zone = store_call_text(call, 1, NULL);
	int64_t at = store_call_int(call, 0);

	if (store_call_sort(call, 0) == 'n' || zone == NULL)
		return false;
	*local = at + zones_offset(zone, at);
	return true;
}

static int64_t
remainder_of(int64_t number, int64_t by)
{
	return ((number % by) + by) % by;
}

static void
tz_hour(struct store_call *call)
{
	int64_t local;

	if (local_seconds(call, &local))
		store_answer_int(call, remainder_of(local, 86400) / 3600);
}

/* 1970-01-01 was a Thursday. */
static void
tz_weekday(struct store_call *call)
{
	int64_t local;

	if (local_seconds(call, &local))
		store_answer_int(call,
				 (remainder_of(local + 3 * 86400, 7 * 86400)) /
					 86400);
}

static void
tz_start(struct store_call *call)
{
	const char *zone = store_call_text(call, 1, NULL), *day;
	int64_t ms;
	size_t len;

	day = store_call_text(call, 0, &len);
	if (day != NULL && zone != NULL && times_parse_date(day, len, &ms))
		store_answer_int(call, calendar_start(ms / 86400000, zone));
}

static void
seconds(struct store_call *call)
{
	const char *text = store_call_text(call, 0, NULL);
	int64_t ms;

	if (text == NULL)
		return;
	if (times_duration(text, &ms))
		store_answer_int(call, ms / 1000);
	else
		store_answer_error(call, "not a duration such as 14d");
}

int
functions_add(struct store *store)
{
	static const struct {
		const char *name;
		int arguments;
		struct store_aggregate how;
	} aggregates[] = {
		{ "lower_median", 1, { VALUES, step, finish_lower } },
		{ "upper_median", 1, { VALUES, step, finish_upper } },
		{ "percentile", 2, { VALUES, step, finish_percentile } },
	};
	static const struct {
		const char *name;
		int arguments;
		void (*call)(struct store_call *call);
	} scalars[] = {
		{ "minutes", 2, minutes },   { "tz_day", 2, tz_day },
		{ "tz_week", 2, tz_week },   { "tz_month", 2, tz_month },
		{ "tz_hour", 2, tz_hour },   { "tz_weekday", 2, tz_weekday },
		{ "tz_start", 2, tz_start }, { "seconds", 1, seconds },
	};
	size_t i;

	for (i = 0; i < sizeof(aggregates) / sizeof(aggregates[0]); i++)
		if (store_add_aggregate(store, aggregates[i].name,
					aggregates[i].arguments,
					&aggregates[i].how) != 0)
			return -1;
	for (i = 0; i < sizeof(scalars) / sizeof(scalars[0]); i++)
		if (store_add_scalar(store, scalars[i].name,
				     scalars[i].arguments, scalars[i].call,
				     NULL) != 0)
			return -1;
	return story_add(store);
}
