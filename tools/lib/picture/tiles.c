/* Heat: how much there is of each row with each column, as squares whose area
 * says it, so that it can be read without colours. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "picture/markup.h"
#include "picture/sheet.h"

enum { MOST = 24, LARGEST = 22, NAME = 12 };

struct axis {
	const char *names[MOST];
	size_t count, left_out;
	bool turned; /* long names of columns are written upwards */
};

struct name {
	const char *text;
	double weight;
};

static const char *const days[] = { "0", "1", "2", "3", "4", "5", "6" };
static const char *const day_names[] = { "Mon", "Tue", "Wed", "Thu",
					 "Fri", "Sat", "Sun" };
static const char *const hours[] = { "0",  "1",	 "2",  "3",  "4",  "5",
				     "6",  "7",	 "8",  "9",  "10", "11",
				     "12", "13", "14", "15", "16", "17",
				     "18", "19", "20", "21", "22", "23" };

static int
by_weight(const void *a, const void *b)
{
	const struct name *x = a, *y = b;

	if (x->weight != y->weight)
		return x->weight > y->weight ? -1 : 1;
	return strcmp(x->text, y->text);
}

static int
by_name(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;
	long m, n;

	if (isdigit((unsigned char)**x) && isdigit((unsigned char)**y)) {
		m = strtol(*x, NULL, 10);
		n = strtol(*y, NULL, 10);
		if (m != n)
			return m < n ? -1 : 1;
	}
	return strcmp(*x, *y);
}

/* What a side is called: its column, or `group` and `part` of figures. */
static const char *
word_of(const struct sheet *sheet, bool rows)
{
	if (sheet->words[0] == NULL)
		return rows ? "group" : "part";
	return sheet->words[rows ? 0 : 1];
}

static const char *
name_of(const struct chart_cell *cell, bool rows)
{
	return rows ? cell->row : cell->column;
}

/* Every name once, with its weight; the caller frees. */
static struct name *
weigh(const struct chart *chart, bool rows, size_t *count)
{
	struct name *names = msg_calloc(chart->cell_count + 1, sizeof(*names));
	size_t i, k, n = 0;

	for (i = 0; i < chart->cell_count; i++) {
		const char *text = name_of(&chart->cells[i], rows);

		for (k = 0; k < n && strcmp(names[k].text, text) != 0; k++)
			;
		if (k == n)
			names[n++].text = text;
		names[k].weight += chart->cells[i].weight;
	}
	*count = n;
	return names;
}

static struct axis
natural(const char *const *names, size_t count)
{
	struct axis axis = { .count = count };

	memcpy(axis.names, names, count * sizeof(*names));
	return axis;
}

static struct axis
read_axis(const struct sheet *sheet, bool rows)
{
	const char *word = word_of(sheet, rows);
	struct axis axis = { .count = 0 };
	struct name *names;
	size_t count, i;

	if (strcmp(word, "weekday") == 0)
		return natural(days, 7);
	if (strcmp(word, "hour") == 0)
		return natural(hours, 24);
	names = weigh(sheet->chart, rows, &count);
	qsort(names, count, sizeof(*names), by_weight);
	for (i = 0; i < count && i < MOST; i++) {
		axis.names[axis.count++] = names[i].text;
		axis.turned |= strlen(names[i].text) > 3;
	}
	axis.left_out = count - axis.count;
	qsort(axis.names, axis.count, sizeof(*axis.names), by_name);
	free(names);
	return axis;
}

static const char *
label(const char *word, const char *name)
{
	return strcmp(word, "weekday") == 0 ? day_names[strtol(name, NULL, 10)]
					    : name;
}

static size_t
longest(const struct axis *axis, const char *word)
{
	size_t most = 1, i, columns;

	for (i = 0; i < axis->count; i++) {
		columns = markup_columns(label(word, axis->names[i]));
		most = columns > most ? columns : most;
	}
	return most > NAME ? NAME : most;
}

