/*
 * leftovers - what waits in the spool and in pulse.db beside the jobs: batches,
 * rejects, open failures.  Makes nothing and takes no lock.
 */
#ifndef PULSE_LEFTOVERS_H
#define PULSE_LEFTOVERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/outcome.h"
#include "jobs/rooms.h"
#include "storage/queue.h"

struct leftovers {
	int64_t files[QUEUE_STATES]; /* of all queues */
	int64_t rejects;	     /* those of bad/ with rejected records */
	int64_t failures;	     /* open ones; -1: not known */
	bool loaded;		     /* there is a pulse.db */
};

/* client -1: of all. 0, or -1 with *why (allocated) and *class when pulse.db
 * cannot be read; the rest is counted then. */
int leftovers_count(const struct rooms *rooms, int64_t client,
		    struct leftovers *leftovers, char **why,
		    enum outcome_class *class);

#endif
