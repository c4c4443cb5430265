/*
 * times - RFC 3339 times and durations as milliseconds.  pure.
 *
 * Times are int64 milliseconds since 1970-01-01T00:00:00Z.  Read are the forms
 * that GitHub and Jira send: `2026-11-01T10:00:00Z`, a fraction of any length
 * (cut to ms), offsets `+08:00` and Jira's `+0800`, a space for the T, small
 * letters; a leap second 60 counts as the first second of the next minute.
 */
#ifndef PULSE_TIMES_H
#define PULSE_TIMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TIMES_SIZE = 32 };

bool times_parse(const char *text, size_t len, int64_t *ms);

/* A date alone, 2026-11-01: its start in UTC. */
bool times_parse_date(const char *text, size_t len, int64_t *ms);

/* A day such as 2026-11-01 (its start in UTC), a time, or a duration before
 * now such as 90d: what --since and --until take. */
bool times_parse_point(const char *text, int64_t now, int64_t *ms);

/* Writes 2026-11-01T10:00:00.000Z; years 0000 to 9999, cut to those. */
void times_format(int64_t ms, char out[TIMES_SIZE]);
/* Writes 2026-11-01T10:00:00Z. */
void times_format_seconds(int64_t ms, char out[TIMES_SIZE]);

/*
 * Durations: a number and ms, s, m, h, d, w, y, or the words second(s),
 * minute(s), hour(s), day(s), week(s), month(s) (30 days), year(s) (365 days)
 * after a blank or underscore: `4h`, `4_hours`, `1 year`, `1h30m`.
 */
bool times_duration(const char *text, int64_t *ms);

/* About how long, in one unit and cut to it: 90s, 59m, 3h, 2d.  out holds
 * TIMES_SIZE bytes; returned is out. */
const char *times_about(int64_t ms, char out[TIMES_SIZE]);

/* Days since the epoch of a date of the proleptic Gregorian calendar. */
int64_t times_days(int year, int month, int day);

#endif
