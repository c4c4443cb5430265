/*
 * outlook - when a job is tried next, and why then and not sooner, in words.
 * pure.
 */
#ifndef PULSE_OUTLOOK_H
#define PULSE_OUTLOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/jsonw.h"
#include "jobs/breaker.h"
#include "jobs/schedule.h"
#include "jobs/states.h"

enum { OUTLOOK_WHY = 240 };

struct outlook_view {
	const struct states_row *row;
	const struct schedule_job *job; /* NULL: not in the schedule */
	const struct breaker *breaker;	/* of its integration, or NULL */
};

struct outlook {
	int64_t at; /* ms; 0: nobody can say, or a person must act */
	bool person;
	bool failing; /* ERROR, or PENDING because of a failure */
	char why[OUTLOOK_WHY];
};

void outlook_see(const struct outlook_view *view, int64_t now,
		 struct outlook *outlook);

/* As member "outlook" of the object that is open: at, why, failing, person. */
void outlook_put(struct jsonw *w, const struct outlook *outlook);

#endif