/* Where the squares are. */
struct tiles {
	struct axis rows, columns;
	double left, top, side;
};

static struct tiles
lay_out(const struct sheet *sheet)
{
	struct tiles t = { .rows = read_axis(sheet, true),
			   .columns = read_axis(sheet, false) };

	t.left =
		8 + SVG_LETTER * (double)longest(&t.rows, word_of(sheet, true));
	t.top = 18;
	if (t.columns.turned)
		t.top = 8 + SVG_LETTER * (double)longest(&t.columns,
							 word_of(sheet, false));
	t.side = (SHEET_WIDTH - 4 - t.left) / fmax((double)t.columns.count, 1);
	t.side = fmin(t.side, LARGEST);
	return t;
}

double
tiles_height(const struct sheet *sheet)
{
	struct tiles t = lay_out(sheet);

	return t.top + t.side * (double)t.rows.count + 20;
}

static void
draw_names(const struct sheet *sheet, const struct tiles *t)
{
	double room = t->side / SVG_LETTER, x, y;
	size_t step = room >= 2.4 ? 1 : 3, i;

	for (i = 0; i < t->rows.count; i++) {
		y = t->top + t->side * ((double)i + 0.5);
		svg_line(sheet->svg, "gr", t->left, y,
			 t->left + t->side * (double)t->columns.count, y);
		svg_text(sheet->svg, "e", t->left - 4, y + 4,
			 label(word_of(sheet, true), t->rows.names[i]), NAME);
	}
	for (i = 0; i < t->columns.count; i += t->columns.turned ? 1 : step) {
		const char *text =
			label(word_of(sheet, false), t->columns.names[i]);

		x = t->left + t->side * ((double)i + 0.5);
		if (t->columns.turned)
			svg_turned_text(sheet->svg, NULL, x + 4, t->top - 4,
					text, NAME);
		else
			svg_text(sheet->svg, "m", x, t->top - 5, text, NAME);
	}
}

static size_t
find(const struct axis *axis, const char *name)
{
	size_t i;

	for (i = 0; i < axis->count; i++)
		if (by_name(&axis->names[i], &name) == 0 ||
		    (isdigit((unsigned char)*name) &&
		     strtol(name, NULL, 10) ==
			     strtol(axis->names[i], NULL, 10)))
			break;
	return i;
}

static void
draw_squares(const struct sheet *sheet, const struct tiles *t, double most)
{
	const struct chart *chart = sheet->chart;
	double side, x, y;
	size_t i, row, column;

	svg_path(sheet->svg, "f0");
	for (i = 0; i < chart->cell_count; i++) {
		row = find(&t->rows, chart->cells[i].row);
		column = find(&t->columns, chart->cells[i].column);
		if (row == t->rows.count || column == t->columns.count ||
		    !(chart->cells[i].weight > 0))
			continue;
		side = fmax(1.4, (t->side - 1) *
					 sqrt(chart->cells[i].weight / most));
		x = t->left + t->side * ((double)column + 0.5) - side / 2;
		y = t->top + t->side * ((double)row + 0.5) - side / 2;
		svg_box(sheet->svg, x, y, side, side);
	}
	svg_path_end(sheet->svg);
}

void
tiles_heat(const struct sheet *sheet)
{
	struct tiles t = lay_out(sheet);
	double most = 0;
	char number[UNITS_SIZE], text[4 * UNITS_SIZE];
	size_t i;

	for (i = 0; i < sheet->chart->cell_count; i++)
		most = fmax(most, sheet->chart->cells[i].weight);
	draw_names(sheet, &t);
	draw_squares(sheet, &t, most);
	units_number(most, number);
	if (sheet->words[0] == NULL)
		snprintf(text, sizeof(text), "largest: %s", number);
	else
		snprintf(text, sizeof(text), "%s down, %s across; largest: %s",
			 sheet->words[0], sheet->words[1], number);
	svg_text(sheet->svg, NULL, 4,
		 t.top + t.side * (double)t.rows.count + 15, text, 58);
}
