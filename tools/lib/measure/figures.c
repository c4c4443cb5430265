#include "measure/figures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

/* The names of a frame's groups or periods, in order. */
struct names {
	char **items;
	size_t count;
};

/* A metric that is being worked out. */
struct work {
	struct store *store;
	const struct metric *metric;
	const struct frame *frame;
	const struct bands *bands;
	struct figures *figures;
	struct names groups, periods;
	size_t parts; /* with the whole */
};

enum { MEASURES = 16 };

static void
complain(const struct work *w, unsigned line, const char *reason, char **why)
{
	if (asprintf(why, "%s:%u: %s", w->metric->file, line, reason) < 0)
		msg_die(EX_OSERR, "cannot run '%s': out of memory",
			w->metric->name);
}

static void
bind_text(struct store_query *query, int place, const char *text)
{
	store_bind_text(query, place, text, text == NULL ? 0 : strlen(text));
}

/* False when nobody knows that parameter. */
static bool
bind_one(const struct work *w, struct store_query *query, const char *name)
{
	const struct frame *f = w->frame;
	char with_colon[72];
	int place;

	snprintf(with_colon, sizeof(with_colon), ":%s", name);
	if ((place = store_parameter(query, with_colon)) == 0)
		return true; /* of the other statement's text, or none */
	if (strcmp(name, "client") == 0)
		store_bind_int(query, place, f->client);
	else if (strcmp(name, "since") == 0)
		store_bind_int(query, place, f->since);
	else if (strcmp(name, "until") == 0)
		store_bind_int(query, place, f->until);
	else if (strcmp(name, "tz") == 0)
		bind_text(query, place, f->zone);
	else if (strcmp(name, "by") == 0)
		bind_text(query, place, frame_by_names[f->by]);
	else if (bands_parameter(w->bands, name) != NULL)
		bind_text(query, place, bands_parameter(w->bands, name));
	else
		return false;
	return true;
}

static struct store_query *
prepare(const struct work *w, const char *sql, unsigned line, char **why)
{
	struct store_query *query = store_query(w->store, sql);
	const char *at = sql;
	char name[64], reason[96];

	if (query == NULL) {
		complain(w, line, store_error(w->store), why);
		return NULL;
	}
	while (metric_parameter(&at, name, sizeof(name)))
		if (!bind_one(w, query, name)) {
			snprintf(reason, sizeof(reason),
				 "no parameter is called :%s", name);
			complain(w, line, reason, why);
			store_query_free(query);
			return NULL;
		}
	return query;
}

static int
create_rows(const struct work *w, const char *sql, char **why)
{
	struct store_query *query = prepare(w, sql, w->metric->rows_line, why);
	int row;

	if (query == NULL)
		return -1;
	if ((row = store_step(query)) != 0)
		complain(w, w->metric->rows_line, store_error(w->store), why);
	store_query_free(query);
	return row;
}

int
figures_rows(struct store *store, const struct metric *metric,
	     const struct frame *frame, const struct bands *bands, char **why)
{
	static const char before[] = "CREATE TEMP TABLE figure_rows AS ";
	struct work w = {
		.store = store, .metric = metric, .frame = frame, .bands = bands
	};
	size_t size = sizeof(before) + strlen(metric->rows);
	char *sql;
	int failed;

	if (store_run(store, "DROP TABLE IF EXISTS temp.figure_rows") != 0) {
		complain(&w, metric->rows_line, store_error(store), why);
		return -1;
	}
	sql = msg_calloc(size, 1);
	snprintf(sql, size, "%s%s", before, metric->rows);
	failed = create_rows(&w, sql, why);
	free(sql);
	return failed;
}

