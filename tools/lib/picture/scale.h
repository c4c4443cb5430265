/*
 * scale - from figures to places on a picture, and the ticks in between.  pure.
 *
 * A linear scale has ticks at multiples of a step of 1, 2 or 5 times a power of
 * ten, from low to high, which lie around all values.  Time scales have theirs
 * on days, Mondays, firsts of months, quarters or years.  A day is a number as
 * in calendar.h.
 */
#ifndef PULSE_SCALE_H
#define PULSE_SCALE_H

#include <stddef.h>
#include <stdint.h>

enum { SCALE_TICKS = 16, SCALE_LABEL = 16 };

struct scale {
	double low, high, step;
};

struct scale_day {
	int64_t day;
	char label[SCALE_LABEL]; /* 3 Nov, Nov, 2027 for the month of January */
};

/* About so many steps; at least one, also where all values are equal.  0 is
 * always on the scale. */
struct scale scale_nice(double least, double most, unsigned steps);

/* Where a value lies between from (low) and to (high). */
double scale_place(const struct scale *scale, double value, double from,
		   double to);

/* At most room ticks (up to SCALE_TICKS) from first to last; returns how
 * many. */
size_t scale_days(int64_t first, int64_t last, size_t room,
		  struct scale_day ticks[SCALE_TICKS]);

/* The label of one period that begins on that day (2026-11-02): 2 Nov, and of
 * a month Nov, or 2027 where it is January. */
void scale_day_label(int64_t day, int months, char out[SCALE_LABEL]);

/* The day of a text such as 2026-11-02; -1 where it is none. */
int64_t scale_day_of(const char *text);

#endif
