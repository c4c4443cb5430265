/* What scatter and heat take from the rows behind the figures. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "measure/functions.h"
#include "picture/words.h"

static int
read_points(struct chart *chart, struct store *store, const char *const *words)
{
	struct store_query *query;
	struct chart_point *point;
	char sql[512];
	int row = -1;

	snprintf(sql, sizeof(sql),
		 "SELECT f.%s, f.%s FROM figure_rows f WHERE f.%s IS NOT NULL"
		 " AND f.%s IS NOT NULL ORDER BY 1, 2",
		 words[0], words[1], words[0], words[1]);
	query = store_query(store, sql);
	while (query != NULL && (row = store_step(query)) == 1) {
		if ((chart->point_count & (chart->point_count - 1)) == 0)
			chart->points = msg_realloc(
				chart->points, (2 * chart->point_count + 1) *
						       sizeof(*chart->points));
		point = &chart->points[chart->point_count++];
		point->x = store_real(query, 0);
		point->y = store_real(query, 1);
	}
	store_query_free(query);
	return row;
}

static void
add_cell(struct chart *chart, const char *row, const char *column,
	 double weight)
{
	chart->cells = msg_realloc(chart->cells, (chart->cell_count + 1) *
							 sizeof(*chart->cells));
	chart->cells[chart->cell_count++] =
		(struct chart_cell){ msg_strdup(row), msg_strdup(column),
				     weight };
}

static int
read_cells(struct chart *chart, struct store *store, const char *const *words)
{
	const char *weight = words[2] != NULL ? words[2] : "rowid";
	struct store_query *query;
	char sql[512];
	int row = -1;

	snprintf(sql, sizeof(sql),
		 "SELECT CAST(f.%s AS TEXT), CAST(f.%s AS TEXT), %s(f.%s)"
		 " FROM figure_rows f WHERE f.%s IS NOT NULL"
		 " AND f.%s IS NOT NULL GROUP BY 1, 2",
		 words[0], words[1], words[2] != NULL ? "sum" : "count", weight,
		 words[0], words[1]);
	query = store_query(store, sql);
	while (query != NULL && (row = store_step(query)) == 1) {
		add_cell(chart, store_text(query, 0, NULL),
			 store_text(query, 1, NULL), store_real(query, 2));
	}
	store_query_free(query);
	return row;
}

static void
take_figures(struct chart *chart)
{
	const struct figure *f = chart->figures->items;
	size_t i;

	for (i = 0; i < chart->figures->count; i++)
		if (f[i].known && f[i].part != NULL)
			add_cell(chart, f[i].group, f[i].part, f[i].value);
}

int
chart_points(struct chart *chart, struct session *session,
	     struct trouble *trouble)
{
	struct store *store = session_basis(session)->store;
	struct words words;
	int row;

	if (!chart_needs_points(chart))
		return 0;
	free(words_read(words_of(chart), &words));
	if (words.count == 0) {
		take_figures(chart);
		return 0;
	}
	if (session_rows(session, chart->metric, trouble) != 0)
		return -1;
	row = words.kind->source == WORDS_POINTS
		      ? read_points(chart, store, words.items)
		      : read_cells(chart, store, words.items);
	if (row == 0)
		return 0;
	return session_blame(session,
			     msg_text("%s: cannot be drawn: %s",
				      chart->metric->file, store_error(store)),
			     trouble);
}

double *
chart_sorted(const struct chart *chart)
{
	double *values = msg_calloc(chart->point_count, sizeof(*values));
	size_t i;

	for (i = 0; i < chart->point_count; i++)
		values[i] = chart->points[i].y;
	functions_sort(values, chart->point_count);
	return values;
}

void
chart_drop(struct chart *chart)
{
	size_t i;

	for (i = 0; i < chart->cell_count; i++) {
		free(chart->cells[i].row);
		free(chart->cells[i].column);
	}
	free(chart->cells);
	free(chart->points);
	chart->cells = NULL;
	chart->points = NULL;
	chart->cell_count = chart->point_count = 0;
}
