#include "measure/figures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "measure/labels.h"
#include "measure/needed.h"
#include "measure/statement.h"

enum { MEASURES = 16, MOST_CELLS = 4000000 };
/* In place of a label: a figure's part is the whole. */
#define WHOLE ((size_t)-1)

/* A figure as the SQL delivers it, and where it belongs. */
struct cell {
	size_t group, period, part;
	struct figure figure;
};

/* The columns of a figure by what they are for. */
struct columns {
	int grp, period, part, value, n, unit, note;
};

/* A metric that is being worked out. */
struct work {
	const struct figures_basis *basis;
	const struct metric *metric;
	struct statement statement;
	struct store_query *query;
	struct columns columns;
	struct labels *groups, *periods, *parts;
	struct cell *cells;
	size_t count, room;
	struct figures *figures;
	char **why;
};

static bool
wants_state(const struct figures_basis *basis, const struct metric *metric)
{
	return metric_mentions(basis->metrics, metric, "state.");
}

int
figures_rows(const struct figures_basis *basis, const struct metric *metric,
	     char **why)
{
	struct statement s = { metric, "CREATE TEMP TABLE figure_rows AS ",
			       metric->rows, metric->rows_line };

	*why = NULL;
	if (store_run(basis->store, "DROP TABLE IF EXISTS temp.figure_rows") !=
	    0) {
		statement_complain(basis, &s, why);
		return -1;
	}
	/* Without state.db there is nothing to count. */
	if (wants_state(basis, metric) && !basis->frame->state)
		s.sql = "SELECT NULL AS grp, NULL AS period WHERE 0";
	else if (needed_make(basis, metric, why) != 0)
		return -1;
	return statement_run(basis, &s, why);
}

static int
column(struct store_query *query, const char *name)
{
	int i;

	for (i = 0; i < store_columns(query); i++)
		if (strcmp(store_column_name(query, i), name) == 0)
			return i;
	return -1;
}

static const char *
text_of(struct store_query *query, int at)
{
	return at < 0 ? NULL : store_text(query, at, NULL);
}

static const char *
band_of(const struct work *w)
{
	struct bands_measure measures[MEASURES];
	struct store_query *query = w->query;
	size_t count = 0;
	int i;

	for (i = 0; i < store_columns(query) && count < MEASURES; i++) {
		char sort = store_sort(query, i);

		if ((sort == 'i' || sort == 'r') && i != w->columns.n)
			measures[count++] =
				(struct bands_measure){ store_column_name(query,
									  i),
							store_real(query, i) };
	}
	return bands_word(w->basis->bands, w->metric->name, measures, count);
}

static void
read_figure(const struct work *w, struct figure *f)
{
	const struct columns *c = &w->columns;
	const char *unit = text_of(w->query, c->unit);
	const char *note = text_of(w->query, c->note);

	f->unit = w->metric->unit;
	f->n = store_int(w->query, c->n);
	f->known = !store_is_null(w->query, c->value);
	f->value = store_real(w->query, c->value);
	if (unit != NULL)
		f->unit = f->own_unit = msg_strdup(unit);
	if (note != NULL && *note != '\0')
		f->note = msg_strdup(note);
	if (f->known && f->part == NULL && !figures_too_few(f))
		f->band = band_of(w);
}

static int
complain(const struct work *w, const char *what)
{
	*w->why = msg_text("%s:%u: %s", w->metric->file,
			   w->metric->figures_line, what);
	return -1;
}

/* 0: taken, or of no group; -1: of a part or period that there is not. */
static int
take(struct work *w)
{
	const char *grp = text_of(w->query, w->columns.grp);
	const char *period = text_of(w->query, w->columns.period);
	const char *part = text_of(w->query, w->columns.part);
	size_t periods = labels_count(w->periods);
	struct cell *cell;

	if (grp == NULL)
		return 0;
	if (w->count == w->room) {
		w->room = w->room == 0 ? 64 : 2 * w->room;
		w->cells = msg_realloc(w->cells, w->room * sizeof(*w->cells));
	}
	cell = &w->cells[w->count];
	*cell = (struct cell){ .part = WHOLE };
	cell->group = labels_add(w->groups, grp);
	cell->period = labels_add(w->periods, period != NULL ? period : "");
	if (!w->metric->list && cell->period >= periods)
		return complain(w, "a figure of a period that is not in "
				   "periods");
	if (part != NULL && *part != '\0') {
		if (!w->metric->any_parts &&
		    !metric_has_word(&w->metric->parts, part))
			return complain(w, "a figure of a part that the head "
					   "does not name");
		cell->part = labels_add(w->parts, part);
		cell->figure.part = labels_at(w->parts, cell->part);
	}
	read_figure(w, &cell->figure);
	w->count++;
	return 0;
}

static int
find_columns(struct work *w)
{
	struct columns *c = &w->columns;

	*c = (struct columns){
		column(w->query, "grp"),  column(w->query, "period"),
		column(w->query, "part"), column(w->query, "value"),
		column(w->query, "n"),	  column(w->query, "unit"),
		column(w->query, "note")
	};
	if (c->grp < 0 || c->period < 0 || c->value < 0 || c->n < 0)
		return complain(w, "the figures need columns grp, period, "
				   "value and n");
	return 0;
}

static int
read_cells(struct work *w)
{
	int row = 1;

	if (wants_state(w->basis, w->metric) && !w->basis->frame->state)
		return 0;
	w->query = statement_prepare(w->basis, &w->statement, w->why);
	if (w->query == NULL)
		return -1;
	if (find_columns(w) != 0)
		row = -1;
	while (row == 1 && (row = store_step(w->query)) == 1)
		if (take(w) != 0)
			row = -1;
	if (row < 0 && *w->why == NULL)
		statement_complain(w->basis, &w->statement, w->why);
	store_query_free(w->query);
	return row;
}

