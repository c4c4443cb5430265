#include "measure/catalogue.h"

#include <stdlib.h>
#include <string.h>

#include "base/cli.h"
#include "base/msg.h"
#include "measure/labels.h"

/* One name of a call: what it stands for is added to the choice. */
struct pick {
	const struct metrics *metrics;
	const struct request *request;
	struct catalogue_choice *choice;
	char *why;
};

static const char *const topics[] = { "dora", "team",	 "sprint", "flow",
				      "bugs", "quality", "jobs" };

static int
by_place(const void *a, const void *b)
{
	const struct metric *const *x = a, *const *y = b;

	if ((*x)->place != (*y)->place)
		return (*x)->place < (*y)->place ? -1 : 1;
	return strcmp((*x)->name, (*y)->name);
}

static size_t
add_names(const char **known, size_t n, const struct metric *files,
	  size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		known[n++] = files[i].name;
		if (files[i].set != NULL)
			known[n++] = files[i].set;
	}
	return n;
}

/* Tables are known to explain alone. */
static char *
unknown(const struct metrics *metrics, const char *word, bool tables)
{
	size_t all = metrics->count + metrics->table_count;
	const char **known = msg_calloc(2 * all + 1, sizeof(*known));
	size_t n = add_names(known, 0, metrics->items, metrics->count);
	char *why;

	if (tables)
		add_names(known, n, metrics->tables, metrics->table_count);
	why = cli_nearest(word, known) != NULL
		      ? request_unknown("metric", word, known)
		      : msg_text("unknown metric '%s': metrics ls lists them",
				 word);
	free(known);
	return why;
}

static void
add(struct catalogue_choice *choice, const struct metric *metric)
{
	size_t i;

	for (i = 0; i < choice->count; i++)
		if (choice->metrics[i] == metric)
			return;
	choice->metrics[choice->count++] = metric;
}

/* The members of a set in its order; NULL-ended, to be freed. */
static const struct metric **
members(const struct metrics *metrics, const char *set)
{
	const struct metric **all =
		msg_calloc(metrics->count + 1, sizeof(struct metric *));
	size_t count = 0, i;

	for (i = 0; i < metrics->count; i++) {
		const char *own = metrics->items[i].set;

		if (set == own ||
		    (set != NULL && own != NULL && strcmp(set, own) == 0))
			all[count++] = &metrics->items[i];
	}
	qsort(all, count, sizeof(*all), by_place);
	return all;
}

static void
leave_out(struct catalogue_choice *choice, const struct metric *metric)
{
	char *before = choice->left_out;

	choice->left_out = before == NULL
				   ? msg_strdup(metric->name)
				   : msg_text("%s, %s", before, metric->name);
	free(before);
}

static void
pick_set(struct pick *p, const char *name)
{
	const struct metric **all = members(p->metrics, name), **m;
	size_t before = p->choice->count;
	char *first = NULL, *why;

	if (*all == NULL)
		p->why = unknown(p->metrics, name, false);
	for (m = all; *m != NULL; m++) {
		if ((why = request_refuse(p->request, *m)) == NULL) {
			add(p->choice, *m);
			continue;
		}
		leave_out(p->choice, *m);
		if (first == NULL)
			first = why;
		else
			free(why);
	}
	if (*all != NULL && p->choice->count == before && first != NULL) {
		p->why = first;
		first = NULL;
	}
	free(first);
	free(all);
}

static void
pick(struct pick *p, const char *name)
{
	const struct metric *one = metric_find(p->metrics, name);

	if (one == NULL)
		pick_set(p, name);
	else if ((p->why = request_refuse(p->request, one)) == NULL)
		add(p->choice, one);
}

char *
catalogue_choose(const struct metrics *metrics, char *const *names,
		 const struct request *request, struct catalogue_choice *choice)
{
	struct pick p = { metrics, request, choice, NULL };

	*choice = (struct catalogue_choice){ 0 };
	choice->metrics =
		msg_calloc(metrics->count + 1, sizeof(*choice->metrics));
	if (*names == NULL)
		pick(&p, "dora");
	for (; *names != NULL && p.why == NULL; names++)
		pick(&p, *names);
	return p.why;
}

