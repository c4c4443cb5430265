/*
 * states - what may happen to a job, one row per (client, job): the six
 * states, the events, and what each event does in each state.  pure: time and
 * seed are arguments; nothing is read, written or started here.
 *
 *   copy = row;
 *   states_apply(&rules, &copy, &event, &answer);
 *   if (answer.changed) ... commit copy and one event, then signal
 *
 * A row leaves RUNNING only by STATES_ENDED, STATES_NEVER_STARTED,
 * STATES_VANISHED: the caller sends these when the supervisor is gone and the
 * job's lock is free.  The whole table, cell by cell, is tests/fixtures/states.
 * Times are ms since the epoch, UTC; 0: none.
 */
#ifndef PULSE_STATES_H
#define PULSE_STATES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/backoff.h"
#include "base/outcome.h"

enum states_state {
	STATES_NOT_STARTED,
	STATES_PENDING,
	STATES_RUNNING,
	STATES_FINISHED,
	STATES_ERROR,
	STATES_PAUSED,
	STATES_COUNT
};

/* Why a row is in its state, what a PENDING row waits for, what asked for a
 * run, and what a not_before is for. */
enum states_reason {
	STATES_NONE,
	STATES_FIRST, /* what asks for a run: these six are triggers */
	STATES_DUE,
	STATES_MANUAL,
	STATES_RETRY,
	STATES_PROBE,
	STATES_ITEMS,	   /* failed items of a partial run, alone */
	STATES_DEPENDENCY, /* what a PENDING row waits for */
	STATES_SLOT,
	STATES_BREAKER,
	STATES_QUOTA,
	STATES_BUSY, /* a standalone run holds the job's lock */
	STATES_SPACE,
	STATES_START_FAILED,
	STATES_ORPHAN,
	STATES_INTERRUPTED,
	STATES_HOLD, /* PAUSED by a person, or by the emergency stop */
	STATES_EMERGENCY,
	STATES_MANUAL_FIX, /* ERROR that waits for a person */
	STATES_STUCK,	   /* RUNNING: a dead run's lock is not free */
	STATES_REASONS
};

/* What a live run is being asked, committed before any signal; a higher one
 * replaces a lower one. */
enum states_want {
	STATES_RUN,
	STATES_PAUSE,
	STATES_REPLACE,
	STATES_STOP,
	STATES_KILL,
	STATES_KILL_ALL, /* emergency */
	STATES_WANTS
};

enum states_result {
	STATES_NO_RESULT,
	STATES_SUCCESS,
	STATES_PARTIAL,
	STATES_FAILED,
	STATES_STOPPED,
	STATES_KILLED,
	STATES_ORPHANED,
	STATES_RESULTS
};

/* How slowly a failing job is tried: three retries; one probe after 1-4 h;
 * one every 24 h; not before a person acts. */
enum states_tier {
	STATES_FAST,
	STATES_STANDARD,
	STATES_EXTENDED,
	STATES_BY_HAND,
	STATES_TIERS
};

struct states_row {
	enum states_state state;
	int64_t since; /* in that state */
	enum states_reason reason;
	enum states_reason trigger; /* of the pending, running or last run */
	enum states_want want;
	int64_t run;	    /* runs.id of the latest run, 0: none yet */
	int64_t not_before; /* never started before; floor says why */
	enum states_reason floor;
	int64_t look_at; /* looked at then at the latest */
	int64_t next_due;
	int64_t retry_count;	/* of this incident, fast tier */
	int64_t quota_count;	/* quota outcomes in a row without new cursor */
	int64_t start_failures; /* in a row */
	int64_t orphan_count, orphan_since; /* within 72 h */
	int64_t incident_start;
	int64_t probes; /* failed ones of this tier */
	enum states_tier tier;
	enum states_result last_result;
	int64_t last_end, last_success;
	int64_t missed;	     /* due points while RUNNING or PAUSED */
	struct states_held { /* what a PAUSED row goes back to; while RUNNING
			      * reason says what an emergency stop cut short */
		enum states_state state;
		enum states_reason reason, trigger, floor;
		int64_t not_before;
	} held;
	bool forced;	  /* past dependency, breaker, quota, tier and slot */
	bool second_look; /* a 77 after a success: asked once more */
	bool disabled;	  /* no longer in the schedule */
	int64_t epoch;	  /* +1 at each transition */
};

