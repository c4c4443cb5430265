/*
 * remains - what is left of a run whose pulse-run was killed: processes of its
 * session, and whoever still holds its job's lock.  Nobody else would end them.
 */
#ifndef PULSE_REMAINS_H
#define PULSE_REMAINS_H

#include <stdbool.h>
#include <stdint.h>

#include "jobs/rooms.h"

/* Looks at the last run that signed this lock.  When its pulse-run is dead and
 * left no result, kills what is left, for give_up ms at most.  True: the lock
 * was free then, and nothing of that run is left. */
bool remains_end(const struct rooms *rooms, const char *name, int64_t give_up);

#endif
