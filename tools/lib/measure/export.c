#include "measure/export.h"

#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "base/times.h"

struct listing *
export_open(FILE *out, enum listing_format format)
{
	static const char *const columns[] = { "metric", "part",   "by",
					       "group",	 "period", "value",
					       "unit",	 "n",	   "band",
					       "bands",	 NULL };

	return listing_open(out, format, columns);
}

static void
list_figure(struct listing *list, const struct metric *metric,
	    const struct frame *frame, const struct bands *bands,
	    const struct figure *figure)
{
	char grouping[FRAME_GROUPING];

	listing_string(list, metric->name);
	listing_string(list, figure->part);
	listing_string(list, frame_grouping(frame, grouping));
	listing_string(list, figure->group);
	listing_string(list, figure->period);
	if (figure->known)
		listing_real(list, figure->value);
	else
		listing_null(list);
	listing_string(list, figure->unit);
	listing_int(list, figure->n);
	listing_string(list, figure->band);
	listing_string(list, bands_judges(bands, metric->name)
				     ? bands_name(bands)
				     : NULL);
}

void
export_figures(struct listing *list, const struct metric *metric,
	       const struct frame *frame, const struct bands *bands,
	       const struct figures *figures)
{
	size_t i;

	for (i = 0; i < figures->count; i++)
		list_figure(list, metric, frame, bands, &figures->items[i]);
}

/* How a column of figure_rows is printed. */
enum sort { HIDDEN, PLAIN, TIME, PERIOD };

static enum sort
sort_of(const struct frame *frame, enum listing_format format, const char *name)
{
	size_t len = strlen(name);
	bool table = format == LISTING_TABLE;

	if (strcmp(name, "grp") == 0)
		return table && frame->by == FRAME_ALL ? HIDDEN : PLAIN;
	if (strcmp(name, "period") == 0)
		return table && frame->every == FRAME_WHOLE ? HIDDEN : PERIOD;
	return len > 3 && strcmp(name + len - 3, "_at") == 0 ? TIME : PLAIN;
}

static void
print_cell_of(struct listing *list, struct store_query *query, int at,
	      enum sort sort)
{
	char text[TIMES_SIZE];
	const char *s;
	size_t len;

	if (store_is_null(query, at)) {
		listing_null(list);
	} else if (sort == TIME) {
		times_format_seconds(store_int(query, at) * 1000, text);
		listing_string(list, text);
	} else if (store_sort(query, at) == 'i') {
		listing_int(list, store_int(query, at));
	} else if (store_sort(query, at) == 'r') {
		listing_real(list, store_real(query, at));
	} else {
		s = store_text(query, at, &len);
		if (sort == PERIOD && len == 0)
			listing_null(list);
		else
			listing_text(list, s, len);
	}
}

static int
print_rows(struct store_query *query, const struct frame *frame, FILE *out,
	   enum listing_format format)
{
	int width = store_columns(query), i, row;
	const char **names = msg_calloc((size_t)width + 1, sizeof(*names));
	enum sort *sorts = msg_calloc((size_t)width, sizeof(*sorts));
	struct listing *list;
	size_t shown = 0, rows = 0;

	for (i = 0; i < width; i++) {
		const char *name = store_column_name(query, i);

		sorts[i] = sort_of(frame, format, name);
		if (sorts[i] != HIDDEN)
			names[shown++] =
				strcmp(name, "grp") == 0 ? "group" : name;
	}
	list = listing_open(out, format, names);
	for (; (row = store_step(query)) == 1; rows++)
		for (i = 0; i < width; i++)
			if (sorts[i] != HIDDEN)
				print_cell_of(list, query, i, sorts[i]);
	listing_close(list);
	if (format == LISTING_TABLE && row == 0 && rows == 0)
		fputs("no data\n", out);
	free(sorts);
	free(names);
	return row;
}

int
export_rows(struct store *store, const struct frame *frame, FILE *out,
	    enum listing_format format)
{
	struct store_query *query =
		store_query(store, "SELECT * FROM figure_rows"
				   " ORDER BY grp, period, rowid");
	int row;

	if (query == NULL)
		return -1;
	row = print_rows(query, frame, out, format);
	store_query_free(query);
	return row;
}
