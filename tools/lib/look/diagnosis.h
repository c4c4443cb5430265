/*
 * diagnosis - all there is to know of why a job is as it is: its status, its
 * row and latest run, its breaker, what failed of it, when it is tried next.
 *
 *   diagnosis_make(&diagnosis, &ask, &why)
 *   diagnosis_print(stdout, &diagnosis)          or diagnosis_json
 *   diagnosis_free(&diagnosis)
 *
 * Nothing is written and no lock taken.  What cannot be read (no database, a
 * schedule that is no good) is left out and said.
 */
#ifndef PULSE_DIAGNOSIS_H
#define PULSE_DIAGNOSIS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "look/lookup.h"
#include "look/outlook.h"
#include "look/overview.h"

enum { DIAGNOSIS_NOTES = 4 };

struct diagnosis_ask {
	const char *word;	      /* as lookup_job takes it */
	int64_t client;		      /* -1: not said */
	const char *spool, *schedule; /* NULL: the usual places */
};

struct diagnosis {
	struct overview *overview, own;
	struct lookup found;
	char name[NAMES_SIZE + 32]; /* as other commands take it: "job -k 2" */
	const struct schedule *schedule;
	struct schedule *read;		 /* by diagnosis_make */
	const struct schedule_job *plan; /* NULL: not in the schedule */
	struct overview_job job;
	bool known; /* a scheduler has looked at it */
	struct states_row row;
	struct journal_breaker breaker;
	bool has_breaker;
	struct journal_run latest; /* that has ended; folder "": none has */
	struct outlook outlook;
	int64_t items, scopes;	      /* open failures; -1: not known */
	char *notes[DIAGNOSIS_NOTES]; /* what could not be read, and why */
	size_t note_count;
};

/* 0; -1 with *why (allocated): there is no such job.  -2: no spool,
 * errno says why. */
int diagnosis_make(struct diagnosis *diagnosis, const struct diagnosis_ask *ask,
		   char **why);
/* The same of a job that is known by name, for who has looked at all jobs and
 * read the schedule (or NULL); both stay his, longer than the diagnosis. */
struct diagnosis_view {
	struct overview *overview;
	const struct schedule *schedule;
	int64_t client;
	const char *job;
};
void diagnosis_see(struct diagnosis *diagnosis,
		   const struct diagnosis_view *view);
void diagnosis_free(struct diagnosis *diagnosis);

void diagnosis_print(FILE *out, const struct diagnosis *diagnosis);
/* The keys of the status line, then what is known beside. */
void diagnosis_json(FILE *out, const struct diagnosis *diagnosis);
/* The same as members of the object that is open. */
void diagnosis_put(struct jsonw *w, const struct diagnosis *diagnosis);

#endif