static void
list_one(struct listing *list, const struct metric *metric)
{
	char *groupings = metric_join(&metric->by, &metric->every);

	listing_string(list, metric->name);
	listing_string(list, metric->set);
	listing_string(list, metric->unit);
	listing_string(list, groupings);
	listing_string(list, metric->help);
	free(groupings);
}

/* For people: a set's name above its metrics, which a column would repeat. */
static void
list_short(struct listing *list, const struct metric *metric)
{
	char *name = msg_text("  %s", metric->name);

	listing_string(list, name);
	listing_string(list, metric->help);
	free(name);
}

/* What is called for each metric. */
struct visitor {
	void (*each)(void *arg, const struct metric *metric);
	void *arg;
};

static void
each_of_set(const struct metrics *metrics, const char *set,
	    const struct visitor *visitor)
{
	const struct metric **all = members(metrics, set), **m;

	for (m = all; *m != NULL; m++)
		visitor->each(visitor->arg, *m);
	free(all);
}

static bool
is_first_of_set(const struct metrics *metrics, size_t at)
{
	const char *set = metrics->items[at].set;
	size_t i;

	for (i = 0; i < sizeof(topics) / sizeof(topics[0]); i++)
		if (strcmp(topics[i], set) == 0)
			return false;
	for (i = 0; i < at; i++)
		if (metrics->items[i].set != NULL &&
		    strcmp(metrics->items[i].set, set) == 0)
			return false;
	return true;
}

void
catalogue_each(const struct metrics *metrics,
	       void (*each)(void *arg, const struct metric *metric), void *arg)
{
	const struct visitor visitor = { each, arg };
	size_t i;

	for (i = 0; i < sizeof(topics) / sizeof(topics[0]); i++)
		each_of_set(metrics, topics[i], &visitor);
	for (i = 0; i < metrics->count; i++)
		if (metrics->items[i].set != NULL &&
		    is_first_of_set(metrics, i))
			each_of_set(metrics, metrics->items[i].set, &visitor);
	each_of_set(metrics, NULL, &visitor);
}

static bool
is_set(const struct metrics *metrics, const char *name)
{
	size_t i;

	for (i = 0; i < metrics->count; i++)
		if (metrics->items[i].set != NULL &&
		    strcmp(metrics->items[i].set, name) == 0)
			return true;
	return false;
}

bool
catalogue_knows(const struct metrics *metrics, const char *name)
{
	return metric_find(metrics, name) != NULL || is_set(metrics, name);
}

/* A list under way. */
struct catalogue_listing {
	struct listing *list;
	enum listing_format format;
	const struct metric *before; /* in a table */
};

static bool
same_set(const struct metric *a, const struct metric *b)
{
	return a->set == b->set || (a->set != NULL && b->set != NULL &&
				    strcmp(a->set, b->set) == 0);
}

static void
list_metric(void *arg, const struct metric *metric)
{
	struct catalogue_listing *l = arg;

	if (l->format != LISTING_TABLE) {
		list_one(l->list, metric);
		return;
	}
	if (l->before == NULL || !same_set(l->before, metric)) {
		listing_string(l->list,
			       metric->set != NULL ? metric->set : "others");
		listing_string(l->list, "");
	}
	list_short(l->list, metric);
	l->before = metric;
}

char *
catalogue_list(const struct metrics *metrics, char *const *sets, FILE *out,
	       enum listing_format format)
{
	static const char *const all[] = { "name", "set",  "unit",
					   "by",   "help", NULL };
	static const char *const few[] = { "name", "help", NULL };
	struct catalogue_listing l = { NULL, format, NULL };
	const struct visitor visitor = { list_metric, &l };
	size_t i;

	for (i = 0; sets[i] != NULL; i++)
		if (!is_set(metrics, sets[i]))
			return msg_text("unknown set '%s': metrics ls lists "
					"them",
					sets[i]);
	l.list = listing_open(out, format, format == LISTING_TABLE ? few : all);
	if (*sets == NULL)
		catalogue_each(metrics, list_metric, &l);
	for (i = 0; sets[i] != NULL; i++)
		each_of_set(metrics, sets[i], &visitor);
	listing_close(l.list);
	return NULL;
}

