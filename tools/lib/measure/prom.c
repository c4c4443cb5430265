#include "measure/prom.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "base/promtext.h"

enum { NAME = 192 };

struct prom {
	FILE *out;
	const struct frame *frame;
	FILE *sizes, *lefts; /* of the families at the end */
	char *size_text, *left_text;
	size_t size_len, left_len;
};

/* One figure that has data, and the most that one of its group counts. */
struct sample {
	const struct figure *figure;
	int64_t weight;
};

static const struct unit {
	const char *unit, *base; /* base "": the name needs no unit */
	double times;
} units[] = {
	{ "min", "seconds", 60 },
	{ "s", "seconds", 1 },
	{ "ms", "seconds", 0.001 },
	{ "h", "seconds", 3600 },
	{ "days", "seconds", 86400 },
	{ "count", "", 1 },
	{ "", "", 1 },
	{ "records_per_min", "records_per_second", 1.0 / 60 },
	{ "days_per_week", "per_week",
	  1 }, /* "days" is taken for a base unit */
	{ "days_per_month", "per_month", 1 },
};

struct prom *
prom_open(FILE *out, const struct frame *frame)
{
	struct prom *prom = msg_calloc(1, sizeof(*prom));

	prom->out = out;
	prom->frame = frame;
	prom->sizes = open_memstream(&prom->size_text, &prom->size_len);
	prom->lefts = open_memstream(&prom->left_text, &prom->left_len);
	if (prom->sizes == NULL || prom->lefts == NULL)
		msg_die(EX_OSERR, "cannot write figures: out of memory");
	return prom;
}

static struct unit
unit_of(const char *unit)
{
	size_t i;

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(units[i].unit, unit) == 0)
			return units[i];
	return (struct unit){ unit, unit, 1 };
}

/* The base unit is added to the name where it does not end in it already. */
static void
name_of(const struct metric *metric, const char *base, char out[NAME])
{
	size_t len = strlen(metric->name), tail = strlen(base);
	bool said = tail <= len && strcmp(metric->name + len - tail, base) == 0;

	snprintf(out, NAME, "pulse_metric_%s%s%s", metric->name,
		 said ? "" : "_", said ? "" : base);
	for (; *out != '\0'; out++)
		if (!isalnum((unsigned char)*out))
			*out = '_';
}

static void
label_figure(FILE *out, char before, const struct frame *frame,
	     const struct figure *figure)
{
	char client[24];

	snprintf(client, sizeof(client), "%" PRId64, frame->client);
	promtext_label(out, before, "client", client);
	if (frame->by != FRAME_ALL) {
		promtext_label(out, ',', "by", frame_by_names[frame->by]);
		promtext_label(out, ',', "group", figure->group);
	}
	if (figure->part != NULL)
		promtext_label(out, ',', "part", figure->part);
}

static void
print_size(struct prom *prom, const struct metric *metric,
	   const struct figure *figure)
{
	fputs("pulse_metric_sample_size", prom->sizes);
	promtext_label(prom->sizes, '{', "metric", metric->name);
	label_figure(prom->sizes, ',', prom->frame, figure);
	fprintf(prom->sizes, "} %" PRId64 "\n", figure->n);
}

/* All samples with the unit of the one at first, unless an earlier one had
 * it. */
static void
print_family(struct prom *prom, const struct metric *metric,
	     const struct sample *samples, size_t count, size_t first)
{
	const char *text = samples[first].figure->unit;
	struct unit unit = unit_of(text);
	char name[NAME];
	size_t i;

	for (i = 0; i < first; i++)
		if (strcmp(samples[i].figure->unit, text) == 0)
			return;
	name_of(metric, unit.base, name);
	promtext_head(prom->out, name, "gauge", metric->help);
	for (i = first; i < count; i++) {
		const struct figure *figure = samples[i].figure;

		if (strcmp(figure->unit, text) != 0)
			continue;
		fputs(name, prom->out);
		label_figure(prom->out, '{', prom->frame, figure);
		fprintf(prom->out, "} %.15g\n", figure->value * unit.times);
		print_size(prom, metric, figure);
	}
}

static int
by_group(const void *a, const void *b)
{
	const struct sample *x = a, *y = b;

	return strcmp(x->figure->group, y->figure->group);
}

static int
by_weight(const void *a, const void *b)
{
	const struct sample *x = a, *y = b;

	if (x->weight != y->weight)
		return x->weight < y->weight ? 1 : -1;
	return by_group(a, b);
}

