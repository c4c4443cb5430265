/*
 * catalogue - the metrics there are: chosen by name or by set, listed and
 * explained.
 */
#ifndef PULSE_CATALOGUE_H
#define PULSE_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/listing.h"
#include "measure/bands.h"
#include "measure/metric.h"
#include "measure/request.h"

struct catalogue_choice {
	const struct metric **metrics; /* each once; the caller frees it */
	size_t count;
	char *left_out; /* "a, b": those of a set; the caller's, or NULL */
};

/* Is it the name of a metric, or of a set? */
bool catalogue_knows(const struct metrics *metrics, const char *name);

/* Those of the names (NULL-ended): a metric, or a set in its order; none: the
 * set dora.  A metric that does not know the request's grouping is left out of
 * its set.  Complains (allocated) of a name that nobody knows, and of a metric
 * called by its name, or a set, that cannot be grouped so; NULL: all is well.
 */
char *catalogue_choose(const struct metrics *metrics, char *const *names,
		       const struct request *request,
		       struct catalogue_choice *choice);

/* Set by set, all or those named (NULL-ended); a table has them below each
 * other.  A complaint (allocated) of a set that nobody knows. */
char *catalogue_list(const struct metrics *metrics, char *const *sets,
		     FILE *out, enum listing_format format);
/* Calls each metric, set by set. */
void catalogue_each(const struct metrics *metrics,
		    void (*each)(void *arg, const struct metric *metric),
		    void *arg);
/* Definition, parameters, limits of that set of bands, and SQL of a metric or a
 * table, or the metrics of a set; a complaint (allocated) when there is none of
 * the name. */
char *catalogue_explain(const struct metrics *metrics, const char *name,
			const struct bands *bands, FILE *out);

#endif
