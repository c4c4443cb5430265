/*
 * figures - a metric worked out in a frame.
 *
 *   struct figures_basis basis = { store, metrics, &frame, bands };
 *   figures_rows(&basis, metric, &why);            fills figure_rows
 *   figures = figures_read(&basis, metric, &why);
 *   figures_free(figures);
 *
 * As a grid (the usual shape) there is one figure for each group, period and
 * part, also where there are no data: the groups of the frame in their order,
 * then those that only the SQL delivers in the order of its rows, likewise the
 * parts.  As a list there are the figures that the SQL delivers, in its order.
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

struct figures_basis {
	struct store *store;
	const struct metrics *metrics; /* for the tables that are needed */
	const struct frame *frame;     /* built */
	const struct bands *bands;
};

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
	struct labels *names; /* owns groups, periods and parts */
};

/* Makes the tables that the metric needs and the temporary table figure_rows;
 * -1 with *why (allocated). */
int figures_rows(const struct figures_basis *basis, const struct metric *metric,
		 char **why);

/* From figure_rows; NULL with *why. */
struct figures *figures_read(const struct figures_basis *basis,
			     const struct metric *metric, char **why);
void figures_free(struct figures *figures);

/* Does a whole figure count too little for a band? */
bool figures_too_few(const struct figure *figure);

/* One line of SQLite's plan after the other, of the tables that are needed and
 * of both statements; -1 with *why.  figures_rows must have run. */
int figures_plan(const struct figures_basis *basis, const struct metric *metric,
		 FILE *out, char **why);

#endif
