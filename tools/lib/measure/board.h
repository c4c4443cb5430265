/*
 * board - figures as people read them: one table of several metrics, with
 * values in fitting units and bands as words.
 *
 *   board = board_open(out, frame, bands);
 *   board_add(board, metric, figures);               for each metric
 *   board_close(board);                              prints the table
 */
#ifndef PULSE_BOARD_H
#define PULSE_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "measure/bands.h"
#include "measure/figures.h"
#include "measure/frame.h"
#include "measure/metric.h"

enum { BOARD_VALUE = 64 };

struct board;

struct board *board_open(FILE *out, const struct frame *frame,
			 const struct bands *bands);
void board_add(struct board *board, const struct metric *metric,
	       const struct figures *figures);
void board_close(struct board *board);
void board_drop(struct board *board); /* in place of close: prints nothing */

/* Writes "2.3 days", "8.8 %", "no data". */
void board_value(const struct figure *figure, char out[BOARD_VALUE]);

#endif
