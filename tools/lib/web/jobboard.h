/*
 * jobboard - all jobs as they are now, kept up by inotify, so that asking costs
 * nothing while nothing changes.
 *
 * Told of a change: status/ and the progress of what runs, the scheduler's
 * lock, the latch.  What changes with the clock alone (a job that is overdue
 * when no scheduler is there) is looked at again when it is asked for.
 */
#ifndef PULSE_JOBBOARD_H
#define PULSE_JOBBOARD_H

#include <stdint.h>

#include "look/overview.h"
#include "web/loop.h"
#include "web/web.h"

struct jobboard;

struct jobboard *jobboard_open(struct web *web);
void jobboard_close(struct jobboard *board);

/* As it is now; borrowed until the next call of anything here. */
struct overview *jobboard_look(struct jobboard *board);

/* Counts up with each change that was seen. */
uint64_t jobboard_version(const struct jobboard *board);

/* Called after each change, at most twice a second a job for its progress.
 * job NULL: something else than one job (the latch, the scheduler). */
void jobboard_listen(struct jobboard *board,
		     void (*changed)(void *arg, const struct overview_job *job),
		     void *arg);

#endif
