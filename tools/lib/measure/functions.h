/*
 * functions - what the SQL of a metric may call beyond SQLite's own.
 *
 *   lower_median(x)      aggregate: the largest value whose percent rank is at
 *                        most 0.5; of 4 values the 2nd.  NULLs do not count.
 *   upper_median(x)      of 4 values the 3rd
 *   percentile(x, p)     the largest value whose percent rank is at most p
 *   minutes(from, to)    seconds in between as minutes, rounded up; NULL when
 *                        one is NULL or to is before from
 *   tz_day(sec, zone), tz_week(sec, zone), tz_month(sec, zone)
 *                        the local day, its Monday, the first of its month, as
 *                        2026-11-01
 *   tz_hour(sec, zone), tz_weekday(sec, zone)
 *                        the local hour, 0 to 23; the weekday, 0 (Monday) to 6
 *   tz_start(day, zone)  the first second of such a day
 *   seconds(duration)    of 14d, 1h30m: whole seconds
 *   story(…), told(…)    what happened to an issue in a sprint: see story.h
 */
#ifndef PULSE_FUNCTIONS_H
#define PULSE_FUNCTIONS_H

#include <stddef.h>

#include "storage/store.h"

/* -1: store_error says why. */
int functions_add(struct store *store);

/* The place, in count sorted values, of the largest one whose percent rank is
 * at most p.  pure; count is not 0. */
size_t functions_place(size_t count, double p);
/* Ascending. */
void functions_sort(double *values, size_t count);

#endif
