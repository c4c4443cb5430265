/*
 * bands - share/bands/SET.yaml: where a figure is elite, high, medium or low.
 *
 * The limits change with each year's report, so they are data:
 *
 *   # dora-2023 - limits of the 2023 report
 *   parameters: {recovery: deployment}    # given to the SQL as :recovery
 *   metrics:
 *     lead_time:
 *       title: lead time for changes
 *       bands:                            # the first that fits
 *         - {band: elite, below: 1440}
 *         - {band: high, at_most: 10080}
 *         - {band: low}                   # everything else
 *
 * `of: NAME` looks at another measure of the figure than its value; a figure
 * that lacks it does not fit.  at_least, at_most, below compare as they say.
 */
#ifndef PULSE_BANDS_H
#define PULSE_BANDS_H

#include <stdbool.h>
#include <stddef.h>

struct bands;

struct bands_measure {
	const char *name; /* "value" or a further column of the figure */
	double number;
};

/* NULL with *why "FILE:LINE: what was expected" (allocated). */
struct bands *bands_load(const char *folder, const char *set, char **why);
/* The sets of a folder by name, NULL-ended; all allocated. */
char **bands_sets(const char *folder);
void bands_free(struct bands *bands);
const char *bands_name(const struct bands *bands);

/* A parameter's text, or NULL. */
const char *bands_parameter(const struct bands *bands, const char *name);

/* How the set calls a metric, or NULL; does it have bands for it? */
const char *bands_title(const struct bands *bands, const char *metric);
bool bands_judges(const struct bands *bands, const char *metric);

/* The band of a figure, or NULL. */
const char *bands_word(const struct bands *bands, const char *metric,
		       const struct bands_measure *measures, size_t count);

/* One limit after the other in words, such as "elite: below 1.0 days";
 * false after the last. */
struct metric;
bool bands_limit(const struct bands *bands, const struct metric *metric,
		 size_t i, char *out, size_t size);

#endif
