/*
 * export - figures, and the rows behind them, one line each, for programs.
 *
 *   list = export_open(out, format);
 *   export_figures(list, metric, frame, bands, figures);    for each metric
 *   listing_close(list);
 *
 * Keys of NDJSON and columns of CSV are the same: metric, part, by, group,
 * period, value, unit, n, band, bands.
 */
#ifndef PULSE_EXPORT_H
#define PULSE_EXPORT_H

#include <stdio.h>

#include "base/listing.h"
#include "measure/bands.h"
#include "measure/figures.h"
#include "measure/frame.h"
#include "measure/metric.h"
#include "storage/store.h"

struct listing *export_open(FILE *out, enum listing_format format);
void export_figures(struct listing *list, const struct metric *metric,
		    const struct frame *frame, const struct bands *bands,
		    const struct figures *figures);

/* Prints figure_rows in any format: times (columns NAME_at) as RFC 3339, group
 * and period in a table only where there are several; -1: store_error says
 * why. */
int export_rows(struct store *store, const struct frame *frame, FILE *out,
		enum listing_format format);

#endif
