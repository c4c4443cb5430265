/*
 * calendar - the days, weeks and months of a zone.
 *
 * A day is a number: days since 1970-01-01 on the zone's own calendar.  Times
 * are seconds since the epoch.  Weeks begin on Monday.
 */
#ifndef PULSE_CALENDAR_H
#define PULSE_CALENDAR_H

#include <stdint.h>

enum { CALENDAR_SIZE = 11 };

/* The day that holds that time, and the first second of a day. */
int64_t calendar_day(int64_t at, const char *zone);
int64_t calendar_start(int64_t day, const char *zone);

/* The Monday of its week; the first of its month, and of the next one. */
int64_t calendar_week(int64_t day);
int64_t calendar_month(int64_t day);
int64_t calendar_next_month(int64_t day);

/* Writes 2026-11-01. */
void calendar_text(int64_t day, char out[CALENDAR_SIZE]);

#endif
