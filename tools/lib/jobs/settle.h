/*
 * settle - what became of a RUNNING row's run, from what its folder, lock and
 * process show.  pure.  Asked when pulse-run has ended, and at every start of
 * the leader for each RUNNING row before anything new starts.
 */
#ifndef PULSE_SETTLE_H
#define PULSE_SETTLE_H

#include <stdbool.h>

enum settle_paper { SETTLE_ABSENT, SETTLE_WHOLE, SETTLE_DAMAGED };

struct settle_view {
	bool folder;  /* run/ID is there */
	bool ticket;  /* not taken yet: pulse-run has not begun */
	bool revoked; /* we took it back */
	bool started; /* it was taken: pulse-run has begun */
	enum settle_paper result;
	bool lock_held;	  /* the job's lock, by this run or its pipeline */
	bool others_lock; /* the lock is held, by another run */
	bool alive;	  /* its pulse-run: start time and boot id checked */
	bool same_boot;	  /* true also when nothing is recorded yet */
	bool swept;	  /* its session was killed and 10 s have passed */
};

enum settle_verdict {
	SETTLE_REVOKE,	      /* take the ticket back, then look again */
	SETTLE_NEVER_STARTED, /* it did nothing and cannot any more */
	SETTLE_RESULT,	      /* apply the result */
	SETTLE_ADOPT,	      /* it goes on: watch it */
	SETTLE_SWEEP,	      /* kill what is left of its session, look again */
	SETTLE_STUCK,
	SETTLE_INTERRUPTED, /* another boot */
	SETTLE_ORPHAN
};

enum settle_verdict settle_judge(const struct settle_view *view);
const char *settle_name(enum settle_verdict verdict);

#endif
