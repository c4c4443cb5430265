#include "picture/twin.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "measure/functions.h"
#include "measure/title.h"
#include "picture/markup.h"
#include "picture/words.h"

enum { COLUMNS = 12, CELLS = 24 };

/* Headers without a scope: in a row of nothing but headers they are of their
 * columns, else of their row, as the rules of HTML find out. */

/* A name as people write it. */
static void
put_name(FILE *out, const char *name, size_t columns)
{
	char plain[200];

	title_plain(name, plain, sizeof(plain));
	markup_cut(out, plain, columns);
}

static void
put_number(FILE *out, double value)
{
	char text[UNITS_SIZE];

	if (isnan(value))
		snprintf(text, sizeof(text), "\xe2\x80\x93");
	else
		units_number(value, text);
	fprintf(out, "<td>%s</td>", text);
}

static const char *
line_name(const struct chart *chart, const struct series *s, size_t line)
{
	return strcmp(s->lines[line].name, "whole") == 0 ? chart->metric->name
							 : s->lines[line].name;
}

/* A line's figures are all of one unit; several lines may differ. */
static struct units
line_units(const struct chart *chart, const struct series *s, size_t line)
{
	const char *unit = s->lines[line].unit;
	double most = 0;
	size_t i;

	for (i = 0; i < s->length; i++)
		most = fmax(most, series_value(s, line, i));
	return units_for(unit != NULL ? unit : chart->metric->unit, most);
}

static bool
units_differ(const struct series *s)
{
	size_t i;

	for (i = 1; i < s->count; i++)
		if (s->lines[i].unit != NULL && s->lines[0].unit != NULL &&
		    strcmp(s->lines[i].unit, s->lines[0].unit) != 0)
			return true;
	return false;
}

/* The units of a table: one for all, or one for each line. */
struct measures {
	bool each;
	struct units all;
};

static struct units
unit_of(const struct measures *m, const struct chart *chart,
	const struct series *s, size_t line)
{
	return m->each ? line_units(chart, s, line) : m->all;
}

static struct measures
measure(const struct chart *chart, const struct series *s)
{
	struct measures m = { .each = units_differ(s) };
	const char *unit = s->count > 0 ? s->lines[0].unit : NULL;

	m.all = units_for(unit != NULL ? unit : chart->metric->unit,
			  series_most(s, s->count));
	return m;
}

static void
put_corner(FILE *out, const struct measures *m)
{
	const char *unit = m->each ? "" : m->all.label;

	fprintf(out, "<thead><tr><th>%s%s</th>", *unit != '\0' ? "in " : "",
		unit);
}

static void
put_line_name(FILE *out, const struct chart *chart, const struct series *s,
	      size_t line)
{
	struct units units = line_units(chart, s, line);

	put_name(out, line_name(chart, s, line), 40);
	if (units_differ(s) && *units.label != '\0')
		fprintf(out, ", %s", units.label);
}

static bool
is_empty(const struct series *s, size_t line)
{
	size_t i;

	for (i = 0; i < s->length; i++)
		if (!isnan(series_value(s, line, i)))
			return false;
	return true;
}

/* A place a row, a line a column. */
static void
put_rows(FILE *out, const struct chart *chart, const struct series *s,
	 size_t first)
{
	struct measures m = measure(chart, s);
	size_t i, line;

	put_corner(out, &m);
	for (i = 0; i < s->count && i < COLUMNS; i++) {
		if (is_empty(s, i))
			continue;
		fputs("<th>", out);
		put_line_name(out, chart, s, i);
		fputs("</th>", out);
	}
	fputs("</tr></thead>\n", out);
	for (i = first; i < s->length; i++) {
		fputs("<tr><th>", out);
		markup_cut(out, s->places[i], 40);
		fputs("</th>", out);
		for (line = 0; line < s->count && line < COLUMNS; line++)
			if (!is_empty(s, line))
				put_number(out,
					   series_value(s, line, i) *
						   unit_of(&m, chart, s, line)
							   .factor);
		fputs("</tr>\n", out);
	}
}

/* Of one place, a line a row. */
static void
put_only(FILE *out, const struct chart *chart, const struct series *s)
{
	struct measures m = measure(chart, s);
	size_t line;

	put_corner(out, &m);
	fputs("<th>", out);
	markup_cut(out, *s->places[0] != '\0' ? s->places[0] : "all", 40);
	fputs("</th></tr></thead>\n", out);
	for (line = 0; line < s->count; line++) {
		if (is_empty(s, line))
			continue;
		fputs("<tr><th>", out);
		put_line_name(out, chart, s, line);
		fputs("</th>", out);
		put_number(out, series_value(s, line, 0) *
					unit_of(&m, chart, s, line).factor);
		fputs("</tr>\n", out);
	}
}

