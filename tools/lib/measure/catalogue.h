/*
 * catalogue - the metrics there are: found by name or by set, listed and
 * explained.
 */
#ifndef PULSE_CATALOGUE_H
#define PULSE_CATALOGUE_H

#include <stddef.h>
#include <stdio.h>

#include "base/listing.h"
#include "measure/bands.h"
#include "measure/metric.h"

/* Writes the metric of that name, or those of the set of that name in its
 * order, to chosen, which has room for all; returns how many. */
size_t catalogue_find(const struct metrics *metrics, const char *name,
		      const struct metric **chosen);
/* The name or set nearest to a word, or NULL. */
const char *catalogue_nearest(const struct metrics *metrics, const char *word);

void catalogue_list(const struct metrics *metrics, FILE *out,
		    enum listing_format format);
/* Definition, limits of that set of bands, and SQL. */
void catalogue_explain(const struct metric *metric, const struct bands *bands,
		       FILE *out);

#endif
