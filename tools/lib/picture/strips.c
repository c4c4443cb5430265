/* Parts of a whole, one after the other: a strip for each group. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "picture/markup.h"
#include "picture/sheet.h"

enum { STRIPS = 12, STRIP = 22, UNIT = 28 };

struct strips {
	struct series *series;
	struct series *wholes; /* the figures that are divided */
	struct plot plot;
	struct units units;
	double most, top;
};

/* What a strip is worth: its figure, for parts need not add up, else all of
 * them together. */
static double
worth(const struct strips *st, size_t place, double total)
{
	double whole = st->wholes->count > 0 && place < st->wholes->length
			       ? series_value(st->wholes, 0, place)
			       : NAN;

	return isnan(whole) ? total : whole;
}

/* Which places to draw: those with data, the largest first. */
static size_t
choose(const struct series *s, size_t chosen[STRIPS], size_t *left_out)
{
	size_t count = 0, known = 0, i, k;

	for (i = 0; i < s->length; i++) {
		if (!(series_sum(s, i) > 0))
			continue;
		known++;
		for (k = count < STRIPS ? count++ : STRIPS; k > 0; k--) {
			if (series_sum(s, chosen[k - 1]) >= series_sum(s, i))
				break;
			if (k < STRIPS)
				chosen[k] = chosen[k - 1];
		}
		if (k < STRIPS)
			chosen[k] = i;
	}
	*left_out = s->length - count;
	return count;
}

/* The key of a single strip says its values, too, which takes two lines. */
static double
key_room(const struct sheet *sheet, struct series *s)
{
	struct sheet_ask ask = { .key = s->count > 1 ? s : NULL };

	return sheet_key_room(sheet, &ask) + UNIT +
	       (s->length == 1 && s->count > 2 ? SVG_LINE : 0);
}

double
strips_height(const struct sheet *sheet)
{
	struct series *s = series_read(sheet->chart->figures, &sheet->ask);
	size_t chosen[STRIPS], left_out;
	size_t rows = choose(s, chosen, &left_out);
	double room = key_room(sheet, s);

	series_free(s);
	return room + STRIP * (double)rows + (left_out > 0 ? 20 : 8);
}

static void
draw_strip(const struct strips *st, size_t place, double y)
{
	const struct series *s = st->series;
	double x = st->plot.left, width, total = series_sum(s, place);
	char text[UNITS_SIZE];
	size_t line;

	for (line = 0; line < s->count; line++) {
		double value = series_value(s, line, place);

		if (!(value > 0))
			continue;
		width = value / st->most * (st->plot.right - st->plot.left);
		svg_area(st->plot.svg, line % SVG_SERIES);
		svg_box(st->plot.svg, x, y, width, STRIP - 7);
		svg_path_end(st->plot.svg);
		x += width;
	}
	units_number(worth(st, place, total), text);
	svg_text(st->plot.svg, NULL, x + 4, y + 12,
		 total > 0 ? text : "no data", UNITS_SIZE);
}

static void
name_values(const struct strips *st, char **names)
{
	char number[UNITS_SIZE];
	size_t line;

	for (line = 0; line < st->series->count; line++) {
		struct series_line *l = &st->series->lines[line];
		double value = series_value(st->series, line, 0);

		if (isnan(value))
			snprintf(number, sizeof(number), "no data");
		else
			units_number(value, number);
		names[line] = msg_text("%s %s", l->name, number);
		l->name = names[line];
	}
}

/* Does a strip have a name of its own?  One that stands for all has none. */
static bool
has_names(const struct series *s)
{
	return s->length > 1 || (s->length == 1 && s->count == 1 &&
				 strcmp(s->places[0], "all") != 0 &&
				 strcmp(s->places[0], "whole") != 0);
}

static size_t
longest_place(const struct series *s)
{
	size_t start = sheet_common(s->places, s->length, "/");
	size_t longest = 0, i, columns;

	for (i = 0; has_names(s) && i < s->length; i++) {
		columns = markup_columns(s->places[i] + start);
		longest = columns > longest ? columns : longest;
	}
	return longest > SHEET_NAME ? SHEET_NAME : longest;
}

static void
draw_all(struct strips *st, const struct sheet *sheet)
{
	const struct series *s = st->series;
	size_t start = sheet_common(s->places, s->length, "/");
	size_t chosen[STRIPS], left_out, i;
	size_t rows = choose(s, chosen, &left_out);
	char text[64];
	double y = st->top;

	st->plot.svg = sheet->svg;
	st->plot.left = 8 + SVG_LETTER * (double)longest_place(s);
	st->plot.right = SHEET_WIDTH - 40;
	for (i = 0; i < rows; i++, y += STRIP) {
		if (has_names(s))
			svg_text(sheet->svg, "e", st->plot.left - 4, y + 12,
				 s->places[chosen[i]] + start, SHEET_NAME);
		draw_strip(st, chosen[i], y);
	}
	snprintf(text, sizeof(text), "and %zu smaller or without data",
		 left_out);
	if (left_out > 0)
		svg_text(sheet->svg, NULL, 4, y + 11, text, sizeof(text));
}

static void
label(const struct strips *st, const struct sheet *sheet)
{
	bool both = st->wholes->count > 0 && st->series->count > 1;
	char text[UNITS_SIZE + 64];

	snprintf(text, sizeof(text), "%s%s", st->units.label,
		 both ? "; the number is the whole: parts need not add up"
		      : "");
	svg_text(sheet->svg, NULL, 4, st->top - 8, text, sizeof(text));
}

void
strips_parts(const struct sheet *sheet)
{
	static const char *const whole[] = { "whole", NULL };
	struct series_ask wholes = { .parts = whole, .across = true };
	struct strips st = {
		.series = series_read(sheet->chart->figures, &sheet->ask),
		.wholes = series_read(sheet->chart->figures, &wholes),
	};
	struct series *s = st.series;
	char **names = msg_calloc(s->count + 1, sizeof(*names));
	struct sheet_ask ask = { .key = s->count > 1 ? s : NULL };
	size_t i;

	st.top = key_room(sheet, s);
	st.most = series_most_sum(s);
	st.units = sheet_fit(sheet, s, st.most);
	series_scale(st.wholes, st.units.factor);
	st.most *= st.units.factor;
	if (s->length == 1 && s->count > 1)
		name_values(&st, names);
	sheet_key(sheet, &ask);
	label(&st, sheet);
	draw_all(&st, sheet);
	for (i = 0; i < s->count; i++)
		free(names[i]);
	free(names);
	series_free(s);
	series_free(st.wholes);
}
