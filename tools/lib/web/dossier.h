/*
 * dossier - what state.db and the schedule say of the jobs beside their status
 * lines: the latest runs of each, when it is tried next and why, its
 * integration; and up to which event the status lines are.
 *
 *   dossier_touch(dossier)                    something may have happened
 *   if (dossier_catch_up(dossier, &overview)) something was new
 *
 * Only what events tell of is read again.  state.db is never waited for: while
 * it is busy what was known stays.
 */
#ifndef PULSE_DOSSIER_H
#define PULSE_DOSSIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "jobs/schedule.h"
#include "look/overview.h"
#include "web/leaf.h"

enum { DOSSIER_RUNS = LEAF_RUNS, DOSSIER_POSITION = JOURNAL_GEN + 24 };

struct dossier;

struct dossier *dossier_new(const char *schedule);
void dossier_free(struct dossier *dossier);

void dossier_touch(struct dossier *dossier);
/* Of all jobs of the overview, some at a time: dossier_is_behind when others
 * are to be read yet. */
bool dossier_catch_up(struct dossier *dossier, struct overview *overview);
bool dossier_is_behind(const struct dossier *dossier);

/* Members of the object that is open: integration, and outlook as pulse-why
 * gives it; what is not known is left out. */
void dossier_put(const struct dossier *dossier, struct jsonw *w,
		 const struct overview_job *job);
/* runs: the latest ones, at most DOSSIER_RUNS, newest first, of which each has
 * run, began, and once it has ended took (ms), result and, when it failed,
 * class. */
void dossier_put_runs(const struct dossier *dossier, struct jsonw *w,
		      const struct overview_job *job, size_t most);

/* The GEN-SEQ behind which nothing is missing in the status lines; "": it is
 * not known. */
void dossier_position(const struct dossier *dossier,
		      char out[DOSSIER_POSITION]);

/* NULL: there is none that is any good. */
const struct schedule *dossier_schedule(struct dossier *dossier);

#endif
