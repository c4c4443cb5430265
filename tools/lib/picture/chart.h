/*
 * chart - one picture of a metric's figures, as SVG.
 *
 *   struct chart chart = { .metric = metric, .frame = frame,
 *                          .figures = figures, .title = "lead time",
 *                          .alone = true };
 *   chart_points(&chart, session, &trouble);
 *   chart_write(stdout, &chart);
 *   chart_drop(&chart);
 *
 * A metric says in its head how it is drawn, `-- chart: KIND [WORD...]`:
 *
 *   trend [PART...]     a line per group over the periods: the six that count
 *                       the most with their names, the others thin and unnamed;
 *                       of one group a line per part that is named
 *   bars [PART...]      the parts side by side, for each period, or for each
 *                       group when the window is not cut (velocity: sprints);
 *                       the mean of the last part as a line.  A figure of
 *                       nothing but parts: one for each part
 *   stacked [PART...]   the parts upon each other, else as bars
 *   parts [PART...]     a bar for each group, its parts one after the other
 *   flow [PART...]      the parts as areas over the periods, the first lowest
 *   burndown [REMAINING IDEAL [SCOPE]]
 *                       steps over the days, a straight broken line, and the
 *                       days that changed the scope (SCOPE is by how much, 0:
 *                       not) as marked events; whole, ideal, scope
 *   burnup [COMPLETED SCOPE [IDEAL]]
 *                       both as steps over the days; whole, scope, ideal
 *   scatter TIME VALUE  a dot for each row of figure_rows by two of its
 *                       columns, with lines at the lower median and at 85 and
 *                       95 of 100
 *   heat                the values of each group with each of its parts
 *   heat ROW COLUMN [WEIGHT]
 *                       rows of figure_rows counted (or the WEIGHTs added) by
 *                       two of its columns; weekday 0 is Monday
 *
 * `whole` as a PART is the figure itself.  Without any PART trend and bars draw
 * it, the others all parts.  No data is a gap, 0 is drawn.  Kinds that
 * draw one group (flow, burndown, burnup, and those by parts over periods) draw
 * up to four groups below each other and say how many there are besides.
 * Without `-- chart:` a metric is drawn as trend, or as bars where the window
 * is not cut; likewise where its kind shows nothing: scatter, heat and parts of
 * several periods, trend, flow, burndown and burnup of one.
 *
 * A picture is about 360 wide, to be read at that size, and scales.  No script,
 * no font, nothing from elsewhere; names from outside are cut and escaped.
 */
#ifndef PULSE_CHART_H
#define PULSE_CHART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "measure/figures.h"
#include "measure/frame.h"
#include "measure/metric.h"
#include "measure/session.h"
#include "measure/trouble.h"

struct chart_point {
	double x, y; /* seconds, and the value in the metric's unit */
};

struct chart_cell {
	char *row, *column;
	double weight;
};

struct chart {
	const struct metric *metric;
	const struct frame *frame;
	const struct figures *figures;
	const char *words; /* in place of the metric's `-- chart:` */
	const char *title; /* NULL: the metric's name */
	const char *id;	   /* NULL: the metric's name; unique in the document */
	bool alone;	   /* a document of its own */

	struct chart_point *points; /* by x; of chart_points */
	size_t point_count;
	struct chart_cell *cells;
	size_t cell_count;
};

/* Are the words a kind with what it needs?  Else *why (allocated). */
bool chart_understands(const char *words, char **why);

bool chart_needs_points(const struct chart *chart);
/* Has the session fill figure_rows and reads them, where the picture needs
 * them; -1 with trouble. */
int chart_points(struct chart *chart, struct session *session,
		 struct trouble *trouble);

/* The values of the points, ascending; allocated. */
double *chart_sorted(const struct chart *chart);

/* Has the picture anything to show? */
bool chart_has_data(const struct chart *chart);
void chart_write(FILE *out, const struct chart *chart);
/* Frees points and cells. */
void chart_drop(struct chart *chart);

#endif
