/*
 * series - figures laid out for a picture: lines over places, a value each.
 *
 * Lines are groups or parts; places are periods or, where the window is not
 * cut, groups.  Texts are borrowed from the figures, which must stay.
 */
#ifndef PULSE_SERIES_H
#define PULSE_SERIES_H

#include <stdbool.h>
#include <stddef.h>

#include "measure/figures.h"

struct series_line {
	const char *name;
	const char *unit; /* of its figures */
	double counted;	  /* n of all of them */
};

struct series {
	struct series_line *lines;
	size_t count;
	const char **places;
	size_t length;
	double *values; /* by line, then place; NAN: no data */
};

struct series_ask {
	const char *group;	  /* only this one; NULL: all */
	bool groups;		  /* lines are groups, of the first part; else
				   * they are parts */
	bool across;		  /* places are groups, not periods */
	bool spread;		  /* places are parts, and there is one line */
	bool all;		  /* without parts: the whole, then all parts */
	const char *const *parts; /* in this order, `whole` the figure itself;
				   * NULL or empty: all there are but the whole,
				   * else the whole; of groups the whole */
};

struct series *series_read(const struct figures *figures,
			   const struct series_ask *ask);
void series_free(struct series *series);

double series_value(const struct series *series, size_t line, size_t place);
/* The line of that name; count where there is none. */
size_t series_find(const struct series *series, const char *name);

void series_scale(struct series *series, double factor);
/* Puts the lines that count the most first; equal ones keep their order. */
void series_sort(struct series *series);
/* The largest and smallest value, or sum of a place's values; 0 without. */
double series_most(const struct series *series, size_t lines);
double series_least(const struct series *series, size_t lines);
/* Of what is not negative in a place; and the largest of all places. */
double series_sum(const struct series *series, size_t place);
double series_most_sum(const struct series *series);

/* Groups and periods there are, each once, in their order: NULL-ended array,
 * freed by the caller, texts borrowed. */
const char **series_groups(const struct figures *figures, size_t *count);
const char **series_periods(const struct figures *figures, size_t *count);

#endif
