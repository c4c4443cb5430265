#include "picture/sheet.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "measure/title.h"
#include "picture/markup.h"

enum { TOP = 20, BOTTOM = 20, MARGIN = 4, STEPS = 4, SWATCH = 22 };

struct units
sheet_fit(const struct sheet *sheet, struct series *series, double most)
{
	const char *unit = series->count > 0 && series->lines[0].unit != NULL
				   ? series->lines[0].unit
				   : sheet->chart->metric->unit;
	struct units units = units_for(unit, most);

	series_scale(series, units.factor);
	return units;
}

static void
swatch(const struct svg *svg, size_t line, bool lines, double x, double y)
{
	char class[] = "l0";

	class[1] = (char)('0' + line % SVG_SERIES);
	if (!lines) {
		svg_area(svg, line % SVG_SERIES);
		svg_box(svg, x, y - 8, 14, 8);
		svg_path_end(svg);
		return;
	}
	svg_line(svg, class, x, y - 4, x + 16, y - 4);
	class[0] = 'f';
	svg_path(svg, class);
	svg_marker(svg, line % SVG_SERIES, x + 8, y - 4);
	svg_path_end(svg);
}

/* Draws it, or only sees where it would end. */
static double
walk_key(const struct sheet *sheet, const struct sheet_ask *ask, bool draw)
{
	double x = MARGIN, y = 11, width;
	char name[64];
	size_t i;

	if (ask->key == NULL || ask->key->count == 0)
		return 0;
	for (i = 0; i < ask->key->count; i++) {
		title_plain(strcmp(ask->key->lines[i].name, "whole") == 0
				    ? sheet->chart->metric->name
				    : ask->key->lines[i].name,
			    name, sizeof(name));
		width = SWATCH + 8 +
			SVG_LETTER *
				fmin((double)markup_columns(name), SHEET_NAME);
		if (x > MARGIN && x + width > SHEET_WIDTH) {
			x = MARGIN;
			y += SVG_LINE;
		}
		if (draw) {
			swatch(sheet->svg, i, ask->lines, x, y);
			svg_text(sheet->svg, NULL, x + SWATCH - 2, y, name,
				 SHEET_NAME);
		}
		x += width;
	}
	return y + 3;
}

double
sheet_key(const struct sheet *sheet, const struct sheet_ask *ask)
{
	return walk_key(sheet, ask, true);
}

double
sheet_key_room(const struct sheet *sheet, const struct sheet_ask *ask)
{
	return walk_key(sheet, ask, false);
}

/* The room that the labels of the y axis take. */
static double
label_room(const struct scale *scale)
{
	size_t longest = 1, len;
	char text[UNITS_SIZE];
	double v;

	for (v = scale->low; v <= scale->high + scale->step / 2;
	     v += scale->step) {
		units_number(v, text);
		len = strlen(text);
		longest = len > longest ? len : longest;
	}
	return SVG_LETTER * (double)longest + 8;
}

static void
draw_grid(const struct plot *p)
{
	char text[UNITS_SIZE];
	double v, y;
	int i;

	for (i = 0; (v = p->y.low + i * p->y.step) <= p->y.high + p->y.step / 2;
	     i++) {
		y = sheet_y(p, v);
		units_number(fabs(v) < p->y.step / 1e6 ? 0 : v, text);
		svg_line(p->svg, fabs(v) < p->y.step / 1e6 ? "ax" : "gr",
			 p->left, y, p->right, y);
		svg_text(p->svg, "e", p->left - 4, y + 4, text, UNITS_SIZE);
	}
}

struct plot
sheet_plot(const struct sheet *sheet, const struct sheet_ask *ask)
{
	struct plot p = { .svg = sheet->svg };

	p.y = scale_nice(ask->least, ask->most, STEPS);
	p.top = sheet_key(sheet, ask) + (*ask->unit != '\0' ? TOP : 8) +
		(ask->key != NULL ? 4 : 0);
	p.bottom = sheet->height -
		   fmax(BOTTOM, SVG_LETTER * (double)ask->below + 10);
	p.left = MARGIN + label_room(&p.y);
	p.right = SHEET_WIDTH - MARGIN - 2 - SVG_LETTER * (double)ask->right -
		  (ask->right > 0 ? 6 : 0);
	if (*ask->unit != '\0')
		svg_text(p.svg, NULL, MARGIN, p.top - 9, ask->unit, 30);
	draw_grid(&p);
	return p;
}

double
sheet_y(const struct plot *p, double value)
{
	return scale_place(&p->y, value, p->bottom, p->top);
}

struct sheet_days
sheet_days(const struct series *series)
{
	struct sheet_days days = { 0, 0 };

	if (series->length == 0)
		return days;
	days.first = scale_day_of(series->places[0]);
	days.last = scale_day_of(series->places[series->length - 1]);
	return days;
}

double
sheet_day_x(const struct plot *p, const struct sheet_days *days, double day)
{
	double left = p->left + 5, right = p->right - 5;

	if (days->last <= days->first)
		return (left + right) / 2;
	return left + (day - (double)days->first) /
			      (double)(days->last - days->first) *
			      (right - left);
}

