/*
 * board - figures as people read them: tables with values in fitting units and
 * bands as words, and below them what they are about.
 *
 *   board = board_open(out, bands);
 *   board_add(board, metric, frame, figures);        for each metric
 *   board_close(board);                              prints
 *
 * - Metrics that are not grouped share a table, their parts indented below
 * them.
 * - A grouped metric has a table of its own, a row per group and the parts as
 *   columns, or, where that is wider than 80, indented below it.
 * - With periods a row is a series: the periods as columns where they fit, else
 *   the first and the latest, and next to them a bar for each.
 *
 * The metric and figures are borrowed until close.
 */
#ifndef PULSE_BOARD_H
#define PULSE_BOARD_H

#include <stdio.h>

#include "measure/bands.h"
#include "measure/figures.h"
#include "measure/frame.h"
#include "measure/metric.h"

struct board;

struct board *board_open(FILE *out, const struct bands *bands);
/* The frame only until it returns. */
void board_add(struct board *board, const struct metric *metric,
	       const struct frame *frame, const struct figures *figures);
void board_close(struct board *board);

#endif
