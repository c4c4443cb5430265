/*
 * groups - the table of one metric that is grouped: a row per group, the parts
 * as columns where they fit, else below it.
 */
#ifndef PULSE_GROUPS_H
#define PULSE_GROUPS_H

#include "measure/tableau.h"

void groups_print(const struct tableau *table, FILE *out);

#endif
