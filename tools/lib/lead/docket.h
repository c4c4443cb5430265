/*
 * docket - the jobs as the leader has them in memory: one entry for each
 * (client, job), with its committed row, its place in the schedule and its
 * live run; and one circuit for each (client, integration).
 *
 * Entries are never removed and keep their index: a job that has left the
 * schedule has no plan any more.  Nothing here writes.
 */
#ifndef PULSE_DOCKET_H
#define PULSE_DOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/settings.h"
#include "jobs/breaker.h"
#include "jobs/gates.h"
#include "jobs/journal.h"
#include "jobs/rooms.h"
#include "jobs/schedule.h"
#include "jobs/states.h"

enum { DOCKET_NO_CIRCUIT = -1 };

struct docket_entry {
	int64_t client; /* 0: per host */
	char job[NAMES_SIZE];
	const struct schedule_job *plan; /* NULL: not in the schedule */
	struct states_rules rules;
	struct states_row row, before; /* before: while touched */
	bool stored;		       /* the journal has the row */
	bool was_stored, touched;
	int circuit;

	int pidfd;     /* of the live pulse-run, -1 */
	pid_t child;   /* the same when it is ours to reap, else 0 */
	int exit_code; /* of the child that has ended, -1: not known */
	enum outcome_class unfit;      /* the class of unstarted */
	char unstarted[VERDICT_CAUSE]; /* why no pulse-run began, "" */
	int64_t settle;	  /* monotonic: to be settled then, 0: no */
	int64_t sweeping; /* monotonic: since when */

	int64_t looked;	  /* the time of the latest look; 0: one is needed */
	int64_t gate_at;  /* what its gate said: look again then */
	int64_t items_at; /* when a failed item of it is due, 0: none */

	int64_t seq; /* of its latest event */
	char whom[NAMES_SIZE], class[32], error[VERDICT_CAUSE];
	uint64_t dead; /* start of a dead holder of its lock, tried once */
	bool stale;    /* its status file is to be written */
};

struct docket_circuit {
	struct journal_breaker now;
	struct breaker before;
	bool touched;
};

struct docket {
	struct docket_entry *entries;
	size_t count;
	struct docket_circuit *circuits;
	size_t circuit_count;
};

/* Reads rows and breakers.  0, or -1: journal_error. */
int docket_read(struct docket *docket, struct journal *journal);
/* Of the rows that run: the circuit that the run was started on, as its folder
 * says; its job may have left the schedule.  Behind docket_read. */
void docket_recall(struct docket *docket, const struct rooms *rooms);
/* Fits the entries to a schedule and the clients: adds what is new, takes the
 * plan from what is gone. */
void docket_fit(struct docket *docket, const struct schedule *schedule,
		const struct settings *settings);
void docket_free(struct docket *docket);

/* NULL: no such entry. */
struct docket_entry *docket_find(struct docket *docket, int64_t client,
				 const char *job);
/* -1: there is none yet. */
int docket_circuit(const struct docket *docket, int64_t client,
		   const char *integration);

/* Finds the circuit of an entry anew; a live run stays with the one that it was
 * started on. */
void docket_join_circuit(const struct docket *docket,
			 struct docket_entry *entry);

/* The next time at which an entry wants to be looked at, 0: none. */
int64_t docket_wake(const struct docket_entry *entry);

/* What gates and plan look at; which[i] is the entry of view->jobs[i].  The
 * arrays are allocated anew at each call and freed by docket_drop_view. */
void docket_view(const struct docket *docket, const struct schedule *schedule,
		 struct gates_view *view, size_t **which);
void docket_drop_view(struct gates_view *view, size_t *which);

#endif
