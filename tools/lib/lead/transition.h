/*
 * transition - one event on one row: decided by states, written with its
 * event in the open transaction, taken back when that cannot be committed.
 *
 *   transition_apply(office, entry, &event, &note, &answer) ...
 *   transition_commit(office)      then signals, starts, the notify hook
 *
 * A transaction is opened by the first apply and holds all that comes before
 * the commit.  -1: the journal failed, all of it is undone and office->hold
 * set.
 */
#ifndef PULSE_TRANSITION_H
#define PULSE_TRANSITION_H

#include "lead/office.h"

/* What the event row says beside the change; texts may be NULL. */
struct transition_note {
	const char *command, *by, *message, *class;
};

int transition_apply(struct office *office, struct docket_entry *entry,
		     const struct states_event *event,
		     const struct transition_note *note,
		     struct states_answer *answer);

/* What a standalone run has come to: the row's last result. */
int transition_result(struct office *office, struct docket_entry *entry,
		      const struct journal_run *run);

/* An event that is no change of a row; client -1: about none. */
struct transition_fact {
	const char *type;
	int64_t client;
	const char *job; /* or NULL */
	struct transition_note note;
	int64_t *seq; /* set when not NULL */
};
int transition_report(struct office *office,
		      const struct transition_fact *fact);

/* Changes of a breaker and of the flags belong to the transaction too. */
int transition_breaker(struct office *office, int circuit,
		       const struct breaker *breaker, const char *type,
		       const struct transition_note *note);
int transition_flags(struct office *office, const struct office_flags *flags);

/* Opens the transaction if it is not. */
int transition_begin(struct office *office);
int transition_commit(struct office *office);
/* Undoes what is open and sets office->hold; returns -1. */
int transition_fail(struct office *office);

/* To be done with an entry after the commit. */
struct office_after *transition_after(struct office *office,
				      const struct docket_entry *entry);

#endif
