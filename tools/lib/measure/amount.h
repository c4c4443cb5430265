/*
 * amount - a figure's value as people read it, in a fitting unit.  pure.
 */
#ifndef PULSE_AMOUNT_H
#define PULSE_AMOUNT_H

#include <stdbool.h>

#include "measure/figures.h"

enum { AMOUNT_SIZE = 64 };

/* "2.3 days", "8.8 %", "3 days/week", "12", "no data". */
void amount_long(const struct figure *figure, char out[AMOUNT_SIZE]);

/* "2.3d", "8.8%", "3", "-"; whose unit a short one does not say. */
void amount_short(const struct figure *figure, char out[AMOUNT_SIZE]);

/* The unit in words, "days/week"; "" where a short amount says it, or there is
 * none. */
void amount_unit(const char *unit, char out[AMOUNT_SIZE]);

#endif
