/*
 * cells - a row of values in one value, for an aggregate that has more than one
 * answer.
 *
 *   cells_int(&cells, 3); cells_null(&cells); ...
 *   cells_answer(&cells, call, text, len);           in its finish
 *   cells_free(&cells);
 *   cells_show(call, 0, place);                      in a scalar function
 *
 * A value takes a few instructions to find, so that SQL may ask for each of
 * them on its own.  The bytes are for this process only.
 */
#ifndef PULSE_CELLS_H
#define PULSE_CELLS_H

#include <stddef.h>
#include <stdint.h>

#include "storage/store.h"

/* A part of some text; len -1: NULL. */
struct span {
	uint32_t start;
	int32_t len;
};

struct cell {
	char sort; /* as store_sort */
	union {
		int64_t number;
		double real;
		struct span text;
	} is;
};

struct cells {
	struct cell *items;
	size_t count, room;
};

void cells_int(struct cells *cells, int64_t number);
void cells_real(struct cells *cells, double number);
void cells_text(struct cells *cells, struct span text);
void cells_null(struct cells *cells);
void cells_free(struct cells *cells);

/* Answers with them and the text that their spans are of. */
void cells_answer(const struct cells *cells, struct store_call *call,
		  const char *text, size_t len);

/* Answers with the value at a place in what an argument holds; with NULL where
 * there is none, or the argument is something else. */
void cells_show(struct store_call *call, int argument, int64_t place);
/* The number there, or 0. */
int64_t cells_number(const struct store_call *call, int argument,
		     int64_t place);

#endif