static int
read_labels(const struct work *w, const char *sql, struct labels *labels)
{
	struct store_query *query = store_query(w->basis->store, sql);
	int row = -1;

	while (query != NULL && (row = store_step(query)) == 1)
		labels_add(labels, store_text(query, 0, NULL));
	store_query_free(query);
	if (row < 0)
		statement_complain(w->basis, &w->statement, w->why);
	return row;
}

/* Groups, periods and parts that are known before anything is counted. */
static int
know_labels(struct work *w)
{
	size_t i;

	for (i = 0; i < w->metric->parts.count; i++)
		labels_add(w->parts, w->metric->parts.items[i]);
	if (w->metric->list)
		return 0;
	return read_labels(w, "SELECT grp FROM groups ORDER BY place",
			   w->groups) != 0 ||
			       read_labels(w,
					   "SELECT period FROM periods"
					   " ORDER BY 1",
					   w->periods) != 0
		       ? -1
		       : 0;
}

/* The names in a figure are those of the figures from here on. */
static void
name(struct work *w, struct figure *f, size_t group, size_t period, size_t part)
{
	struct labels *names = w->figures->names;
	const char *first = labels_at(w->periods, period);

	f->group = labels_at(names,
			     labels_add(names, labels_at(w->groups, group)));
	f->period = *first == '\0' ? NULL
				   : labels_at(names, labels_add(names, first));
	f->part = part == WHOLE
			  ? NULL
			  : labels_at(names,
				      labels_add(names,
						 labels_at(w->parts, part)));
}

static void
make_list(struct work *w)
{
	struct figures *f = w->figures;
	size_t i;

	f->items = msg_calloc(w->count + 1, sizeof(*f->items));
	for (f->count = w->count, i = 0; i < w->count; i++) {
		f->items[i] = w->cells[i].figure;
		name(w, &f->items[i], w->cells[i].group, w->cells[i].period,
		     w->cells[i].part);
	}
}

static void
fill_empty(struct work *w, size_t parts)
{
	struct figures *f = w->figures;
	size_t periods = labels_count(w->periods), i;

	for (i = 0; i < f->count; i++) {
		f->items[i] = (struct figure){ .unit = w->metric->unit,
					       .known = w->metric->zero };
		name(w, &f->items[i], i / parts / periods, i / parts % periods,
		     i % parts == 0 ? WHOLE : i % parts - 1);
	}
}

static int
make_grid(struct work *w)
{
	struct figures *f = w->figures;
	size_t parts = labels_count(w->parts) + 1;
	size_t periods = labels_count(w->periods), i, at;

	f->count = labels_count(w->groups) * periods * parts;
	if (f->count > MOST_CELLS)
		return complain(w, "more than 4 million figures: a shorter "
				   "window, please, or a narrower scope");
	f->items = msg_calloc(f->count + 1, sizeof(*f->items));
	fill_empty(w, parts);
	for (i = 0; i < w->count; i++) {
		const struct cell *cell = &w->cells[i];
		struct figure *to;

		at = (cell->group * periods + cell->period) * parts +
		     (cell->part == WHOLE ? 0 : cell->part + 1);
		to = &f->items[at];
		free(to->note);
		free(to->own_unit);
		*to = cell->figure;
		name(w, to, cell->group, cell->period, cell->part);
	}
	return 0;
}

static int
work_out(struct work *w)
{
	if (know_labels(w) != 0 || read_cells(w) != 0)
		return -1;
	if (!w->metric->list)
		return make_grid(w);
	make_list(w);
	return 0;
}

static void
drop_cells(struct work *w)
{
	size_t i;

	for (i = 0; i < w->count; i++) {
		free(w->cells[i].figure.note);
		free(w->cells[i].figure.own_unit);
	}
}

struct figures *
figures_read(const struct figures_basis *basis, const struct metric *metric,
	     char **why)
{
	struct work w = { .basis = basis,
			  .metric = metric,
			  .statement = { metric, "", metric->figures,
					 metric->figures_line },
			  .why = why };

	*why = NULL;
	w.groups = labels_new();
	w.periods = labels_new();
	w.parts = labels_new();
	w.figures = msg_calloc(1, sizeof(*w.figures));
	w.figures->names = labels_new();
	if (work_out(&w) != 0) {
		if (w.figures->items == NULL)
			drop_cells(&w);
		figures_free(w.figures);
		w.figures = NULL;
	}
	free(w.cells);
	labels_free(w.groups);
	labels_free(w.periods);
	labels_free(w.parts);
	return w.figures;
}

bool
figures_too_few(const struct figure *figure)
{
	return figure->known && figure->part == NULL &&
	       figure->n < FIGURES_ENOUGH;
}

void
figures_free(struct figures *figures)
{
	size_t i;

	if (figures == NULL)
		return;
	for (i = 0; figures->items != NULL && i < figures->count; i++) {
		free(figures->items[i].note);
		free(figures->items[i].own_unit);
	}
	labels_free(figures->names);
	free(figures->items);
	free(figures);
}

int
figures_plan(const struct figures_basis *basis, const struct metric *metric,
	     FILE *out, char **why)
{
	struct statement rows = { metric, "", metric->rows, metric->rows_line };
	struct statement figures = { metric, "", metric->figures,
				     metric->figures_line };

	return needed_plan(basis, metric, out, why) != 0 ||
			       statement_plan(basis, &rows, out, why) != 0 ||
			       statement_plan(basis, &figures, out, why) != 0
		       ? -1
		       : 0;
}
