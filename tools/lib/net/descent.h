/*
 * descent - a list read newest first, down to what is known, over several
 * runs.  pure.
 *
 * Rows have a number that falls along the list: a time of change, or an id.
 * Everything up to `mark` is out.  A walk that was interrupted leaves behind
 * that everything in [reached, top] is out too: the next one begins at the top
 * again, skips those, and goes on below them.
 *
 *   switch (descent_judge(&d, number, bottom)) ...   each row as it comes
 *   descent_out(&d, number);      the row and all above it are out
 *   descent_finish(&d);           the walk came to its bottom
 *
 * mark, open, top and reached are what a cursor keeps; a cursor may be written
 * at any time.
 */
#ifndef PULSE_DESCENT_H
#define PULSE_DESCENT_H

#include <stdbool.h>
#include <stdint.h>

struct descent {
	int64_t mark; /* 0: nothing is known yet */
	bool open;
	int64_t top, reached;
	/* of this walk */
	bool started, joined;
	int64_t first;
};

enum descent_row {
	DESCENT_TAKE,
	DESCENT_SKIP, /* out by an interrupted walk */
	DESCENT_ENOUGH
};

/* Rows below bottom are known.  Rows at the edges of [reached, top] are taken
 * again, since several may share one time. */
enum descent_row descent_judge(struct descent *descent, int64_t number,
			       int64_t bottom);
void descent_out(struct descent *descent, int64_t number);
void descent_finish(struct descent *descent);

#endif