static void
put_left_out(FILE *out, size_t left_out, const char *what)
{
	if (left_out > 0)
		fprintf(out, "<p class=\"more\">and %zu more %s</p>\n",
			left_out, what);
}

static void
put_series(FILE *out, const struct chart *chart, const struct series_ask *ask,
	   size_t rows)
{
	struct series *s = series_read(chart->figures, ask);
	size_t first = s->length > rows ? s->length - rows : 0;

	if (ask->groups)
		series_sort(s);
	fputs("<div class=\"wide\"><table>", out);
	if (ask->group != NULL) {
		fputs("<caption>", out);
		markup_cut(out, ask->group, 60);
		fputs("</caption>", out);
	}
	if (s->length == 1)
		put_only(out, chart, s);
	else
		put_rows(out, chart, s, first);
	fputs("</table></div>\n", out);
	put_left_out(out, first, ask->across ? "groups" : "earlier periods");
	put_left_out(out,
		     s->length > 1 && s->count > COLUMNS ? s->count - COLUMNS
							 : 0,
		     "columns");
	series_free(s);
}

static int
compare(const void *a, const void *b)
{
	const struct chart_cell *x = a, *y = b;

	return (x->weight < y->weight) - (x->weight > y->weight);
}

/* The largest cells first. */
static void
put_cells(FILE *out, const struct chart *chart, const struct words *words)
{
	size_t n = chart->cell_count, i;
	struct chart_cell *cells = msg_calloc(n, sizeof(*cells));

	memcpy(cells, chart->cells, n * sizeof(*cells));
	qsort(cells, n, sizeof(*cells), compare);
	fputs("<table><thead><tr><th>", out);
	put_name(out, words->count > 0 ? words->items[0] : "group", 20);
	fputs("</th><th>", out);
	put_name(out, words->count > 0 ? words->items[1] : "part", 20);
	fputs("</th><th>number</th></tr></thead>\n", out);
	for (i = 0; i < n && i < CELLS; i++) {
		fputs("<tr><th>", out);
		markup_cut(out, cells[i].row, 40);
		fputs("</th><td>", out);
		markup_cut(out, cells[i].column, 40);
		fputs("</td>", out);
		put_number(out, cells[i].weight);
		fputs("</tr>\n", out);
	}
	fputs("</table>\n", out);
	put_left_out(out, n > CELLS ? n - CELLS : 0, "smaller ones");
	free(cells);
}

static void
put_ranks(FILE *out, const struct chart *chart)
{
	static const unsigned ranks[] = { 50, 85, 95, 100 };
	size_t n = chart->point_count, i;
	double *values = chart_sorted(chart);
	struct units units;

	units = units_for(chart->metric->unit,
			  values[functions_place(n, 0.95)]);
	fprintf(out,
		"<table><thead><tr><th>of %zu, so many of 100 "
		"took at most</th><th>%s</th></tr></thead>\n",
		n, units.label);
	for (i = 0; i < sizeof(ranks) / sizeof(*ranks); i++) {
		fprintf(out, "<tr><th>%u</th>", ranks[i]);
		put_number(out, values[functions_place(n, ranks[i] / 100.0)] *
					units.factor);
		fputs("</tr>\n", out);
	}
	fputs("</table>\n", out);
	free(values);
}

void
twin_write(FILE *out, const struct chart *chart, size_t rows)
{
	struct words_panels panels;
	struct series_ask ask;
	struct words words;
	size_t i;

	free(words_read(words_of(chart), &words));
	if (!chart_has_data(chart)) {
		fputs("<p>no data</p>\n", out);
	} else if (words.kind->source == WORDS_POINTS) {
		put_ranks(out, chart);
	} else if (words.kind->source == WORDS_CELLS) {
		put_cells(out, chart, &words);
	} else {
		panels = words_panels(chart, &words);
		for (i = 0; i < panels.count; i++) {
			ask = words_ask(chart, &words, panels.groups[i]);
			put_series(out, chart, &ask, rows);
		}
	}
}

static bool
any_known(const struct figures *figures)
{
	size_t i;

	for (i = 0; i < figures->count; i++)
		if (figures->items[i].known)
			return true;
	return false;
}

void
twin_all(FILE *out, const struct chart *chart, size_t rows)
{
	struct series_ask ask = { .all = true };
	size_t groups, periods, i;
	const char **names = series_groups(chart->figures, &groups);

	free(series_periods(chart->figures, &periods));
	ask.across = periods < 2;
	if (!any_known(chart->figures))
		fputs("<p>no data</p>\n", out);
	else if (ask.across || groups < 2)
		put_series(out, chart, &ask, rows);
	for (i = 0; i < groups && i < WORDS_PANELS && !ask.across && groups > 1;
	     i++) {
		ask.group = names[i];
		put_series(out, chart, &ask, rows);
	}
	free(names);
}
