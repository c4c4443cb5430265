/*
 * trends - the table of metrics that are cut into periods: a row per series,
 * with its periods as columns where they fit, else the first and the latest,
 * and a bar for each.
 */
#ifndef PULSE_TRENDS_H
#define PULSE_TRENDS_H

#include "measure/tableau.h"

void trends_print(const struct tableau *table, FILE *out);

#endif
