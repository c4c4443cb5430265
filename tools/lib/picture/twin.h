/*
 * twin - the figures of a picture as an HTML table, for those who do not see
 * it and those who want the numbers.
 */
#ifndef PULSE_TWIN_H
#define PULSE_TWIN_H

#include <stdio.h>

#include "picture/chart.h"

/* A table for each group that is drawn alone; so many rows at most, the newest,
 * and a line that says how many there are besides. */
void twin_write(FILE *out, const struct chart *chart, size_t rows);

/* Likewise, of the figures and all their parts, whatever the picture is. */
void twin_all(FILE *out, const struct chart *chart, size_t rows);

#endif
