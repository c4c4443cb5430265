/*
 * lock - one file per job in lock/, made once and never deleted; an OFD write
 * lock on it means that a run of the job is alive, in whichever process the
 * descriptor has ended up.  Its content is information about the holder.
 * lock/leader is the scheduler's own, close-on-exec.
 */
#ifndef PULSE_LOCK_H
#define PULSE_LOCK_H

#include <stdbool.h>

#include "jobs/process.h"
#include "jobs/rooms.h"

struct lock_holder {
	char run[ROOMS_NAME + 48]; /* run id, or "" for the leader */
	struct process_id process;
};

/* A descriptor that holds the lock; -1 with errno EAGAIN when it is held. */
int lock_take(const struct rooms *rooms, const char *name);
/* Writes who we are into it. */
int lock_sign(int fd, const struct lock_holder *holder);

/* Is it held?  Asked with F_OFD_GETLK only.  holder, when not NULL, gets the
 * content (zeroed when there is none or it is damaged). */
bool lock_is_held(const struct rooms *rooms, const char *name,
		  struct lock_holder *holder);

#endif
