/*
 * supervisor - what pulse-run is: one run, from its lock to its result.
 *
 * Takes the job's lock, ending first what is left of a run whose pulse-run was
 * killed; looks at the latch; turns the ticket into `started`; runs the command
 * in its own process group as subreaper, with a stamped, capped log, until
 * nothing is left of it; then the result, durable, and only then the lock goes.
 * TERM is stop (TERM, CONT, grace, KILL), USR1 drain (the same with the drain
 * time), USR2 kill.
 */
#ifndef PULSE_SUPERVISOR_H
#define PULSE_SUPERVISOR_H

#include <stdbool.h>

#include "jobs/folder.h"
#include "jobs/rooms.h"

struct supervisor_run {
	const struct rooms *rooms;
	const char *id; /* of a folder with a ticket; NULL: standalone */
	const struct folder_spec *spec; /* standalone only */
	bool loud; /* standalone: the log's lines go to stderr as well */
};

/* The exit code of pulse-run: 75 when the lock is held, the latch set or the
 * ticket gone (nothing ran, no result); 73 or 74 when the folder could not be
 * written (nothing ran); else how the run ended. *why (allocated) is set when
 * there is something to say. */
int supervisor_run(const struct supervisor_run *run, char **why);

#endif
