/*
 * gates - which jobs may start now, and what the others wait for.  pure.
 *
 * A job starts when now >= not_before and its gates are open: the emergency
 * latch, the orchestrator's hold, free space, its breaker, its dependencies
 * and a slot.  Slots count RUNNING rows: in total per host, and per client and
 * integration; a `per: host` job is outside the total.  Clients come in turn,
 * the oldest due first.
 */
#ifndef PULSE_GATES_H
#define PULSE_GATES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "jobs/breaker.h"
#include "jobs/schedule.h"
#include "jobs/states.h"

struct gates_job {
	int64_t client;			/* 0: per host */
	const struct schedule_job *job; /* NULL: it runs, but has left */
	const struct states_row *row;
	const char *runs_on; /* then: its integration, or NULL */
};

struct gates_breaker {
	int64_t client;
	const char *integration;
	const struct breaker *breaker;
};

struct gates_view {
	const struct schedule *schedule;
	const struct gates_job *jobs;
	size_t count;
	const struct gates_breaker *breakers;
	size_t breaker_count;
	bool latched, held;  /* nothing starts */
	bool full;	     /* below the floor of free space */
	int64_t last_client; /* whose turn it was last */
};

struct gates_answer {
	bool start;
	enum states_reason reason; /* what it waits for: SLOT, DEPENDENCY ... */
	int64_t until;		   /* when to look again, 0: at a change */
	const char *whom; /* the dependency, the integration; or NULL */
};

/* Fills answers[i] for each job i that is PENDING, and order[] with the jobs
 * that start, first things first; returns how many.  Both hold count. */
size_t gates_judge(const struct gates_view *view, int64_t now,
		   struct gates_answer *answers, size_t *order);

#endif
