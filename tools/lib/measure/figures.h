/*
 * figures - a metric worked out in a frame: one figure for each group, period
 * and part, also where there are no data.
 *
 *   figures_rows(store, metric, frame, bands, &why);       fills figure_rows
 *   figures = figures_read(store, metric, frame, bands, &why);
 *   figures_free(figures);
 *
 * A band is given from 5 counted upwards; fewer tell too little.
 */
#ifndef PULSE_FIGURES_H
#define PULSE_FIGURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "measure/bands.h"
#include "measure/frame.h"
#include "measure/metric.h"
#include "storage/store.h"

enum { FIGURES_ENOUGH = 5 };

struct figure {
	const char *part, *period; /* NULL: the whole */
	const char *group;
	bool known; /* else there are no data, and value means nothing */
	double value;
	const char *unit;
	int64_t n;
	const char *band; /* or NULL */
	char *note;	  /* for people, or NULL */
	char *own_unit;	  /* owns unit where it is not the metric's */
};

struct figures {
	struct figure *items; /* groups, then periods, then parts in order */
	size_t count;
	char **names; /* owns groups and periods, NULL-ended */
};

/* Fills the temporary table figure_rows; -1 with *why (allocated). */
int figures_rows(struct store *store, const struct metric *metric,
		 const struct frame *frame, const struct bands *bands,
		 char **why);

/* From figure_rows; NULL with *why. */
struct figures *figures_read(struct store *store, const struct metric *metric,
			     const struct frame *frame,
			     const struct bands *bands, char **why);
void figures_free(struct figures *figures);

/* One line of SQLite's plan after the other, of both statements; -1 with
 * *why.  figures_rows must have run. */
int figures_plan(struct store *store, const struct metric *metric, FILE *out,
		 char **why);

#endif
