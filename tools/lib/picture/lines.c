/* Trends: a line per group, or per part of one group. */
#include <math.h>
#include <stdlib.h>

#include "picture/markup.h"
#include "picture/sheet.h"

/* Markers at each value as long as they do not touch. */
enum { MARKED = 16 };

struct trend {
	const struct plot *plot;
	const struct series *series;
	const struct sheet_days *days;
	char **names; /* of the lines, as people write them */
};

static double
x_of(const struct trend *t, size_t place)
{
	return sheet_day_x(t->plot, t->days,
			   (double)scale_day_of(t->series->places[place]));
}

static bool
has_value(const struct series *s, size_t line, size_t place)
{
	return place < s->length && !isnan(series_value(s, line, place));
}

/* A line that breaks where there are no data. */
static void
draw_line(const struct trend *t, size_t line, const char *class)
{
	const struct series *s = t->series;
	size_t i;

	svg_path(t->plot->svg, class);
	for (i = 0; i < s->length; i++)
		if (has_value(s, line, i))
			svg_to(t->plot->svg,
			       i > 0 && has_value(s, line, i - 1) ? 'L' : 'M',
			       x_of(t, i),
			       sheet_y(t->plot, series_value(s, line, i)));
	svg_path_end(t->plot->svg);
}

/* A value between two gaps would be no line at all. */
static bool
is_marked(const struct series *s, size_t line, size_t place)
{
	return has_value(s, line, place) &&
	       (s->length <= MARKED || place + 1 == s->length ||
		(!has_value(s, line, place + 1) &&
		 (place == 0 || !has_value(s, line, place - 1))));
}

static void
draw_markers(const struct trend *t, size_t line, const char *class)
{
	const struct series *s = t->series;
	size_t i;

	svg_path(t->plot->svg, class);
	for (i = 0; i < s->length; i++)
		if (is_marked(s, line, i))
			svg_marker(t->plot->svg, line, x_of(t, i),
				   sheet_y(t->plot, series_value(s, line, i)));
	svg_path_end(t->plot->svg);
}

/* Where a line ends; NAN where it has no values. */
static double
end_of(const struct series *s, size_t line)
{
	size_t i;

	for (i = s->length; i-- > 0;)
		if (has_value(s, line, i))
			return series_value(s, line, i);
	return NAN;
}

static void
draw_named(const struct trend *t, size_t named)
{
	struct sheet_label labels[SVG_SERIES];
	char class[] = "l0", fill[] = "f0";
	size_t line, count = 0;

	for (line = 0; line < named; line++) {
		double end = end_of(t->series, line);

		class[1] = fill[1] = (char)('0' + line);
		if (isnan(end))
			continue;
		draw_line(t, line, class);
		draw_markers(t, line, fill);
		labels[count++] = (struct sheet_label){ t->names[line],
							sheet_y(t->plot, end),
							(int)line };
	}
	if (t->series->count > 1)
		sheet_labels(t->plot, labels, count);
}

static size_t
widest(char *const *names, size_t lines)
{
	size_t start = sheet_common((const char *const *)names, lines, "/");
	size_t most = 0, i, columns;

	for (i = 0; lines > 1 && i < lines; i++) {
		columns = markup_columns(names[i] + start);
		most = columns > most ? columns : most;
	}
	/* The marker before it is about as wide as a letter. */
	most = most > SHEET_NAME ? SHEET_NAME : most;
	return most > 0 ? most + 1 : 0;
}

void
lines_trend(const struct sheet *sheet)
{
	struct series *s = series_read(sheet->chart->figures, &sheet->ask);
	struct sheet_ask ask = { 0 };
	struct sheet_days days = sheet_days(s);
	struct units units;
	struct plot plot;
	char *names[SVG_SERIES];
	struct trend t = { &plot, s, &days, names };
	size_t named, line;

	series_sort(s);
	named = s->count > SVG_SERIES ? SVG_SERIES : s->count;
	for (line = 0; line < named; line++)
		names[line] = metric_say_part(sheet->chart->metric,
					      s->lines[line].name);
	units = sheet_fit(sheet, s, series_most(s, s->count));
	ask.unit = units.label;
	ask.most = series_most(s, s->count);
	ask.least = series_least(s, s->count);
	ask.right = widest(names, named);
	plot = sheet_plot(sheet, &ask);
	sheet_days_axis(&plot, &days);
	for (line = named; line < s->count; line++)
		draw_line(&t, line, "nb");
	draw_named(&t, named);
	for (line = 0; line < named; line++)
		free(names[line]);
	series_free(s);
}