struct states_rules { /* of one job, from its schedule */
	int64_t interval, offset, fast_recovery;
	int64_t max_wait; /* for plain dependencies */
	int64_t max_retries;
	struct backoff retry;
};

enum states_kind {
	STATES_SEEN,   /* in the schedule, for the first time or again */
	STATES_TIME,   /* a look: due, retry and probe times, caps, missed */
	STATES_START,  /* force: .force, replace: .replace */
	STATES_OPEN,   /* gates open: .run is the new run */
	STATES_WAIT,   /* a gate is closed: .reason, .until (0: not known) */
	STATES_LOCKED, /* pulse-run found the job's lock held */
	STATES_SPAWN_FAILED,
	STATES_NEVER_STARTED, /* its ticket was revoked, or it has no folder */
	STATES_ENDED,	      /* .code .class .not_before .stored .timed_out */
	STATES_VANISHED,      /* lock free, no result; .rebooted .stored */
	STATES_JAMMED,	      /* a dead run's lock is still held */
	STATES_ITEMS_DUE,
	STATES_STOP_IT, /* .force */
	STATES_PAUSE_IT,
	STATES_RESUME,
	STATES_RESET,
	STATES_EMERGENCY_STOP,
	STATES_ALL_CLEAR,      /* orchestrator start: the latch is cleared */
	STATES_BREAKER_OPEN,   /* .until */
	STATES_BREAKER_CLOSED, /* what it held may go on */
	STATES_REMOVED,
	STATES_RESCHEDULED, /* its interval or offset changed */
	STATES_KINDS
};

struct states_event {
	enum states_kind kind;
	int64_t now;
	uint64_t seed; /* for what is drawn by lot: delays */
	bool force, replace;
	bool latched;	/* the emergency latch is set (START, RESUME, OPEN) */
	bool held_back; /* quota or breaker holds this job now (START) */
	bool rebooted;	/* the run's boot id is not ours */
	bool stored;	/* the run stored a new cursor */
	bool timed_out;
	int code;
	enum outcome_class class;
	enum states_reason reason;
	int64_t until, not_before;
	int64_t at;  /* ENDED: when the run ended, 0: now */
	int64_t run; /* must be the row's latest run, else nothing changes */
};

enum states_signal { /* to pulse-run, once the row is committed */
		     STATES_NO_SIGNAL,
		     STATES_SIGNAL_DRAIN, /* USR1 */
		     STATES_SIGNAL_STOP,  /* TERM */
		     STATES_SIGNAL_KILL	  /* USR2 */
};

enum states_blame { STATES_NO_BLAME, STATES_GOOD, STATES_BAD };

struct states_answer {
	bool changed;		   /* row is to be committed, with one event */
	int status;		   /* HTTP: 200 202 409 423; 0: not a command */
	const char *message;	   /* why not, and the way out; or NULL */
	enum states_signal signal; /* may come without a change */
	/* How the run counts for the breaker: GOOD when it stored a cursor. */
	enum states_blame breaker;
	bool person; /* from now on a person is needed: tell */
};

void states_apply(const struct states_rules *rules, struct states_row *row,
		  const struct states_event *event,
		  struct states_answer *answer);

/* When the row is to be looked at (STATES_TIME) if nothing happens before, as
 * it stands after a look; 0: not by the clock. */
int64_t states_look(const struct states_row *row);

/* The signal that a want means: also sent again when a run is adopted. */
enum states_signal states_signal(enum states_want want);

/* "PENDING", "manual_fix", "replace", "partial", "extended" ... */
const char *states_name(enum states_state state);
const char *states_reason_name(enum states_reason reason); /* NONE: "" */
const char *states_want_name(enum states_want want);
const char *states_result_name(enum states_result result); /* NO_RESULT: "" */
const char *states_tier_name(enum states_tier tier);
const char *states_kind_name(enum states_kind kind);
/* -1: nobody's name. */
int states_by_name(const char *name);
int states_reason_by_name(const char *name);
int states_want_by_name(const char *name);
int states_result_by_name(const char *name);
int states_tier_by_name(const char *name);
int states_kind_by_name(const char *name);

/* The type of the event that reports a change, such as "job_queued": a total
 * function of what changed; "job_updated" when the state is the same. */
struct states_change {
	enum states_state from, to;
	enum states_reason reason;
	enum states_want from_want, want;
};
const char *states_event_type(const struct states_change *change);

#endif
