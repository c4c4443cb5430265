/*
 * remains - what is left of a run whose pulse-run was killed: processes that
 * still hold their job's lock, which nobody would ever end.
 */
#ifndef PULSE_REMAINS_H
#define PULSE_REMAINS_H

#include <stdbool.h>
#include <stdint.h>

#include "jobs/rooms.h"

/* When the lock of this name is held and the pulse-run that signed it is dead,
 * kills the run's session and whoever holds the lock, for give_up ms at most.
 * True: it did, and the lock was free then. */
bool remains_end(const struct rooms *rooms, const char *name, int64_t give_up);

#endif
