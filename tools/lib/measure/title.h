/*
 * title - what a metric, a part or a unit is called by people: blanks stand for
 * the underscores of its name.  pure.
 */
#ifndef PULSE_TITLE_H
#define PULSE_TITLE_H

#include <stddef.h>

#include "measure/bands.h"
#include "measure/metric.h"

enum { TITLE_SIZE = 96 };

/* In place. */
void title_words(char *name);
/* A copy, cut to size. */
void title_plain(const char *name, char *out, size_t size);

/* As the bands call it, else its name as words; allocated. */
char *title_of(const struct metric *metric, const struct bands *bands);
/* The same with a capital, cut. */
void title_write(const struct metric *metric, const struct bands *bands,
		 char out[TITLE_SIZE]);

#endif
