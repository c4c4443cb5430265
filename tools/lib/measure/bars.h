/*
 * bars - a series as a line of small bars, one character each.
 *
 * Bars run from 0 (or the least value, where that is below) to the largest; a
 * blank is a period without data (none at the end).  A series longer than
 * BARS_WIDTH is drawn by the means of periods side by side.
 */
#ifndef PULSE_BARS_H
#define PULSE_BARS_H

#include <stdbool.h>
#include <stddef.h>

enum { BARS_WIDTH = 20 };

/* May block characters be shown: by LC_ALL, LC_CTYPE, LANG and TERM. */
bool bars_have_blocks(void);

/* NAN is no data.  Allocated; blocks false: in ASCII.  pure. */
char *bars_text(const double *values, size_t count, bool blocks);

#endif
