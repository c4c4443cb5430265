/*
 * answer - what a call of metrics prints: the chosen metrics of a session, as a
 * table, as lines for programs, as the rows behind one, or as SQLite's plans.
 *
 * Nothing is printed before all figures are there.  Each call returns 0, or -1
 * with trouble.
 */
#ifndef PULSE_ANSWER_H
#define PULSE_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/listing.h"
#include "measure/metric.h"
#include "measure/session.h"

struct answer {
	struct session *session;       /* connected */
	const struct metric **metrics; /* in the order to print */
	size_t count;
	FILE *out;
};

/* all: how old the data of every scope are, not only of the oldest. */
int answer_table(const struct answer *answer, bool all,
		 struct trouble *trouble);
int answer_list(const struct answer *answer, enum listing_format format,
		struct trouble *trouble);
int answer_prom(const struct answer *answer, struct trouble *trouble);
/* Of the first metric. */
int answer_rows(const struct answer *answer, enum listing_format format,
		struct trouble *trouble);
int answer_plans(const struct answer *answer, struct trouble *trouble);

/* What there is to say besides, after the figures: repositories that changed
 * since they were linked, or belong to no service; a scope that is empty; teams
 * that nobody named. */
int answer_remarks(const struct answer *answer, void (*say)(const char *what),
		   struct trouble *trouble);

#endif
