/* Columns: parts side by side, or upon each other. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "picture/sheet.h"

/* More groups than these make columns too thin to read. */
enum { GROUPS = 14 };

/* Leaves the last places: of sprints those are the newest. */
static void
keep_last(struct series *s)
{
	size_t drop = s->length > GROUPS ? s->length - GROUPS : 0, line, i;
	size_t length = s->length - drop;

	if (scale_day_of(s->length > 0 ? s->places[0] : NULL) >= 0)
		return;
	for (line = 0; line < s->count; line++)
		for (i = 0; i < length; i++)
			s->values[line * length + i] =
				s->values[line * s->length + i + drop];
	for (i = 0; i < length; i++)
		s->places[i] = s->places[i + drop];
	s->length = length;
}

static void
draw_side_by_side(const struct plot *p, const struct series *s)
{
	double band = sheet_band(p, s), room = fmin(band * 0.8, 60);
	double width = room / (double)s->count, x, y;
	size_t line, i;

	for (line = 0; line < s->count; line++) {
		svg_area(p->svg, line % SVG_SERIES);
		for (i = 0; i < s->length; i++) {
			if (isnan(series_value(s, line, i)))
				continue;
			x = p->left + band * ((double)i + 0.5) - room / 2 +
			    width * (double)line;
			y = sheet_y(p, series_value(s, line, i));
			svg_box(p->svg, x, y, width * 0.92, sheet_y(p, 0) - y);
		}
		svg_path_end(p->svg);
	}
}

/* The mean of a line's values, as far as there are any. */
static void
draw_mean(const struct plot *p, const struct series *s)
{
	double sum = 0, y;
	size_t count = 0, i;

	for (i = 0; i < s->length; i++)
		if (!isnan(series_value(s, s->count - 1, i))) {
			sum += series_value(s, s->count - 1, i);
			count++;
		}
	if (count < 2)
		return;
	y = sheet_y(p, sum / (double)count);
	svg_line(p->svg, "id", p->left, y, p->right, y);
	svg_text(p->svg, NULL, p->right + 4, y + 4, "mean", 5);
}

static void
draw_stack(const struct plot *p, const struct series *s)
{
	double band = sheet_band(p, s), width = fmin(band * 0.8, 44);
	double *base = msg_calloc(s->length + 1, sizeof(*base));
	size_t line, i;

	for (line = 0; line < s->count; line++) {
		svg_area(p->svg, line % SVG_SERIES);
		for (i = 0; i < s->length; i++) {
			double value = series_value(s, line, i), y;

			if (!(value > 0))
				continue;
			y = sheet_y(p, base[i] + value);
			svg_box(p->svg,
				p->left + band * ((double)i + 0.5) - width / 2,
				y, width, sheet_y(p, base[i]) - y);
			base[i] += value;
		}
		svg_path_end(p->svg);
	}
	free(base);
}

static void
draw(const struct sheet *sheet, bool stacked)
{
	struct series *s = series_read(sheet->chart->figures, &sheet->ask);
	struct sheet_ask ask = { 0 };
	struct units units;
	struct plot plot;

	if (!sheet->ask.spread)
		keep_last(s);
	units = sheet_fit(sheet, s,
			  stacked ? series_most_sum(s)
				  : series_most(s, s->count));
	ask.unit = units.label;
	ask.key = s->count > 1 ? s : NULL;
	ask.most = stacked ? series_most_sum(s) : series_most(s, s->count);
	ask.least = stacked ? 0 : series_least(s, s->count);
	ask.right = stacked || sheet->ask.spread ? 0 : 5;
	ask.below = sheet_below(s);
	plot = sheet_plot(sheet, &ask);
	if (s->length > 0) {
		sheet_places_axis(&plot, s);
		stacked ? draw_stack(&plot, s) : draw_side_by_side(&plot, s);
	}
	if (!stacked && !sheet->ask.spread)
		draw_mean(&plot, s);
	series_free(s);
}

/* Long names of parts have no room below columns. */
static bool
is_lying(const struct sheet *sheet)
{
	struct series *s;
	size_t i, longest = 0;

	if (!sheet->ask.spread)
		return false;
	s = series_read(sheet->chart->figures, &sheet->ask);
	for (i = 0; i < s->length; i++)
		if (strlen(s->places[i]) > longest)
			longest = strlen(s->places[i]);
	series_free(s);
	return longest > 3;
}

double
columns_height(const struct sheet *sheet)
{
	struct series *s;
	size_t below;

	if (is_lying(sheet))
		return strips_height(sheet);
	s = series_read(sheet->chart->figures, &sheet->ask);
	if (!sheet->ask.spread)
		keep_last(s);
	below = sheet_below(s);
	series_free(s);
	return SHEET_HEIGHT +
	       (below > 2 ? SVG_LETTER * ((double)below - 2) : 0);
}

void
columns_bars(const struct sheet *sheet)
{
	if (is_lying(sheet))
		strips_parts(sheet);
	else
		draw(sheet, false);
}

void
columns_stacked(const struct sheet *sheet)
{
	draw(sheet, true);
}
