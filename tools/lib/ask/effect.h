/*
 * effect - whether a command has had its effect on a job, what that means as
 * an exit code, and how a change of state reads.  pure.
 */
#ifndef PULSE_EFFECT_H
#define PULSE_EFFECT_H

#include <stdbool.h>
#include <stddef.h>

#include "jobs/command.h"
#include "jobs/status.h"

/* Is there anything to wait for once the answer is 202? */
bool effect_takes_time(const struct command *command);

/* run: the job's run before the command, "" when it had none.  A start is over
 * when another run has ended; a stop when nothing runs; a resume when the job
 * is no longer held or ending. */
bool effect_is_reached(enum command_verb verb, const char *run,
		       const struct status *now);

/* Of a start: 0, 121 in part, the code of the failure's class, or 75 when the
 * run was ended from outside or waits again.  0 for the others. */
int effect_code(enum command_verb verb, const struct status *end);

/* "RUNNING -> ERROR (retry: cannot ...)"; from may be NULL, and counts
 * only if state or run are others. */
void effect_line(const struct status *from, const struct status *to, char *out,
		 size_t size);

#endif
