/*
 * jobtable - the jobs as a table for people, which fits the terminal, and as
 * tab-separated values.
 */
#ifndef PULSE_JOBTABLE_H
#define PULSE_JOBTABLE_H

#include <stdbool.h>
#include <stdio.h>

#include "look/overview.h"

struct jobtable_style {
	bool colour; /* beside the words, never instead of them */
	bool bars;   /* of what runs, on a line of its own */
	int width;   /* 0: as wide as it gets, each job on one line */
};

/* Text from outside is shown as listing_show shows it. */
void jobtable_print(FILE *out, const struct overview *overview,
		    const struct jobtable_style *style);

/* With a head; times in UTC, control bytes as \xNN. */
void jobtable_tsv(FILE *out, const struct overview *overview);

#endif
