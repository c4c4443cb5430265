/*
 * overview - all jobs as they are now, for who only looks: the status files,
 * the progress of what runs, and whether a scheduler is there.
 *
 *   overview_open(&overview, spool, &why)
 *   overview_look(&overview, &ask)              again whenever it is worth it
 *   overview_close(&overview)
 *
 * state.db is opened only for what stands nowhere else, and never waited for.
 */
#ifndef PULSE_OVERVIEW_H
#define PULSE_OVERVIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "jobs/journal.h"
#include "jobs/pace.h"
#include "jobs/rooms.h"
#include "jobs/status.h"

struct overview_job {
	struct status status;
	struct pace pace; /* of a RUNNING one; else samples is 0 */
	/* Nobody looks after it: its run is gone, or its time is long past. */
	bool stale;
};

struct overview {
	char *path; /* of the spool */
	struct rooms rooms;
	bool there;   /* there is a spool */
	bool leader;  /* a scheduler holds lock/leader */
	bool latched; /* the emergency stop is set */
	bool held;    /* the orchestrator was stopped */
	bool overdue; /* some job is stale */
	bool several; /* clients, the host not counted */
	struct overview_job *jobs;
	size_t count, room;
	size_t damaged; /* status files */
	int64_t now;
	struct journal *journal; /* or NULL */
};

struct overview_ask {
	int64_t client;		 /* -1: any */
	const char *const *jobs; /* NULL-ended; none: all */
};

/* spool NULL: that of PULSE_HOME.  A spool that is not there is none: 0.  -1
 * with *why (allocated, "'PATH': reason"). */
int overview_open(struct overview *overview, const char *spool, char **why);
void overview_look(struct overview *overview, const struct overview_ask *ask);
void overview_close(struct overview *overview);

/* One object of the keys of the status line and of the progress. */
void overview_write(struct jsonw *w, const struct overview_job *job);

/* Has something failed that a person or a monitor ought to know? */
bool overview_is_well(const struct overview *overview);

/* The journal for reading, opened once; NULL: there is none, or it cannot be
 * read (*why, allocated, may be NULL). */
struct journal *overview_journal(struct overview *overview, char **why,
				 enum outcome_class *class);

#endif
