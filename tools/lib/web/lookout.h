/*
 * lookout - what changes in a spool, as inotify tells: a status file that was
 * replaced, a lock, the latch, an event, how far a run is.  A spool that is not
 * there, or a room of it, is waited for.
 *
 *   lookout = lookout_new();
 *   lookout_turn_to(lookout, spool);        again after LOOKOUT_SPOOL
 *   lookout_follow(lookout, run, true);
 *   poll lookout_fd(lookout); lookout_take(lookout, seen, arg);
 */
#ifndef PULSE_LOOKOUT_H
#define PULSE_LOOKOUT_H

#include <stdbool.h>

#include "jobs/rooms.h"

struct lookout;

enum lookout_sight {
	LOOKOUT_SPOOL,	/* it, or a room of it, is another: look at all anew */
	LOOKOUT_STATUS, /* name: CLIENT.JOB */
	LOOKOUT_LOCK,	/* name: CLIENT.JOB, or leader.  It may not be free
			 * yet when it is let go */
	LOOKOUT_LATCH,
	LOOKOUT_EVENTS,	  /* events.ndjson */
	LOOKOUT_DATABASE, /* state.db is another file */
	LOOKOUT_PROGRESS  /* name: a run that is followed */
};

struct lookout *lookout_new(void);
void lookout_free(struct lookout *lookout);
int lookout_fd(const struct lookout *lookout); /* -1: nothing is told */

/* Nothing is followed any more. */
void lookout_turn_to(struct lookout *lookout, const char *spool);
/* Is all watched that was open there by then?  If not, it was made meanwhile.
 * rooms NULL: there was no spool. */
bool lookout_sees(const struct lookout *lookout, const struct rooms *rooms);

/* A run that says how far it is, or will.  on false: no longer. */
void lookout_follow(struct lookout *lookout, const char *run, bool on);

/* Calls what has been seen since, and does not wait. */
void lookout_take(struct lookout *lookout,
		  void (*seen)(void *arg, enum lookout_sight sight,
			       const char *name),
		  void *arg);

#endif
