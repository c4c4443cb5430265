/*
 * metric - one file of share/metrics: a figure's definition and its SQL.
 *
 *   -- lead_time - how long a change takes from its first commit to production
 *   -- unit: min
 *   -- counts: pull requests            what n is
 *   -- parts: coding, pickup            further figures beside the whole one
 *   -- set: dora 2                      `metrics dora` shows it, second
 *   --
 *   -- The definition, for `metrics explain`.
 *   --
 *   -- rows:
 *   SELECT ... the rows behind the figures; columns grp and period, and any
 *   -- figures:
 *   SELECT grp, period, value, n ... from them, in figure_rows
 *
 * The figures may have more columns: part, unit (in place of the head's), note
 * (for people), and numbers that bands judge by.  What the SQL may read is
 * said in frame.h.  Parameters: :client :since :until :tz :by, and those of
 * the band set.
 */
#ifndef PULSE_METRIC_H
#define PULSE_METRIC_H

#include <stddef.h>

enum { METRIC_PARTS = 15 };

struct metric {
	char *name, *file;
	const char *help, *unit, *counts;
	const char *parts[METRIC_PARTS + 1]; /* NULL-ended */
	const char *set;		     /* NULL: in none */
	long place;			     /* in it */
	char *definition;		     /* lines with LF */
	const char *rows, *figures;	     /* SQL */
	unsigned rows_line, figures_line;
	char *text; /* owns the above */
	char *sql;  /* the file as it is */
};

struct metrics {
	struct metric *items; /* by name */
	size_t count;
};

/* All files of a folder; NULL with *why "FILE:LINE: what was expected". */
struct metrics *metric_load(const char *folder, char **why);
void metric_free(struct metrics *metrics);
const struct metric *metric_find(const struct metrics *metrics,
				 const char *name);

/* The next parameter of a statement at or after *at, such as "client", which
 * is copied to name; 0 when there is none. */
int metric_parameter(const char **at, char *name, size_t size);

#endif
