/* Cumulative flow: parts as areas upon each other over the days. */
#include <math.h>
#include <stdlib.h>

#include "base/msg.h"
#include "picture/sheet.h"

/* More places than these would be less than some pixels apart. */
enum { PLACES = 60 };

struct flow {
	struct series *series;
	struct plot plot;
	struct sheet_days days;
	double *base; /* of the area to draw, by place */
};

static double
x_of(const struct flow *f, size_t place)
{
	return sheet_day_x(&f->plot, &f->days,
			   (double)scale_day_of(f->series->places[place]));
}

static double
top_of(const struct flow *f, size_t line, size_t place)
{
	return f->base[place] + fmax(series_value(f->series, line, place), 0);
}

/* The next place to draw: not each of many, but always the last. */
static size_t
after(size_t place, size_t length)
{
	size_t step = length / PLACES + 1;

	if (place + 1 >= length)
		return length;
	return place + step < length ? place + step : length - 1;
}

/* Along its upper edge, and back along the lower one. */
static void
draw_area(struct flow *f, size_t line)
{
	const struct svg *svg = f->plot.svg;
	size_t i, n = 0, length = f->series->length;
	size_t *drawn = msg_calloc(length + 1, sizeof(*drawn));

	svg_area(svg, line % SVG_SERIES);
	for (i = 0; i < length; i = after(i, length)) {
		svg_to(svg, i == 0 ? 'M' : 'L', x_of(f, i),
		       sheet_y(&f->plot, top_of(f, line, i)));
		drawn[n++] = i;
	}
	while (n-- > 0)
		svg_to(svg, 'L', x_of(f, drawn[n]),
		       sheet_y(&f->plot, f->base[drawn[n]]));
	svg_path_end(svg);
	for (i = 0; i < length; i++)
		f->base[i] = top_of(f, line, i);
	free(drawn);
}

void
areas_flow(const struct sheet *sheet)
{
	struct flow f = { .series = series_read(sheet->chart->figures,
						&sheet->ask) };
	struct sheet_ask ask = { .key = f.series };
	struct units units =
		sheet_fit(sheet, f.series, series_most_sum(f.series));
	size_t line;

	ask.unit = units.label;
	ask.most = series_most_sum(f.series);
	f.plot = sheet_plot(sheet, &ask);
	f.days = sheet_days(f.series);
	f.base = msg_calloc(f.series->length + 1, sizeof(*f.base));
	sheet_days_axis(&f.plot, &f.days);
	for (line = 0; line < f.series->count; line++)
		draw_area(&f, line);
	free(f.base);
	series_free(f.series);
}
