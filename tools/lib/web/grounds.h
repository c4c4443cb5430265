/*
 * grounds - all that an answer of figures rests on, as an ETag: the words of
 * the program, the files it reads, the metrics, the time it is asked for.  The
 * same as long as the program would print the same.
 *
 * Made before the program reads, so that what is written meanwhile counts as
 * not seen.
 */
#ifndef PULSE_GROUNDS_H
#define PULSE_GROUNDS_H

#include "web/inquiry.h"

/* program: as inquiry_program made it, not run yet. */
void grounds_tag(const struct inquiry *inquiry, const struct exchange *x,
		 const struct program *program, char out[EXCHANGE_TAG]);

#endif
