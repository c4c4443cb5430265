#include "base/listing.h"

#include <stdlib.h>
#include <string.h>

#include "base/jsonw.h"
#include "base/msg.h"
#include "base/utf8.h"

struct cell {
	char *text; /* NULL: nothing */
	size_t len;
	bool number;
};

struct listing {
	FILE *out;
	enum listing_format format;
	const char *const *columns;
	size_t width;	    /* how many columns */
	size_t at;	    /* cells in the row that is being written */
	bool *right;	    /* by column */
	struct jsonw w;	    /* the NDJSON line */
	struct cell *cells; /* of a table, row after row */
	size_t count, room;
};

bool
listing_format(const char *name, enum listing_format *format)
{
	static const char *const names[] = { "table", "csv", "ndjson" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(name, names[i]) == 0) {
			*format = (enum listing_format)i;
			return true;
		}
	return false;
}

static void
csv_text(FILE *out, const char *text, size_t len)
{
	bool formula =
		len > 0 && *text != '\0' && strchr("=+-@\t\r", *text) != NULL;
	size_t i;

	if (!formula && memchr(text, ',', len) == NULL &&
	    memchr(text, '"', len) == NULL && memchr(text, '\n', len) == NULL &&
	    memchr(text, '\r', len) == NULL) {
		fwrite(text, 1, len, out);
		return;
	}
	fputs(formula ? "\"'" : "\"", out);
	for (i = 0; i < len; i++) {
		if (text[i] == '"')
			fputc('"', out);
		fputc(text[i], out);
	}
	fputc('"', out);
}

static void
keep(struct listing *list, const char *text, size_t len, bool number)
{
	struct cell *cell;

	if (list->count == list->room) {
		list->room = list->room == 0 ? 64 : list->room * 2;
		list->cells = msg_realloc(list->cells,
					  list->room * sizeof(*list->cells));
	}
	cell = &list->cells[list->count++];
	*cell = (struct cell){ NULL, len, number };
	if (text == NULL)
		return;
	cell->text = msg_calloc(len + 1, 1);
	memcpy(cell->text, text, len);
}

/* The first row of a table: REPO for repo, N OF M for n_of_m. */
static void
keep_head(struct listing *list, const char *column)
{
	char *c;

	keep(list, column, strlen(column), false);
	for (c = list->cells[list->count - 1].text; *c != '\0'; c++)
		if (*c == '_')
			*c = ' ';
		else if (*c >= 'a' && *c <= 'z')
			*c = (char)(*c - 'a' + 'A');
}

struct listing *
listing_open(FILE *out, enum listing_format format, const char *const *columns)
{
	struct listing *list = msg_calloc(1, sizeof(*list));
	size_t i;

	list->out = out;
	list->format = format;
	list->columns = columns;
	while (columns[list->width] != NULL)
		list->width++;
	list->right = msg_calloc(list->width, sizeof(*list->right));
	for (i = 0; i < list->width; i++) {
		if (format == LISTING_TABLE)
			keep_head(list, columns[i]);
		if (format != LISTING_CSV)
			continue;
		csv_text(out, columns[i], strlen(columns[i]));
		fputc(i + 1 < list->width ? ',' : '\n', out);
	}
	return list;
}

void
listing_right(struct listing *list, size_t column)
{
	list->right[column] = true;
}

/* Opens the cell's place in a JSON line. */
static void
begin(struct listing *list)
{
	if (list->format == LISTING_CSV && list->at > 0)
		fputc(',', list->out);
	if (list->format != LISTING_NDJSON)
		return;
	if (list->at == 0)
		jsonw_open(&list->w, '{');
	jsonw_key(&list->w, list->columns[list->at]);
}

static void
end(struct listing *list)
{
	if (++list->at < list->width)
		return;
	list->at = 0;
	if (list->format == LISTING_CSV)
		fputc('\n', list->out);
	if (list->format != LISTING_NDJSON)
		return;
	jsonw_close(&list->w, '}');
	fprintf(list->out, "%s\n", list->w.text);
	jsonw_reset(&list->w);
}

void
listing_text(struct listing *list, const char *text, size_t len)
{
	begin(list);
	if (list->format == LISTING_TABLE)
		keep(list, text, len, false);
	else if (list->format == LISTING_CSV)
		csv_text(list->out, text, len);
	else
		jsonw_bytes(&list->w, text, len);
	end(list);
}

void
listing_string(struct listing *list, const char *text)
{
	if (text == NULL)
		listing_null(list);
	else
		listing_text(list, text, strlen(text));
}