static int
read_names(const struct work *w, const char *sql, struct names *names)
{
	struct store_query *query = store_query(w->store, sql);
	int row = -1;

	while (query != NULL && (row = store_step(query)) == 1) {
		names->items =
			msg_realloc(names->items,
				    (names->count + 1) * sizeof(*names->items));
		names->items[names->count++] =
			msg_strdup(store_text(query, 0, NULL));
	}
	store_query_free(query);
	return row;
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Where a name stands, or -1. */
static int64_t
place_of(const struct names *names, const char *name)
{
	char **found = bsearch(&name, names->items, names->count,
			       sizeof(*names->items), compare_names);

	return found == NULL ? -1 : found - names->items;
}

/* 0 is the whole, -1 no part of the metric. */
static int64_t
part_of(const struct metric *metric, const char *part)
{
	int64_t i;

	if (part == NULL || *part == '\0')
		return 0;
	for (i = 0; metric->parts[i] != NULL; i++)
		if (strcmp(metric->parts[i], part) == 0)
			return i + 1;
	return -1;
}

static void
make_grid(struct work *w)
{
	struct figures *f = w->figures;
	size_t i, g, p;

	while (w->metric->parts[w->parts] != NULL)
		w->parts++;
	w->parts++;
	f->count = w->groups.count * w->periods.count * w->parts;
	f->items = msg_calloc(f->count + 1, sizeof(*f->items));
	for (i = 0; i < f->count; i++) {
		g = i / w->parts / w->periods.count;
		p = i / w->parts % w->periods.count;
		f->items[i] = (struct figure){
			.group = w->groups.items[g],
			.unit = w->metric->unit,
		};
		if (i % w->parts > 0)
			f->items[i].part = w->metric->parts[i % w->parts - 1];
		if (*w->periods.items[p] != '\0')
			f->items[i].period = w->periods.items[p];
	}
}

/* The columns of a figure by what they are for. */
struct columns {
	int grp, period, part, value, n, unit, note;
};

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
band_of(const struct work *w, struct store_query *query,
	const struct columns *c)
{
	struct bands_measure measures[MEASURES];
	size_t count = 0;
	int i;

	for (i = 0; i < store_columns(query) && count < MEASURES; i++) {
		char sort = store_sort(query, i);

		if ((sort == 'i' || sort == 'r') && i != c->n)
			measures[count++] =
				(struct bands_measure){ store_column_name(query,
									  i),
							store_real(query, i) };
	}
	return bands_word(w->bands, w->metric->name, measures, count);
}

static struct figure *
figure_at(const struct work *w, struct store_query *query,
	  const struct columns *c)
{
	const char *grp = text_of(query, c->grp);
	const char *period = text_of(query, c->period);
	int64_t g = grp == NULL ? -1 : place_of(&w->groups, grp);
	int64_t p = period == NULL ? -1 : place_of(&w->periods, period);
	int64_t part = part_of(w->metric, text_of(query, c->part));

	if (g < 0 || p < 0 || part < 0)
		return NULL;
	return &w->figures->items[((size_t)g * w->periods.count + (size_t)p) *
					  w->parts +
				  (size_t)part];
}

static void
take(const struct work *w, struct store_query *query, const struct columns *c)
{
	struct figure *f = figure_at(w, query, c);
	const char *unit = text_of(query, c->unit);
	const char *note = text_of(query, c->note);

	if (f == NULL)
		return;
	f->n = store_int(query, c->n);
	f->known = !store_is_null(query, c->value);
	f->value = store_real(query, c->value);
	if (unit != NULL)
		f->unit = f->own_unit = msg_strdup(unit);
	if (note != NULL && *note != '\0')
		f->note = msg_strdup(note);
	if (f->known && f->part == NULL && f->n >= FIGURES_ENOUGH)
		f->band = band_of(w, query, c);
}

static int
read_figures(const struct work *w, char **why)
{
	struct store_query *query =
		prepare(w, w->metric->figures, w->metric->figures_line, why);
	struct columns c;
	int row = 0;

	if (query == NULL)
		return -1;
	c = (struct columns){ column(query, "grp"),  column(query, "period"),
			      column(query, "part"), column(query, "value"),
			      column(query, "n"),    column(query, "unit"),
			      column(query, "note") };
	if (c.grp < 0 || c.period < 0 || c.value < 0 || c.n < 0)
		complain(w, w->metric->figures_line,
			 "the figures need columns grp, period, value and n",
			 why);
	else
		while ((row = store_step(query)) == 1)
			take(w, query, &c);
	if (row < 0)
		complain(w, w->metric->figures_line, store_error(w->store),
			 why);
	store_query_free(query);
	return *why == NULL ? 0 : -1;
}

/* The figures own the names from here on. */
static void
hand_over_names(struct work *w)
{
	struct figures *f = w->figures;
	size_t i, n = 0;

	f->names = msg_calloc(w->groups.count + w->periods.count + 1,
			      sizeof(*f->names));
	for (i = 0; i < w->groups.count; i++)
		f->names[n++] = w->groups.items[i];
	for (i = 0; i < w->periods.count; i++)
		f->names[n++] = w->periods.items[i];
	free(w->groups.items);
	free(w->periods.items);
}

struct figures *
figures_read(struct store *store, const struct metric *metric,
	     const struct frame *frame, const struct bands *bands, char **why)
{
	struct work w = {
		.store = store, .metric = metric, .frame = frame, .bands = bands
	};
	int failed;

	*why = NULL;
	w.figures = msg_calloc(1, sizeof(*w.figures));
	failed = read_names(&w, "SELECT grp FROM groups ORDER BY 1",
			    &w.groups) != 0 ||
		 read_names(&w, "SELECT period FROM periods ORDER BY 1",
			    &w.periods) != 0;
	if (failed)
		complain(&w, 0, store_error(store), why);
	make_grid(&w);
	hand_over_names(&w);
	w.groups.items = w.figures->names;
	w.periods.items = w.figures->names + w.groups.count;
	if (failed || read_figures(&w, why) != 0) {
		figures_free(w.figures);
		return NULL;
	}
	return w.figures;
}

void
figures_free(struct figures *figures)
{
	size_t i;

	if (figures == NULL)
		return;
	for (i = 0; i < figures->count; i++) {
		free(figures->items[i].note);
		free(figures->items[i].own_unit);
	}
	for (i = 0; figures->names[i] != NULL; i++)
		free(figures->names[i]);
	free(figures->names);
	free(figures->items);
	free(figures);
}

static int
plan(const struct work *w, const char *statement, unsigned line, FILE *out,
     char **why)
{
	if (frame_explain(w->store, statement, out) == 0)
		return 0;
	complain(w, line, store_error(w->store), why);
	return -1;
}

int
figures_plan(struct store *store, const struct metric *metric, FILE *out,
	     char **why)
{
	struct work w = { .store = store, .metric = metric };

	return plan(&w, metric->rows, metric->rows_line, out, why) != 0 ||
			       plan(&w, metric->figures, metric->figures_line,
				    out, why) != 0
		       ? -1
		       : 0;
}
