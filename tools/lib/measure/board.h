/*
 * board - figures as people read them: one table of several metrics, with
 * values in fitting units, bands as words, and how old the data are below.
 *
 *   board = board_open(out, frame, bands);
 *   board_add(board, metric, figures);               for each metric
 *   board_close(board);                              prints the table
 *   board_freshness(store, frame, out, all, &why);
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
#include "storage/store.h"

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

/* Lines `data as of`: one per repository and Jira project in the frame with
 * all, else those of one minute together, the oldest first, and a few of many.
 * -1: store_error says why. */
int board_freshness(struct store *store, const struct frame *frame, FILE *out,
		    bool all);

#endif