static void
explain_bands(const struct metric *metric, const struct bands *bands, FILE *out)
{
	const char *title = bands_title(bands, metric->name);
	char limit[160];
	size_t i;

	fprintf(out, "\nIn %s%s%s:\n", bands_name(bands),
		title != NULL ? " it is called " : "",
		title != NULL ? title : "");
	for (i = 0; bands_limit(bands, metric, i, limit, sizeof(limit)); i++)
		fprintf(out, "  %s\n", limit);
}

static void
explain_columns(const struct metric *metric, FILE *out)
{
	size_t i;

	if (metric->columns.count > 0)
		fputs("\nColumns of --rows:\n", out);
	for (i = 0; i < metric->columns.count; i++)
		fprintf(out, "  %s\n", metric->columns.items[i]);
}

/* Of the file, then of the tables that it needs; each name once. */
static void
explain_parameters(const struct metrics *metrics, const struct metric *file,
		   struct labels *seen, FILE *out)
{
	size_t i;

	for (i = 0; i < file->parameters.count; i++) {
		const struct parameter *p = &file->parameters.items[i];
		size_t known = labels_count(seen);

		if (labels_add(seen, p->name) < known)
			continue;
		if (known == 0)
			fputs("\nParameters, for --set NAME=VALUE or figures "
			      "in pulse.yaml:\n",
			      out);
		fprintf(out, "  %s = %s - %s\n", p->name,
			*p->value != '\0' ? p->value : "''", p->help);
	}
	for (i = 0; i < file->needs.count; i++)
		explain_parameters(metrics,
				   metric_table(metrics, file->needs.items[i]),
				   seen, out);
}

/* The facts of a metric in one line each. */
static void
explain_facts(const struct metric *metric, FILE *out)
{
	char *groupings = metric_join(&metric->by, &metric->every);
	char *parts = metric_join(&metric->parts, NULL);

	fprintf(out, "\nunit: %s; n counts %s", metric->unit, metric->counts);
	if (*parts != '\0' || metric->any_parts)
		fprintf(out, "; parts: %s%s", parts,
			!metric->any_parts ? ""
			: *parts == '\0'   ? "as they come"
					   : " and others");
	fprintf(out, "\n--by: %s", *groupings != '\0' ? groupings : "nothing");
	if (metric->default_by != NULL)
		fprintf(out, "; by default %s", metric->default_by);
	fputc('\n', out);
	if (metric->set != NULL)
		fprintf(out, "set: %s\n", metric->set);
	free(groupings);
	free(parts);
}

static void
explain_needs(const struct metrics *metrics, const struct metric *file,
	      FILE *out)
{
	size_t i;

	for (i = 0; i < file->needs.count; i++) {
		const struct metric *table =
			metric_table(metrics, file->needs.items[i]);

		fprintf(out, "%s  %s - %s\n",
			i == 0 ? "\nReads the tables (metrics explain TABLE):\n"
			       : "",
			table->name, table->help);
	}
}

/* Without the empty lines at its end. */
static void
explain_text(const char *text, FILE *out)
{
	size_t len = strlen(text);

	while (len > 0 && text[len - 1] == '\n')
		len--;
	fprintf(out, "\n%.*s\n", (int)len, text);
}

char *
catalogue_explain(const struct metrics *metrics, const char *name,
		  const struct bands *bands, FILE *out)
{
	const struct metric *metric = metric_find(metrics, name);
	const struct metric *file =
		metric != NULL ? metric : metric_table(metrics, name);
	char *set[] = { (char *)name, NULL };
	struct labels *seen;

	if (file == NULL && is_set(metrics, name))
		return catalogue_list(metrics, set, out, LISTING_TABLE);
	if (file == NULL)
		return unknown(metrics, name, true);
	seen = labels_new();
	fprintf(out, "%s - %s\n", file->name, file->help);
	if (metric != NULL)
		explain_facts(metric, out);
	explain_text(file->definition, out);
	if (file->peers != NULL)
		fprintf(out, "\nAs others define it: %s\n", file->peers);
	if (bands_judges(bands, file->name))
		explain_bands(file, bands, out);
	explain_parameters(metrics, file, seen, out);
	labels_free(seen);
	explain_columns(file, out);
	explain_needs(metrics, file, out);
	fprintf(out, "\n%s:\n\n%s", file->file, file->sql);
	return NULL;
}
