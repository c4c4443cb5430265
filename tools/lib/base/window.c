#include "base/window.h"

#include <stdio.h>
#include <string.h>

#include "base/calendar.h"
#include "base/msg.h"
#include "base/times.h"

#define DAY INT64_C(86400)

static bool
complain(char **why, const char *text, const char *option, const char *reason)
{
	*why = msg_text("cannot use '%s' for --%s: %s", text, option, reason);
	return false;
}

/* A span before a time.  Whole days are the zone's own, where the time is the
 * start of one. */
static int64_t
before(int64_t at, int64_t span, const char *zone)
{
	int64_t day = calendar_day(at, zone);

	if (span % DAY != 0 || calendar_start(day, zone) != at)
		return at - span;
	return calendar_start(day - span / DAY, zone);
}

/* A point of time in seconds, rounded down; a day begins in the zone, a span of
 * days is before end, any other before now. */
static bool
read_point(const char *text, const struct window *window, int64_t end,
	   int64_t now, int64_t *at)
{
	int64_t ms;

	if (times_duration(text, &ms)) {
		*at = before(ms % (DAY * 1000) == 0 ? end : now, ms / 1000,
			     window->zone);
		return true;
	}
	if (!times_parse_point(text, now, &ms))
		return false;
	*at = ms / 1000 - (ms % 1000 < 0);
	if (strlen(text) == 10 && text[4] == '-' && text[7] == '-')
		*at = calendar_start(*at / DAY, window->zone);
	return true;
}

bool
window_read(struct window *window, int64_t now, char **why)
{
	static const char bad[] = "not a time such as 2026-11-01 or 90d";
	const char *since = window->from, *until = window->to;
	const char *zone = window->zone;
	int64_t seconds = now / 1000;
	int64_t end = calendar_start(calendar_day(seconds, zone) + 1, zone);

	window->until = end;
	if (until != NULL &&
	    !read_point(until, window, end, seconds, &window->until))
		return complain(why, until, "until", bad);
	window->since = before(window->until, WINDOW_DAYS * DAY, zone);
	if (since != NULL &&
	    !read_point(since, window, window->until,
			until == NULL ? seconds : window->until,
			&window->since))
		return complain(why, since, "since", bad);
	if (window->since >= window->until)
		return complain(why, since != NULL ? since : until,
				since != NULL ? "since" : "until",
				"the window ends before it starts");
	return true;
}
