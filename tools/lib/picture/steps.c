/* Burndown and burnup: steps over the days of a sprint. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "picture/sheet.h"

/* More events than these are marked without their numbers. */
enum { NUMBERED = 8 };

struct steps {
	struct series *series;
	struct plot plot;
	struct sheet_days days;
	struct units units;
};

static double
x_of(const struct steps *st, size_t place)
{
	return sheet_day_x(&st->plot, &st->days,
			   (double)scale_day_of(st->series->places[place]));
}

/* A value holds until the next one. */
static void
draw_steps(const struct steps *st, size_t line, const char *class)
{
	const struct series *s = st->series;
	bool drawing = false;
	size_t i;

	svg_path(st->plot.svg, class);
	for (i = 0; i < s->length; i++) {
		double y, value = series_value(s, line, i);

		if (isnan(value)) {
			drawing = false;
			continue;
		}
		y = sheet_y(&st->plot, value);
		if (drawing)
			svg_to(st->plot.svg, 'H', x_of(st, i), y);
		svg_to(st->plot.svg, drawing ? 'V' : 'M', x_of(st, i), y);
		drawing = true;
	}
	svg_path_end(st->plot.svg);
}

/* From the first to the last value that there is. */
static void
draw_straight(const struct steps *st, size_t line)
{
	const struct series *s = st->series;
	size_t first = s->length, last = 0, i;

	for (i = 0; i < s->length; i++)
		if (!isnan(series_value(s, line, i))) {
			first = first < i ? first : i;
			last = i;
		}
	if (first < last)
		svg_line(st->plot.svg, "id", x_of(st, first),
			 sheet_y(&st->plot, series_value(s, line, first)),
			 x_of(st, last),
			 sheet_y(&st->plot, series_value(s, line, last)));
}

static void
draw_event(const struct steps *st, size_t place, double change, bool numbered)
{
	double x = x_of(st, place), y;
	double value = series_value(st->series, 0, place);
	char text[UNITS_SIZE + 1] = "+";

	y = sheet_y(&st->plot, isnan(value) ? 0 : value);
	svg_path(st->plot.svg, "ev");
	svg_marker(st->plot.svg, change > 0 ? 2 : 4, x, y);
	svg_path_end(st->plot.svg);
	if (!numbered)
		return;
	units_number(change, change > 0 ? text + 1 : text);
	/* Above all is the name of the unit. */
	y += y < st->plot.top + SVG_LINE ? SVG_LINE : -5;
	svg_text(st->plot.svg, NULL, x + 5, y, text, UNITS_SIZE);
}

static void
draw_events(const struct steps *st, size_t line)
{
	const struct series *s = st->series;
	size_t count = 0, i;

	for (i = 0; i < s->length; i++)
		count += fabs(series_value(s, line, i)) > 0;
	for (i = 0; i < s->length; i++)
		if (fabs(series_value(s, line, i)) > 0)
			draw_event(st, i, series_value(s, line, i),
				   count <= NUMBERED);
}

static void
begin(struct steps *st, const struct sheet *sheet, size_t drawn)
{
	struct sheet_ask plot = { 0 };

	st->series = series_read(sheet->chart->figures, &sheet->ask);
	st->units =
		sheet_fit(sheet, st->series, series_most(st->series, drawn));
	st->days = sheet_days(st->series);
	plot.unit = st->units.label;
	plot.most = series_most(st->series, drawn);
	plot.right = 10;
	st->plot = sheet_plot(sheet, &plot);
	sheet_days_axis(&st->plot, &st->days);
}

/* Names the lines where they are at their end. */
static void
name_lines(const struct steps *st, size_t count, const char *whole)
{
	const struct series *s = st->series;
	struct sheet_label labels[SVG_SERIES];
	size_t line, i, n = 0;

	for (line = 0; line < count && line < SVG_SERIES; line++)
		for (i = s->length; i-- > 0;)
			if (!isnan(series_value(s, line, i))) {
				labels[n++] = (struct sheet_label){
					strcmp(s->lines[line].name, "whole") ==
							0
						? whole
						: s->lines[line].name,
					sheet_y(&st->plot,
						series_value(s, line, i)),
					-1
				};
				break;
			}
	sheet_labels(&st->plot, labels, n);
}

void
steps_burndown(const struct sheet *sheet)
{
	struct steps st;

	begin(&st, sheet, 2);
	draw_straight(&st, 1);
	draw_steps(&st, 0, "l0");
	if (st.series->count > 2)
		draw_events(&st, 2);
	name_lines(&st, 2, "remaining");
	series_free(st.series);
}

void
steps_burnup(const struct sheet *sheet)
{
	struct steps st;

	begin(&st, sheet, 2);
	if (st.series->count > 2)
		draw_straight(&st, 2);
	draw_steps(&st, 1, "l1");
	draw_steps(&st, 0, "l0");
	name_lines(&st, st.series->count, "completed");
	series_free(st.series);
}
