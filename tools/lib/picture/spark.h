/*
 * spark - a line without axes, beside a figure: how it has gone.
 */
#ifndef PULSE_SPARK_H
#define PULSE_SPARK_H

#include <stdio.h>

#include "measure/figures.h"
#include "picture/svg.h"

/* Of the first group's whole figures, by period; nothing where fewer than two
 * have data. */
void spark_write(const struct svg *svg, const char *title,
		 const struct figures *figures);

#endif
