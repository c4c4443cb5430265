#include "measure/catalogue.h"

#include <stdlib.h>
#include <string.h>

#include "base/cli.h"
#include "base/msg.h"

static int
by_place(const void *a, const void *b)
{
	const struct metric *const *x = a, *const *y = b;

	return ((*x)->place > (*y)->place) - ((*x)->place < (*y)->place);
}

size_t
catalogue_find(const struct metrics *metrics, const char *name,
	       const struct metric **chosen)
{
	const struct metric *one = metric_find(metrics, name);
	size_t count = 0, i;

	for (i = 0; i < metrics->count; i++) {
		const struct metric *m = &metrics->items[i];

		if (m == one || (one == NULL && m->set != NULL &&
				 strcmp(m->set, name) == 0))
			chosen[count++] = m;
	}
	qsort(chosen, count, sizeof(*chosen), by_place);
	return count;
}

const char *
catalogue_nearest(const struct metrics *metrics, const char *word)
{
	const char **known = msg_calloc(2 * metrics->count + 1, sizeof(*known));
	const char *nearest;
	size_t n = 0, i;

	for (i = 0; i < metrics->count; i++) {
		known[n++] = metrics->items[i].name;
		if (metrics->items[i].set != NULL)
			known[n++] = metrics->items[i].set;
	}
	nearest = cli_nearest(word, known);
	free(known);
	return nearest;
}

void
catalogue_list(const struct metrics *metrics, FILE *out,
	       enum listing_format format)
{
	static const char *const columns[] = { "name", "set", "help", NULL };
	struct listing *list = listing_open(out, format, columns);
	size_t i;

	for (i = 0; i < metrics->count; i++) {
		listing_string(list, metrics->items[i].name);
		listing_string(list, metrics->items[i].set);
		listing_string(list, metrics->items[i].help);
	}
	listing_close(list);
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
	for (i = 0; bands_limit(bands, metric->name, i, limit, sizeof(limit));
	     i++)
		fprintf(out, "  %s\n", limit);
}

void
catalogue_explain(const struct metric *metric, const struct bands *bands,
		  FILE *out)
{
	size_t i;

	fprintf(out, "%s - %s\n\nunit: %s; n counts %s", metric->name,
		metric->help, metric->unit, metric->counts);
	for (i = 0; i < metric->parts.count; i++)
		fprintf(out, "%s%s", i == 0 ? "; parts: " : ", ",
			metric->parts.items[i]);
	fprintf(out, "\n\n%s", metric->definition);
	if (bands_judges(bands, metric->name))
		explain_bands(metric, bands, out);
	fprintf(out, "\n%s:\n\n%s", metric->file, metric->sql);
}
