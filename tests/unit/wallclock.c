/* wallclock: offsets, the repeated and the missing hour, and how times are
 * written.  The expected values were worked out with date(1). */
#include "demo/wallclock.h"

#include <stdio.h>
#include <string.h>

#include "base/times.h"

#define CHECK(what)                                                            \
	do {                                                                   \
		if (!(what)) {                                                 \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__,     \
				#what);                                        \
			return 1;                                              \
		}                                                              \
	} while (0)

static int64_t
utc(const char *text)
{
	int64_t ms = -1;

	times_parse(text, strlen(text), &ms);
	return ms;
}

static struct wallclock *
zone(const char *name)
{
	return wallclock_new(name, utc("2025-01-01T00:00:00Z"),
			     utc("2027-12-31T00:00:00Z"));
}

/* The instant that the wall time means, as it is written in that zone. */
static bool
means(const char *name, const char *wall, const char *expected)
{
	struct wallclock *clock = zone(name);
	int64_t at = wallclock_instant(clock, utc(wall));
	bool good = at == utc(expected);
	char text[WALLCLOCK_SIZE];

	wallclock_format(clock, at, text);
	if (!good)
		fprintf(stderr, "%s %s is %s\n", name, wall, text);
	wallclock_free(clock);
	return good;
}

static bool
is_written(const char *name, const char *at, const char *expected)
{
	struct wallclock *clock = zone(name);
	char text[WALLCLOCK_SIZE];

	wallclock_format(clock, utc(at), text);
	wallclock_free(clock);
	return strcmp(text, expected) == 0;
}

static int
instants(void)
{
	CHECK(means("UTC", "2026-10-25T02:30:00Z", "2026-10-25T02:30:00Z"));
	CHECK(means("Asia/Tokyo", "2026-01-01T00:00:00Z",
		    "2025-12-31T15:00:00Z"));
	CHECK(means("Europe/Berlin", "2026-07-01T12:00:00Z",
		    "2026-07-01T10:00:00Z"));
	CHECK(means("Europe/Berlin", "2026-01-01T12:00:00Z",
		    "2026-01-01T11:00:00Z"));
	/* twice: the later one */
	CHECK(means("Europe/Berlin", "2026-10-25T01:59:00Z",
		    "2026-10-24T23:59:00Z"));
	CHECK(means("Europe/Berlin", "2026-10-25T02:00:00Z",
		    "2026-10-25T01:00:00Z"));
	CHECK(means("Europe/Berlin", "2026-10-25T02:59:00Z",
		    "2026-10-25T01:59:00Z"));
	CHECK(means("Europe/Berlin", "2026-10-25T03:00:00Z",
		    "2026-10-25T02:00:00Z"));
	/* never: after the gap */
	CHECK(means("Europe/Berlin", "2026-03-29T01:59:00Z",
		    "2026-03-29T00:59:00Z"));
	CHECK(means("Europe/Berlin", "2026-03-29T02:30:00Z",
		    "2026-03-29T01:30:00Z"));
	CHECK(means("Europe/Berlin", "2026-03-29T03:00:00Z",
		    "2026-03-29T01:00:00Z"));
	/* half an hour of summer time */
	CHECK(means("Australia/Lord_Howe", "2026-04-05T01:45:00Z",
		    "2026-04-04T15:15:00Z"));
	CHECK(means("America/New_York", "2026-11-01T01:30:00Z",
		    "2026-11-01T06:30:00Z"));
	return 0;
}

static int
writing(void)
{
	struct wallclock *clock = zone("America/St_Johns");
	char text[WALLCLOCK_SIZE];

	CHECK(is_written("Asia/Shanghai", "2026-06-12T00:13:13.360Z",
			 "2026-06-12T08:13:13.360+0800"));
	CHECK(is_written("UTC", "2026-06-12T00:13:13.360Z",
			 "2026-06-12T00:13:13.360+0000"));
	CHECK(is_written("America/St_Johns", "2026-01-01T00:00:00Z",
			 "2025-12-31T20:30:00.000-0330"));
	CHECK(is_written("Europe/Berlin", "2026-10-25T00:59:59.999Z",
			 "2026-10-25T02:59:59.999+0200"));
	CHECK(is_written("Europe/Berlin", "2026-10-25T01:00:00Z",
			 "2026-10-25T02:00:00.000+0100"));
	wallclock_format_colon(clock, utc("2026-01-01T00:00:00Z"), text);
	wallclock_free(clock);
	CHECK(strcmp(text, "2025-12-31T20:30:00.000-03:30") == 0);
	return 0;
}

int
main(void)
{
	return instants() || writing();
}
