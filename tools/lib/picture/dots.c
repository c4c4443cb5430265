/* Scatter: a dot for each row, with the lines that so many of 100 are below. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/msg.h"
#include "base/zones.h"
#include "measure/functions.h"
#include "picture/sheet.h"

/* More rows than these are thinned out. */
enum { DOTS = 500, DAY = 86400 };

static const struct {
	double rank;
	const char *name;
} ranks[] = { { 0.5, "p50" }, { 0.85, "p85" }, { 0.95, "p95" } };

enum { RANKS = sizeof(ranks) / sizeof(*ranks) };

struct dots {
	const struct chart *chart;
	struct plot plot;
	struct sheet_days days;
	struct units units;
	double ranked[RANKS], most; /* in the unit shown; most: of the axis */
};

static double
measure(struct dots *d)
{
	size_t n = d->chart->point_count, i;
	double *sorted = chart_sorted(d->chart), most;

	for (i = 0; i < RANKS; i++)
		d->ranked[i] = sorted[functions_place(n, ranks[i].rank)];
	most = sorted[n - 1];
	free(sorted);
	return most;
}

static double
day_of(const struct dots *d, double at)
{
	double local =
		at + (double)zones_offset(d->chart->frame->zone, (int64_t)at);

	return local / DAY;
}

static void
draw_dots(const struct dots *d)
{
	size_t n = d->chart->point_count, step = n / DOTS + 1, i;

	svg_path(d->plot.svg, "l0 d");
	for (i = 0; i < n; i += step) {
		double y = d->chart->points[i].y * d->units.factor;

		if (y > d->most)
			continue;
		svg_to(d->plot.svg, 'M',
		       sheet_day_x(&d->plot, &d->days,
				   day_of(d, d->chart->points[i].x)),
		       sheet_y(&d->plot, y));
		fputs("h0", d->plot.svg->out);
	}
	svg_path_end(d->plot.svg);
}

/* Rows far above all others would press those to the floor: they stand at the
 * upper edge, as arrows. */
static void
draw_higher(const struct dots *d, double most)
{
	char number[UNITS_SIZE], text[3 * UNITS_SIZE];
	size_t higher = 0, i;

	svg_path(d->plot.svg, "f1");
	for (i = 0; i < d->chart->point_count; i++)
		if (d->chart->points[i].y * d->units.factor > d->most &&
		    higher++ < DOTS)
			svg_marker(
				d->plot.svg, 2,
				sheet_day_x(&d->plot, &d->days,
					    day_of(d, d->chart->points[i].x)),
				d->plot.top + 2);
	svg_path_end(d->plot.svg);
	units_number(most, number);
	snprintf(text, sizeof(text), "%zu higher, up to %s", higher, number);
	if (higher > 0)
		svg_text(d->plot.svg, "e", d->plot.right, d->plot.top - 9, text,
			 40);
}

static void
draw_ranks(const struct dots *d)
{
	struct sheet_label labels[RANKS];
	char texts[RANKS][2 * UNITS_SIZE], number[UNITS_SIZE];
	size_t i;
	double y;

	for (i = 0; i < RANKS; i++) {
		y = sheet_y(&d->plot, d->ranked[i]);
		svg_line(d->plot.svg, "id", d->plot.left, y, d->plot.right, y);
		units_number(d->ranked[i], number);
		snprintf(texts[i], sizeof(texts[i]), "%s %s", ranks[i].name,
			 number);
		labels[i] = (struct sheet_label){ texts[i], y, -1 };
	}
	sheet_labels(&d->plot, labels, RANKS);
}

void
dots_scatter(const struct sheet *sheet)
{
	struct dots d = { .chart = sheet->chart };
	double most = measure(&d);
	struct sheet_ask ask = { .right = 8 };
	size_t i;

	d.units = units_for(sheet->chart->metric->unit, d.ranked[RANKS - 1]);
	most *= d.units.factor;
	for (i = 0; i < RANKS; i++)
		d.ranked[i] *= d.units.factor;
	d.most = fmin(most, 1.5 * d.ranked[RANKS - 1]);
	if (!(d.most > 0))
		d.most = most;
	ask.unit = d.units.label;
	ask.most = d.most;
	d.plot = sheet_plot(sheet, &ask);
	d.days.first = (int64_t)day_of(&d, d.chart->points[0].x);
	d.days.last = (int64_t)day_of(
			      &d, d.chart->points[d.chart->point_count - 1].x) +
		      1;
	sheet_days_axis(&d.plot, &d.days);
	draw_dots(&d);
	draw_higher(&d, most);
	draw_ranks(&d);
}