static int
by_place(const void *a, const void *b)
{
	const struct sample *x = a, *y = b;

	return (x->figure > y->figure) - (x->figure < y->figure);
}

static int
by_text(const char *a, const char *b)
{
	return strcmp(a != NULL ? a : "", b != NULL ? b : "");
}

static int
by_series(const void *a, const void *b)
{
	const struct figure *x = ((const struct sample *)a)->figure;
	const struct figure *y = ((const struct sample *)b)->figure;
	int order = strcmp(x->group, y->group);

	return order != 0 ? order : by_text(x->part, y->part);
}

static int
by_series_and_period(const void *a, const void *b)
{
	const struct figure *x = ((const struct sample *)a)->figure;
	const struct figure *y = ((const struct sample *)b)->figure;
	int order = by_series(a, b);

	if (order == 0)
		order = by_text(x->period, y->period);
	return order != 0 ? order : by_place(a, b);
}

/* A metric that delivers periods of its own tells its latest one. */
static size_t
latest(struct sample *samples, size_t count)
{
	size_t kept = 0, i;

	qsort(samples, count, sizeof(*samples), by_series_and_period);
	for (i = 0; i < count; i++)
		if (i + 1 == count ||
		    by_series(&samples[i], &samples[i + 1]) != 0)
			samples[kept++] = samples[i];
	qsort(samples, kept, sizeof(*samples), by_place);
	return kept;
}

/* The end of the group that begins at first. */
static size_t
end_of_group(const struct sample *samples, size_t count, size_t first)
{
	size_t end = first + 1;

	while (end < count && by_group(&samples[first], &samples[end]) == 0)
		end++;
	return end;
}

static void
weigh(struct sample *samples, size_t count)
{
	size_t first, end, i;

	qsort(samples, count, sizeof(*samples), by_group);
	for (first = 0; first < count; first = end) {
		int64_t most = 0;

		end = end_of_group(samples, count, first);
		for (i = first; i < end; i++)
			if (samples[i].figure->n > most)
				most = samples[i].figure->n;
		for (i = first; i < end; i++)
			samples[i].weight = most;
	}
	qsort(samples, count, sizeof(*samples), by_weight);
}

/* Keeps the groups that count the most; returns how many samples these have. */
static size_t
cut(struct sample *samples, size_t count, size_t *left_out)
{
	size_t first, end, kept = 0;

	*left_out = 0;
	if (count <= PROM_SAMPLES)
		return count;
	weigh(samples, count);
	for (first = 0; first < count; first = end) {
		end = end_of_group(samples, count, first);
		if (*left_out == 0 && end <= PROM_SAMPLES)
			kept = end;
		else
			++*left_out;
	}
	qsort(samples, kept, sizeof(*samples), by_place);
	return kept;
}

void
prom_add(struct prom *prom, const struct metric *metric,
	 const struct figures *figures)
{
	struct sample *samples =
		msg_calloc(figures->count + 1, sizeof(*samples));
	size_t count = 0, left_out, i;

	for (i = 0; i < figures->count; i++)
		if (figures->items[i].known)
			samples[count++].figure = &figures->items[i];
	count = latest(samples, count);
	count = cut(samples, count, &left_out);
	for (i = 0; i < count; i++)
		print_family(prom, metric, samples, count, i);
	fputs("pulse_metric_groups_left_out", prom->lefts);
	promtext_label(prom->lefts, '{', "metric", metric->name);
	fprintf(prom->lefts, "} %zu\n", left_out);
	free(samples);
}

static void
print_kept(FILE *out, const char *name, const char *help, const char *text)
{
	if (*text == '\0')
		return;
	promtext_head(out, name, "gauge", help);
	fputs(text, out);
}

void
prom_close(struct prom *prom)
{
	fflush(prom->sizes);
	fflush(prom->lefts);
	print_kept(prom->out, "pulse_metric_sample_size",
		   "How many of what the metric counts the figure rests on.",
		   prom->size_text);
	print_kept(prom->out, "pulse_metric_groups_left_out",
		   "Groups beyond the most samples of one metric.",
		   prom->left_text);
	prom_drop(prom);
}

void
prom_drop(struct prom *prom)
{
	fclose(prom->sizes);
	fclose(prom->lefts);
	free(prom->size_text);
	free(prom->left_text);
	free(prom);
}
