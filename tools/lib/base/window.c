#include "base/window.h"

#include <stdio.h>
#include <string.h>

#include "base/calendar.h"
#include "base/msg.h"
#include "base/times.h"

static bool
complain(char **why, const char *text, const char *option, const char *reason)
{
	if (asprintf(why, "cannot use '%s' for --%s: %s", text, option,
		     reason) < 0)
		msg_die(EX_OSERR, "cannot read '--%s': out of memory", option);
	return false;
}

/* A point of time in seconds, rounded down; a day begins in the zone. */
static bool
read_point(const char *text, const char *zone, int64_t now, int64_t *at)
{
	int64_t ms;

	if (!times_parse_point(text, now, &ms))
		return false;
	*at = ms / 1000 - (ms % 1000 < 0);
	if (strlen(text) == 10 && text[4] == '-' && text[7] == '-')
		*at = calendar_start(*at / 86400, zone);
	return true;
}

bool
window_read(struct window *window, int64_t now, char **why)
{
	static const char bad[] = "not a time such as 2026-11-01 or 90d";
	const char *since = window->from, *until = window->to;

	window->until = now / 1000;
	if (until != NULL &&
	    !read_point(until, window->zone, now, &window->until))
		return complain(why, until, "until", bad);
	window->since = window->until - WINDOW_DAYS * INT64_C(86400);
	if (since != NULL && !read_point(since, window->zone,
					 window->until * 1000, &window->since))
		return complain(why, since, "since", bad);
	if (window->since >= window->until)
		return complain(why, since != NULL ? since : until,
				since != NULL ? "since" : "until",
				"the window ends before it starts");
	return true;
}
