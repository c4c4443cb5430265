/*
 * watch - stays with the processes of a run until none is left: files what
 * they say, ends them when a signal or the time asks for it, and ends what
 * outlives the main command.
 *
 *   signals = watch_signals(alone);       before anything is started
 *   struct watch watch = { ... };
 *   watch_run(&watch);
 *
 * TERM stops: TERM and CONT to the group, KILL after `grace`; USR1 drains: the
 * same with `drain`; USR2 kills.  What is asked again, or more mildly than
 * before, changes nothing; what is asked more strongly counts.  Once the main
 * command has ended, the rest gets 2 s, TERM, 2 s, KILL.
 */
#ifndef PULSE_WATCH_H
#define PULSE_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "jobs/folder.h"
#include "run/offspring.h"
#include "run/runlog.h"

struct watch {
	struct offspring *offspring;
	struct runlog *log;
	int signals, output; /* the reading end of the pipeline's output */
	int64_t timeout;     /* ms from now, 0: none */
	int64_t grace, drain;
	/* What became of it: */
	enum folder_how how;
	char asker[80]; /* who or what asked it to end */
	/* Its own: how far it is, how hard it was asked. */
	enum watch_phase {
		WATCH_RUNNING,
		WATCH_LINGERING,
		WATCH_ENDING,
		WATCH_KILLING
	} phase;
	enum watch_level {
		WATCH_NOT_ASKED,
		WATCH_DRAIN,
		WATCH_STOP,
		WATCH_KILL
	} level;
	int64_t deadline; /* of the phase, monotonic; 0: none */
};

/* A descriptor from which signals are read from now on, or -1 with errno.
 * alone: INT, QUIT and HUP count too, as they come from a terminal; a HUP that
 * was ignored stays so. */
int watch_signals(bool alone);

void watch_run(struct watch *watch);

#endif
