/*
 * latch - control/latch, one byte: while it is 1 nothing starts, not even by
 * force.  Set in place by pwrite and fdatasync, which works on a full disk.
 * In an existing control/ a missing or unreadable latch counts as set.  Behind
 * the byte stands when it was set, where there is room for that: what was asked
 * before must not clear it.
 */
#ifndef PULSE_LATCH_H
#define PULSE_LATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "jobs/rooms.h"

bool latch_is_set(const struct rooms *rooms);
int latch_set(const struct rooms *rooms, bool set); /* 0, or -1 with errno */
int64_t latch_since(const struct rooms *rooms);	    /* ms; 0: it does not say */

#endif
