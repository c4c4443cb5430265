/*
 * overview - all jobs as they are now, for who only looks: the status files,
 * the progress of what runs, and whether a scheduler is there.
 *
 *   overview_open(&overview, spool, &why)
 *   overview_look(&overview, &ask)              again whenever it is worth it
 *   overview_close(&overview)
 *
 * Who is told what has changed, and shows all jobs, looks at that alone:
 *
 *   overview_look_around(&overview)             all that is not about one job
 *   overview_renew(&overview, client, job)      a status file was replaced
 *   overview_look_after(&overview, job)         how far it is, is it looked
 *                                               after
 *
 * state.db is opened only for what stands nowhere else.
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
	bool hurried; /* set by who must not wait for state.db when it is busy
		       */
	struct overview_job *jobs; /* by client and name */
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

void overview_look_around(struct overview *overview);
/* 1: that job's line was read, it is at its place among the others; 0: there is
 * no such job any more; -1: its file is damaged, look at all to count them. */
int overview_renew(struct overview *overview, int64_t client, const char *job);
void overview_look_after(struct overview *overview, struct overview_job *job);
/* After these: several, overdue. */
void overview_sum_up(struct overview *overview);

/* NULL: there is none. */
struct overview_job *overview_find(const struct overview *overview,
				   int64_t client, const char *job);

/* One object of the keys of the status line and of the progress; or these as
 * members of the object that is open. */
void overview_write(struct jsonw *w, const struct overview_job *job);
void overview_put(struct jsonw *w, const struct overview_job *job);

/* Has something failed that a person or a monitor ought to know? */
bool overview_is_well(const struct overview *overview);

/* The journal for reading, opened once; NULL: there is none, or it cannot be
 * read (*why, allocated, may be NULL). */
struct journal *overview_journal(struct overview *overview, char **why,
				 enum outcome_class *class);

#endif
