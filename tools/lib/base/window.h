/*
 * window - from when to when, as --since and --until say it.
 *
 * Each is a day (its start in the zone), a time, or a span.  Left out, until is
 * the end of today and since is 90 days before until: whole days, so that the
 * same call asks for the same window all day long.  A span of whole days counts
 * back from the end: `30d` are the last 30 days, today included; for until from
 * the end of today.  Another span, such as 36h, counts from now, or from a
 * given until.  The window holds its first second and not its last one.
 */
#ifndef PULSE_WINDOW_H
#define PULSE_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

enum { WINDOW_DAYS = 90 };

struct window {
	const char *from, *to; /* as given, or NULL */
	const char *zone;
	int64_t since, until; /* seconds since the epoch */
};

/* Reads from and to into since and until; now in ms.  False with *why
 * (allocated), such as "cannot use '2026-13-01' for --since: not a time such as
 * 2026-11-01 or 90d". */
bool window_read(struct window *window, int64_t now, char **why);

#endif
