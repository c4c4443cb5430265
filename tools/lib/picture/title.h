/*
 * title - what a metric is called above its picture.  pure.
 */
#ifndef PULSE_TITLE_H
#define PULSE_TITLE_H

#include "measure/bands.h"
#include "measure/metric.h"

enum { TITLE_SIZE = 96 };

/* As the bands call it, else its name as words, with a capital. */
void title_write(const struct metric *metric, const struct bands *bands,
		 char out[TITLE_SIZE]);

/* A name as in SQL as people write it: blanks for underscores. */
void title_plain(const char *name, char *out, size_t size);

#endif
