#include "demo/wallclock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "base/times.h"
#include "base/zones.h"

enum { DAY = 24 * 3600 * 1000, TURNS = 64 };

struct turn {
	int64_t at;	/* from here on */
	int64_t offset; /* ms east of UTC */
};

struct wallclock {
	struct turn turns[TURNS];
	size_t count;
};

static int64_t
ask(const char *zone, int64_t at)
{
	return zones_offset(zone, at / 1000) * 1000;
}

/* The first ms in (low, high] with another offset than at low. */
static int64_t
turning_point(const char *zone, int64_t low, int64_t high)
{
	int64_t before = ask(zone, low), middle;

	while (high - low > 1) {
		middle = low + (high - low) / 2;
		if (ask(zone, middle) == before)
			low = middle;
		else
			high = middle;
	}
	return high;
}

struct wallclock *
wallclock_new(const char *zone, int64_t from, int64_t to)
{
	struct wallclock *clock = msg_calloc(1, sizeof(*clock));
	int64_t at;

	clock->turns[0].at = INT64_MIN;
	clock->turns[0].offset = ask(zone, from);
	clock->count = 1;
	for (at = from; at < to && clock->count < TURNS; at += DAY) {
		struct turn *next = &clock->turns[clock->count];

		if (ask(zone, at + DAY) == ask(zone, at))
			continue;
		next->at = turning_point(zone, at, at + DAY);
		next->offset = ask(zone, at + DAY);
		clock->count++;
	}
	return clock;
}

void
wallclock_free(struct wallclock *clock)
{
	free(clock);
}

int64_t
wallclock_offset(const struct wallclock *clock, int64_t at)
{
	size_t i = clock->count - 1;

	while (clock->turns[i].at > at)
		i--;
	return clock->turns[i].offset;
}

int64_t
wallclock_instant(const struct wallclock *clock, int64_t local)
{
	size_t i = clock->count;
	int64_t at;

	while (i-- > 0) {
		at = local - clock->turns[i].offset;
		if (at >= clock->turns[i].at)
			return at;
		if (i > 0 &&
		    local - clock->turns[i - 1].offset >= clock->turns[i].at)
			return local - clock->turns[i - 1].offset;
	}
	return local - clock->turns[0].offset;
}

static void
format(const struct wallclock *clock, int64_t at, const char *colon,
       char out[WALLCLOCK_SIZE])
{
	int64_t offset = wallclock_offset(clock, at);
	long minutes = labs((long)(offset / 60000));
	char text[TIMES_SIZE];

	times_format(at + offset, text);
	text[strlen(text) - 1] = '\0'; /* the Z */
	snprintf(out, WALLCLOCK_SIZE, "%s%c%02ld%s%02ld", text,
		 offset < 0 ? '-' : '+', minutes / 60, colon, minutes % 60);
}

void
wallclock_format(const struct wallclock *clock, int64_t at,
		 char out[WALLCLOCK_SIZE])
{
	format(clock, at, "", out);
}

void
wallclock_format_colon(const struct wallclock *clock, int64_t at,
		       char out[WALLCLOCK_SIZE])
{
	format(clock, at, ":", out);
}
