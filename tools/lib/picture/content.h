/*
 * content - what the steps of a page print: cards, pictures, tables and
 * definitions.
 */
#ifndef PULSE_CONTENT_H
#define PULSE_CONTENT_H

#include <stdbool.h>
#include <stdio.h>

#include "measure/bands.h"
#include "picture/chart.h"

/* A metric worked out for the page. */
struct content {
	const struct bands *bands;
	const char *title; /* NULL: how the bands, or the file, call it */
	const char *id;	   /* unique in the page */
	bool define;	   /* with its definition, for it has none yet */
};

/* trend: the same by period, for its line. */
void content_card(FILE *out, const struct content *content,
		  const struct chart *chart, const struct figures *trend);
void content_chart(FILE *out, const struct content *content,
		   struct chart *chart);
void content_table(FILE *out, const struct content *content,
		   const struct chart *chart);
void content_definition(FILE *out, const struct content *content,
			const struct metric *metric);

#endif
