/*
 * errand - takes a command to the leader and brings its answer back, also
 * where no leader is: then pulse-sched --once is run to have it applied.
 *
 *   struct errand errand = { &rooms, scheduler, wake, patience };
 *   end = errand_run(&errand, &command, &answer);
 *
 * Nobody polls: it waits for the answer, the leader's end, `wake`, or the time.
 */
#ifndef PULSE_ERRAND_H
#define PULSE_ERRAND_H

#include <stdbool.h>
#include <stdint.h>

#include "jobs/command.h"
#include "jobs/process.h"
#include "jobs/rooms.h"

struct errand {
	const struct rooms *rooms;
	char **scheduler; /* argv of pulse-sched --once; its stdout is stderr */
	int wake;	  /* readable: a person wants to end; -1: none */
	int64_t patience; /* ms for the answer */
	int once;	  /* out: the last code of the scheduler, 0: good */
};

enum errand_end {
	ERRAND_ANSWERED,
	ERRAND_WITHDRAWN,  /* not done, and will not be */
	ERRAND_UNANSWERED, /* taken by a leader that does not answer */
	ERRAND_UNSENT	   /* errno; EAGAIN: too many wait */
};

/* On `wake` or when patience is at its end the command is withdrawn; one that
 * was taken already is waited for as long again. */
enum errand_end errand_run(struct errand *errand, const struct command *command,
			   struct command_answer *answer);

/* Runs the scheduler once; its code, kept in errand->once. */
int errand_once(struct errand *errand);

/* Has `wake` been heard?  Once for each signal. */
bool errand_is_asked(const struct errand *errand);

/* Is there a leader?  id, when not NULL, gets its process. */
bool errand_has_leader(const struct errand *errand, struct process_id *id);

/* With no room for a command: tells the job's run directly, by the holder of
 * its lock, what a stop or a pause asks of it.  0, or -1 with errno (ESRCH:
 * nothing runs; EINVAL: it is neither, or whose job it is was not said). */
int errand_tell_run(const struct errand *errand, const struct command *command);

#endif
