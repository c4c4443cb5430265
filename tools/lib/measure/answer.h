/*
 * answer - what a call of metrics prints: the chosen metrics in a frame, as a
 * table, as lines for programs, as the rows behind one, or as SQLite's plans.
 *
 * The frame's tables are there already (frame_build), and the functions
 * (functions_add).  Each call prints to out and returns 0, or -1 with *why
 * (allocated) and *class.
 */
#ifndef PULSE_ANSWER_H
#define PULSE_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/listing.h"
#include "base/outcome.h"
#include "measure/figures.h"
#include "measure/metric.h"

struct answer {
	struct figures_basis basis;
	const struct metric **metrics; /* in the order to print */
	size_t count;
	FILE *out;
	char *why;
	enum outcome_class class;
};

/* all: how old the data of every scope are, not only of the oldest. */
int answer_table(struct answer *answer, bool all);
int answer_list(struct answer *answer, enum listing_format format);
/* Of the first metric. */
int answer_rows(struct answer *answer, enum listing_format format);
int answer_plans(struct answer *answer);

#endif
