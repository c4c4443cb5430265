/*
 * jobboard - all jobs as they are now, kept up by inotify, so that asking costs
 * nothing while nothing changes; a spool that is not there yet is waited for.
 *
 * Told of a change: status/ and the progress of what runs, the scheduler's
 * lock, the latch, the events.  What changes with the clock alone (a job that
 * is overdue when no scheduler is there, a run that has become slow) is looked
 * at again when it is asked for.  How far a run is may be half a second old.
 */
#ifndef PULSE_JOBBOARD_H
#define PULSE_JOBBOARD_H

#include <stdint.h>

#include "look/overview.h"
#include "web/dossier.h"
#include "web/web.h"

struct jobboard;
struct kept;

struct jobboard *jobboard_open(struct web *web);
void jobboard_close(struct jobboard *board);

/* As it is now; borrowed until the next call of anything here.  Its rooms are
 * those of the spool that is there now. */
struct overview *jobboard_look(struct jobboard *board);

/* Counts up with each change that was seen, so after jobboard_look. */
uint64_t jobboard_version(const struct jobboard *board);

/* What state.db and the schedule say of the jobs, as far as it could be read;
 * after jobboard_look. */
struct dossier *jobboard_dossier(struct jobboard *board);

/* Answers about the jobs, by jobboard_version. */
struct kept *jobboard_kept(struct jobboard *board);

/* Called after each change, at most twice a second a job for its progress, the
 * last one always.  job NULL: something else than one job (the latch, the
 * scheduler, a job that is gone).  It may call jobboard_look. */
void jobboard_listen(struct jobboard *board,
		     void (*changed)(void *arg, const struct overview_job *job),
		     void *arg);

#endif
