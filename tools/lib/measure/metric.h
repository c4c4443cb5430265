/*
 * metric - one file of share/metrics: a figure's definition and its SQL.
 *
 *   -- lead_time - how long a change takes to reach production
 *   -- unit: min
 *   -- counts: pull requests            what n is
 *   -- parts: coding, pickup            further figures beside the whole one;
 *                                       `any`: those that the SQL delivers
 *   -- by: repo, service                what --by may group it by
 *   -- every: day, week, month          and cut it into (the default);
 *                                       `none`: it knows no periods
 *   -- default: sprint                  --by when none is given
 *   -- empty: zero                      a group and period without a figure is
 *                                       0; `null` (the default): no data
 *   -- shape: list                      only the figures that the SQL delivers,
 *                                       its own groups and periods included;
 *                                       `grid` (the default): each group with
 *                                       each period and each part
 *   -- set: dora 2                      `metrics dora` shows it, second
 *   -- needs: production, sprints       files of share/metrics/tables
 *   -- parameter: stale = "14d" - after how long without an answer it is stale
 *   -- parameter: bug_types = ["Bug"] - the Jira types that are bugs
 *   -- chart: trend                     see chart.h
 *   -- peers: Apache DevLake; Four Keys takes each commit from its own time
 *   -- columns: whole - the minutes from first commit to production
 *   --
 *   -- The definition, for `metrics explain`.
 *   --
 *   -- rows:
 *   SELECT ... the rows behind the figures; columns grp and period, and any
 *   -- figures:
 *   SELECT grp, period, value, n ... from them, in figure_rows
 *
 * Everything above the empty comment but the first line may be left out or
 * come several times (parameter, columns).  A line of the head goes on in the
 * next one that is indented by two blanks or more behind its dashes.
 *
 * The figures may have more columns: part, unit (in place of the head's), note
 * (for people), and numbers that bands judge by.  What the SQL may read is
 * said in frame.h.
 *
 * A file of share/metrics/tables is one SELECT that several metrics read as a
 * temporary table of the file's name:
 *
 *   -- sprints - the sprints of the boards in scope
 *   -- needs: ...                       other such tables, made before
 *   -- parameter: ...
 *   -- index: sprint, issue             an index over these columns
 *   --
 *   -- What a row is.
 *   --
 *   -- table:
 *   SELECT ...
 *
 * A parameter's value is JSON: its default in the file, pulse.yaml's
 * `figures: {stale: 30d}`, or --set stale=30d.  SQL gets a string or number as
 * such and a list as JSON text, for json_each.
 */
#ifndef PULSE_METRIC_H
#define PULSE_METRIC_H

#include <stdbool.h>
#include <stddef.h>

#include "measure/parameters.h"

struct metric_words {
	const char **items; /* NULL-ended */
	size_t count;
};

struct metric {
	char *name, *file;
	const char *help, *unit, *counts;
	struct metric_words parts, by, every, needs, index;
	bool any_parts;		     /* beside those named */
	bool zero;		     /* empty: zero */
	bool list;		     /* shape: list */
	const char *default_by;	     /* NULL: all */
	const char *set;	     /* NULL: in none */
	long place;		     /* in it */
	const char *chart;	     /* NULL: none of its own */
	const char *peers;	     /* NULL: not said */
	struct metric_words columns; /* "NAME - what it is" each */
	struct parameters parameters;
	char *definition;	    /* lines with LF */
	const char *rows, *figures; /* SQL; of a table rows alone */
	unsigned rows_line, figures_line;
	char *text; /* owns the above */
	char *sql;  /* the file as it is */
};

struct metrics {
	struct metric *items; /* by name */
	size_t count;
	struct metric *tables; /* likewise */
	size_t table_count;
};

/* All files of a folder, and of tables in it; NULL with *why "FILE:LINE: what
 * was expected". */
struct metrics *metric_load(const char *folder, char **why);
void metric_free(struct metrics *metrics);
const struct metric *metric_find(const struct metrics *metrics,
				 const char *name);
const struct metric *metric_table(const struct metrics *metrics,
				  const char *name);

bool metric_has_word(const struct metric_words *words, const char *word);
/* The words of both with commas between them; b may be NULL.  Allocated. */
char *metric_join(const struct metric_words *a, const struct metric_words *b);

/* A part as people write it: blanks for underscores where its head names it; a
 * person, a status or a group is written as it is.  Allocated. */
char *metric_say_part(const struct metric *metric, const char *part);

/* Does its SQL, or that of a table it needs, mention the word? */
bool metric_mentions(const struct metrics *metrics, const struct metric *metric,
		     const char *word);

/* The next parameter of a statement at or after *at, such as "client", which
 * is copied to name; 0 when there is none. */
int metric_parameter(const char **at, char *name, size_t size);

#endif
