/* window: days of a zone, spans before the end, and what cannot be. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/times.h"
#include "base/window.h"

static const char now_text[] = "2026-11-24T12:00:00Z";

static const struct {
	const char *since, *until, *zone;
	const char *from, *to; /* to NULL: from is in the complaint */
} cases[] = {
	/* 90 days that end with today, which is whole */
	{ NULL, NULL, "UTC", "2026-08-27T00:00:00Z", "2026-11-25T00:00:00Z" },
	{ "1d", NULL, "UTC", "2026-11-24T00:00:00Z", "2026-11-25T00:00:00Z" },
	{ "30d", NULL, "UTC", "2026-10-26T00:00:00Z", "2026-11-25T00:00:00Z" },
	/* the zone's days, across a change of clocks */
	{ "1d", NULL, "Asia/Tokyo", "2026-11-23T15:00:00Z",
	  "2026-11-24T15:00:00Z" },
	{ "4w", NULL, "Europe/Berlin", "2026-10-27T23:00:00Z",
	  "2026-11-24T23:00:00Z" },
	{ "5w", NULL, "Europe/Berlin", "2026-10-20T22:00:00Z",
	  "2026-11-24T23:00:00Z" },
	{ "1w", "2026-10-26", "Europe/Berlin", "2026-10-18T22:00:00Z",
	  "2026-10-25T23:00:00Z" },
	{ "2026-11-01", NULL, "UTC", "2026-11-01T00:00:00Z",
	  "2026-11-25T00:00:00Z" },
	{ "2026-10-25", "2026-10-26", "Europe/Berlin", "2026-10-24T22:00:00Z",
	  "2026-10-25T23:00:00Z" },
	{ "2026-11-01T10:00:00+01:00", "2026-11-02", "UTC",
	  "2026-11-01T09:00:00Z", "2026-11-02T00:00:00Z" },
	{ "1w", "2026-11-08", "UTC", "2026-11-01T00:00:00Z",
	  "2026-11-08T00:00:00Z" },
	/* without the last day, and the two days before it */
	{ NULL, "1d", "UTC", "2026-08-26T00:00:00Z", "2026-11-24T00:00:00Z" },
	{ "2d", "1d", "UTC", "2026-11-22T00:00:00Z", "2026-11-24T00:00:00Z" },
	/* hours count from now, or from a given end */
	{ "36h", NULL, "UTC", "2026-11-23T00:00:00Z", "2026-11-25T00:00:00Z" },
	{ "6h", "2h", "UTC", "2026-11-24T04:00:00Z", "2026-11-24T10:00:00Z" },
	{ "1d", "2026-11-24T12:00:00Z", "UTC", "2026-11-23T12:00:00Z",
	  now_text },
	{ "2026-11-25", NULL, "UTC", "ends before it starts", NULL },
	{ "2026-11-02", "2026-11-02", "UTC", "ends before it starts", NULL },
	{ "2026-02-30", NULL, "UTC", "'2026-02-30' for --since", NULL },
	{ NULL, "soon", "UTC", "'soon' for --until", NULL },
};

static int64_t
seconds(const char *text)
{
	int64_t ms = 0;

	if (!times_parse(text, strlen(text), &ms))
		abort();
	return ms / 1000;
}

int
main(void)
{
	int failed = 0;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct window w = { cases[i].since, cases[i].until,
				    cases[i].zone, 0, 0 };
		char *why = NULL;
		bool good = window_read(&w, seconds(now_text) * 1000, &why);
		bool right =
			cases[i].to == NULL
				? !good && strstr(why, cases[i].from)
				: good && w.since == seconds(cases[i].from) &&
					  w.until == seconds(cases[i].to);

		if (!right)
			printf("case %zu: %s\n", i, why != NULL ? why : "");
		failed |= !right;
		free(why);
	}
	return failed;
}