/* The number as JSON writes it, in all formats. */
static void
number(struct listing *list, const char *text, size_t len)
{
	if (list->format == LISTING_TABLE)
		keep(list, text, len, true);
	else if (list->format == LISTING_CSV)
		fwrite(text, 1, len, list->out);
}

void
listing_int(struct listing *list, int64_t value)
{
	char text[24];
	int len = snprintf(text, sizeof(text), "%lld", (long long)value);

	begin(list);
	number(list, text, (size_t)len);
	if (list->format == LISTING_NDJSON)
		jsonw_int(&list->w, value);
	end(list);
}

void
listing_real(struct listing *list, double value)
{
	struct jsonw w = { 0 };

	begin(list);
	if (list->format == LISTING_NDJSON) {
		jsonw_real(&list->w, value);
	} else {
		jsonw_real(&w, value);
		number(list, w.text, w.len);
		jsonw_free(&w);
	}
	end(list);
}

void
listing_null(struct listing *list)
{
	begin(list);
	if (list->format == LISTING_TABLE)
		keep(list, NULL, 0, false);
	else if (list->format == LISTING_NDJSON)
		jsonw_null(&list->w);
	end(list);
}

size_t
listing_show(FILE *out, const char *text, size_t len)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t i, n, width = 0;

	for (i = 0; i < len; i += n) {
		n = utf8_shown(s + i, len - i);
		width += n > 0 ? utf8_columns(s + i, len - i) : 4;
		if (out != NULL && n > 0)
			fwrite(s + i, 1, n, out);
		else if (out != NULL)
			fprintf(out, "\\x%02x", s[i]);
		if (n == 0)
			n = 1;
	}
	return width;
}

static size_t
cell_width(const struct cell *cell)
{
	return cell->text == NULL ? 1
				  : listing_show(NULL, cell->text, cell->len);
}

/* Numbers stand to the right, so does a head above nothing but numbers.  A
 * column without anything gets no width.  The first row is the heads. */
static size_t
measure(struct listing *list, size_t column)
{
	size_t width = cell_width(&list->cells[column]), i;
	bool numbers = false, texts = false, any = false;

	for (i = column + list->width; i < list->count; i += list->width) {
		const struct cell *cell = &list->cells[i];

		if (cell_width(cell) > width)
			width = cell_width(cell);
		numbers |= cell->number;
		texts |= cell->text != NULL && cell->len > 0 && !cell->number;
		any |= cell->text == NULL || cell->len > 0;
	}
	list->right[column] |= numbers && !texts;
	return any ? width : 0;
}

static void
pad(FILE *out, size_t count)
{
	while (count-- > 0)
		fputc(' ', out);
}

static void
print_cell(const struct listing *list, const struct cell *cell, size_t column,
	   size_t width)
{
	size_t gap = width - cell_width(cell);

	if (list->right[column])
		pad(list->out, gap);
	if (cell->text == NULL)
		fputc('-', list->out);
	else
		listing_show(list->out, cell->text, cell->len);
	if (!list->right[column])
		pad(list->out, gap);
}

/* Nothing is printed behind the last cell that shows something. */
static void
print_row(const struct listing *list, const struct cell *row,
	  const size_t *widths)
{
	size_t end = list->width, i;
	bool first = true;

	while (end > 0 && (widths[end - 1] == 0 || (row[end - 1].text != NULL &&
						    row[end - 1].len == 0)))
		end--;
	for (i = 0; i < end; i++) {
		bool last = i + 1 == end && !list->right[i];

		if (widths[i] == 0)
			continue;
		pad(list->out, first ? 0 : 2);
		first = false;
		print_cell(list, &row[i], i,
			   last ? cell_width(&row[i]) : widths[i]);
	}
	fputc('\n', list->out);
}

static void
print_table(struct listing *list)
{
	size_t *widths = msg_calloc(list->width, sizeof(*widths));
	size_t i;

	for (i = 0; i < list->width; i++)
		widths[i] = measure(list, i);
	for (i = 0; i < list->count; i += list->width)
		print_row(list, &list->cells[i], widths);
	free(widths);
}

void
listing_drop(struct listing *list)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		free(list->cells[i].text);
	free(list->cells);
	free(list->right);
	jsonw_free(&list->w);
	free(list);
}

void
listing_close(struct listing *list)
{
	if (list->count > list->width)
		print_table(list);
	listing_drop(list);
}