void
sheet_days_axis(const struct plot *p, const struct sheet_days *days)
{
	struct scale_day ticks[SCALE_TICKS];
	size_t room = (size_t)((p->right - p->left) / 46), n, i;
	double x, last = -SHEET_WIDTH;

	n = scale_days(days->first, days->last, room, ticks);
	for (i = 0; i < n; i++) {
		double half = SVG_LETTER * (double)strlen(ticks[i].label) / 2;

		x = sheet_day_x(p, days, (double)ticks[i].day);
		svg_line(p->svg, "ax", x, p->bottom, x, p->bottom + 3);
		if (x - half < last || x + half > SHEET_WIDTH)
			continue;
		svg_text(p->svg, "m", x, p->bottom + 15, ticks[i].label,
			 SCALE_LABEL);
		last = x + half;
	}
}

double
sheet_band(const struct plot *p, const struct series *series)
{
	return (p->right - p->left) / (double)series->length;
}

static bool
are_months(const struct series *series)
{
	size_t i, len;

	for (i = 0; i < series->length; i++) {
		len = strlen(series->places[i]);
		if (len < 3 || strcmp(series->places[i] + len - 3, "-01") != 0)
			return false;
	}
	return series->length > 1;
}

size_t
sheet_common(const char *const *names, size_t count, const char *ends)
{
	size_t common = 0, end = 0, i;

	for (; count > 1; common++) {
		char c = names[0][common];

		for (i = 0; i < count; i++)
			if (names[i][common] != c || c == '\0')
				return end;
		if (strchr(ends, c) != NULL)
			end = common + 1;
	}
	return 0;
}

/* Writes the label of a place. */
static const char *
place_label(const struct series *series, size_t i, size_t start, char *out)
{
	int64_t day = scale_day_of(series->places[i]);

	if (day < 0)
		return series->places[i] + start;
	scale_day_label(day, are_months(series), out);
	return out;
}

static size_t
longest_label(const struct series *series, size_t start)
{
	char label[SCALE_LABEL];
	size_t longest = 1, i, len;

	for (i = 0; i < series->length; i++) {
		len = markup_columns(place_label(series, i, start, label));
		longest = len > longest ? len : longest;
	}
	return longest > SHEET_NAME ? SHEET_NAME : longest;
}

static size_t
start_of(const struct series *series)
{
	if (series->length == 0 || scale_day_of(series->places[0]) >= 0)
		return 0;
	return sheet_common(series->places, series->length, " /-_.");
}

size_t
sheet_below(const struct series *series)
{
	size_t longest = longest_label(series, start_of(series));

	if (series->length == 0 || scale_day_of(series->places[0]) >= 0 ||
	    SVG_LETTER * (longest + 1) * series->length < SHEET_WIDTH - 60)
		return 0;
	return longest < 4 ? 0 : longest;
}

void
sheet_places_axis(const struct plot *p, const struct series *series)
{
	size_t start = start_of(series), below = sheet_below(series), i, step;
	double band = sheet_band(p, series), x;
	char label[SCALE_LABEL];

	step = (size_t)ceil(SVG_LETTER *
			    (double)(longest_label(series, start) + 1) / band);
	if (below > 0)
		step = 1;
	for (i = (series->length - 1) % step; i < series->length; i += step) {
		const char *text = place_label(series, i, start, label);

		x = p->left + band * ((double)i + 0.5);
		if (below > 0)
			svg_turned_text(p->svg, "e", x + 4, p->bottom + 6, text,
					below);
		else
			svg_text(p->svg, "m", x, p->bottom + 15, text,
				 SHEET_NAME);
	}
}

static void
draw_label(const struct plot *p, const struct sheet_label *label, size_t start)
{
	char class[] = "f0";

	svg_text(p->svg, NULL, p->right + (label->line < 0 ? 6 : 15), label->y,
		 label->text + start, SHEET_NAME);
	if (label->line < 0)
		return;
	class[1] = (char)('0' + label->line);
	svg_path(p->svg, class);
	svg_marker(p->svg, (size_t)label->line, p->right + 8, label->y - 4);
	svg_path_end(p->svg);
}

void
sheet_labels(const struct plot *p, struct sheet_label *labels, size_t count)
{
	struct sheet_label label;
	size_t i, k;
	double y, low = p->bottom + 4;
	const char *names[SVG_SERIES] = { NULL };
	size_t start;

	for (i = 0; i < count; i++)
		names[i] = labels[i].text;
	start = sheet_common(names, count, "/");
	for (i = 1; i < count; i++)
		for (k = i; k > 0 && labels[k].y < labels[k - 1].y; k--) {
			label = labels[k];
			labels[k] = labels[k - 1];
			labels[k - 1] = label;
		}
	for (i = count; i-- > 0; low = y - SVG_LINE + 2) {
		y = fmin(labels[i].y + 4, low);
		labels[i].y = y;
	}
	for (i = 0, low = p->top; i < count; i++, low = y + SVG_LINE - 2) {
		y = fmax(labels[i].y, low);
		labels[i].y = y;
		draw_label(p, &labels[i], start);
	}
}

void
sheet_no_data(const struct sheet *sheet)
{
	svg_text(sheet->svg, "m", SHEET_WIDTH / 2.0, sheet->height / 2,
		 "no data", 20);
}
