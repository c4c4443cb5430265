#include "measure/bands.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/config.h"
#include "base/msg.h"
#include "measure/amount.h"
#include "measure/metric.h"

struct bands {
	struct config *root;
	char *name;
};

enum compare { ANY, BELOW, AT_MOST, AT_LEAST };

static const char *const compares[] = { NULL, "below", "at_most", "at_least" };
static const char *const words[] = { "", "below", "at most", "at least" };

static bool
real(const struct config *node, double *number)
{
	const char *text = config_text(node);
	char *end;

	if (text == NULL || *text == '\0')
		return false;
	*number = strtod(text, &end);
	return *end == '\0' && isfinite(*number);
}

/* How a limit compares, and with what. */
static enum compare
limit_of(const struct config *limit, double *number)
{
	enum compare c;

	for (c = BELOW; c <= AT_LEAST; c++)
		if (real(config_get(limit, compares[c]), number))
			return c;
	return ANY;
}

static char *
check_limit(const struct config *limit)
{
	static const char *const known[] = { "band",	"of",	    "below",
					     "at_most", "at_least", NULL };
	const struct config *n;
	size_t numbers = 0;
	double number;

	if (limit->kind != CONFIG_MAP ||
	    config_text(config_get(limit, "band")) == NULL)
		return config_complain(limit, "a limit such as {band: elite, "
					      "below: 60}");
	for (n = limit->first; n != NULL; n = n->next) {
		if (strcmp(n->key, "band") == 0 || strcmp(n->key, "of") == 0)
			continue;
		if (!real(n, &number))
			return config_complain(n, "a number");
		numbers++;
	}
	if (config_unknown(limit, known) != NULL || numbers > 1)
		return config_complain(limit, "band, of, and one of below, "
					      "at_most, at_least");
	return NULL;
}

static char *
check_metric(const struct config *metric)
{
	static const char *const known[] = { "title", "bands", NULL };
	const struct config *limits = config_get(metric, "bands");
	const struct config *n;
	char *why = NULL;

	if (metric->kind != CONFIG_MAP || config_unknown(metric, known) != NULL)
		return config_complain(metric, "a map of title and bands");
	if (limits == NULL || limits->kind != CONFIG_LIST)
		return config_complain(metric, "a list of bands");
	for (n = limits->first; n != NULL && why == NULL; n = n->next)
		why = check_limit(n);
	return why;
}

static char *
check(const struct config *root)
{
	static const char *const known[] = { "parameters", "metrics", NULL };
	const struct config *metrics = config_get(root, "metrics");
	const struct config *parameters = config_get(root, "parameters");
	const struct config *n;
	char *why = NULL;

	if (root->kind != CONFIG_MAP || config_unknown(root, known) != NULL ||
	    metrics == NULL || metrics->kind != CONFIG_MAP)
		return config_complain(root, "a map of parameters and metrics");
	if (parameters != NULL && parameters->kind != CONFIG_MAP)
		return config_complain(parameters, "a map of names to values");
	for (n = metrics->first; n != NULL && why == NULL; n = n->next)
		why = check_metric(n);
	return why;
}

struct bands *
bands_load(const char *folder, const char *set, char **why)
{
	struct config *root;
	struct bands *bands;
	char *path;

	path = msg_text("%s/%s.yaml", folder, set);
	root = config_load(path, why);
	free(path);
	if (root == NULL)
		return NULL;
	if ((*why = check(root)) != NULL) {
		config_free(root);
		return NULL;
	}
	bands = msg_calloc(1, sizeof(*bands));
	bands->root = root;
	bands->name = msg_strdup(set);
	return bands;
}

static int
is_set(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return entry->d_name[0] != '.' && len > 5 &&
	       strcmp(entry->d_name + len - 5, ".yaml") == 0;
}

char **
bands_sets(const char *folder)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, is_set, alphasort), i;
	char **sets =
		msg_calloc((size_t)(count < 0 ? 0 : count) + 1, sizeof(*sets));

	for (i = 0; i < count; i++) {
		sets[i] = msg_strdup(entries[i]->d_name);
		sets[i][strlen(sets[i]) - 5] = '\0';
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	return sets;
}

void
bands_free(struct bands *bands)
{
	if (bands == NULL)
		return;
	config_free(bands->root);
	free(bands->name);
	free(bands);
}

const char *
bands_name(const struct bands *bands)
{
	return bands->name;
}

const char *
bands_parameter(const struct bands *bands, const char *name)
{
	return config_text(
		config_get(config_get(bands->root, "parameters"), name));
}

static const struct config *
metric_of(const struct bands *bands, const char *metric)
{
	return config_get(config_get(bands->root, "metrics"), metric);
}

const char *
bands_title(const struct bands *bands, const char *metric)
{
	return config_text(config_get(metric_of(bands, metric), "title"));
}

bool
bands_judges(const struct bands *bands, const char *metric)
{
	return metric_of(bands, metric) != NULL;
}

static const char *
measure_of(const struct config *limit)
{
	const char *of = config_text(config_get(limit, "of"));

	return of != NULL ? of : "value";
}

static bool
fits(const struct config *limit, const struct bands_measure *measures,
     size_t count)
{
	const char *of = measure_of(limit);
	double number = 0;
	enum compare compare = limit_of(limit, &number);
	size_t i;

	if (compare == ANY)
		return true;
	for (i = 0; i < count; i++)
		if (strcmp(measures[i].name, of) == 0)
			break;
	if (i == count)
		return false;
	switch (compare) {
	case BELOW:
		return measures[i].number < number;
	case AT_MOST:
		return measures[i].number <= number;
	default:
		return measures[i].number >= number;
	}
}

const char *
bands_word(const struct bands *bands, const char *metric,
	   const struct bands_measure *measures, size_t count)
{
	const struct config *limits =
		config_get(metric_of(bands, metric), "bands");
	const struct config *n;

	for (n = limits != NULL ? limits->first : NULL; n != NULL; n = n->next)
		if (fits(n, measures, count))
			return config_text(config_get(n, "band"));
	return NULL;
}

bool
bands_limit(const struct bands *bands, const struct metric *metric, size_t i,
	    char *out, size_t size)
{
	const struct config *n =
		config_get(metric_of(bands, metric->name), "bands");
	struct figure limit = { .known = true };
	char amount[AMOUNT_SIZE];
	enum compare compare;

	for (n = n != NULL ? n->first : NULL; n != NULL && i > 0; n = n->next)
		i--;
	if (n == NULL)
		return false;
	compare = limit_of(n, &limit.value);
	limit.unit = config_text(config_get(n, "of"));
	if (limit.unit == NULL)
		limit.unit = metric->unit;
	amount_long(&limit, amount);
	snprintf(out, size, "%s: %s%s%s", config_text(config_get(n, "band")),
		 compare == ANY ? "everything else" : words[compare],
		 compare == ANY ? "" : " ", compare == ANY ? "" : amount);
	return true;
}
