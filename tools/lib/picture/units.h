/*
 * units - figures in the unit that fits their size, for axes and cells.  pure.
 */
#ifndef PULSE_UNITS_H
#define PULSE_UNITS_H

#include <stddef.h>

enum { UNITS_SIZE = 32 };

struct units {
	double factor; /* what a figure is multiplied by */
	char label[UNITS_SIZE];
};

/* The unit to show figures of up to most in: minutes become hours or days, a
 * ratio percent, days_per_week `days per week`. */
struct units units_for(const char *unit, double most);

/* Three digits of a number without blanks behind: 0.25, 12.5, 1250, 12.5k. */
void units_number(double number, char out[UNITS_SIZE]);

#endif
