/*
 * rooms - the folders of the spool in which jobs are run and watched, held
 * open: run/ lock/ control/ status/ and the spool itself.
 *
 * Everything below works by openat on these; made 0700.  control/ is built
 * aside, with its latch 0 and its four folders, and renamed into place.
 */
#ifndef PULSE_ROOMS_H
#define PULSE_ROOMS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/names.h"

enum { ROOMS_NAME = NAMES_SIZE + 32 };

struct rooms {
	char *path;			       /* of the spool */
	int spool, run, lock, control, status; /* descriptors of folders */
};

/* path NULL: PULSE_HOME/spool; a relative one is made absolute.  make: what is
 * missing is made; without it a missing spool fails, and a room that is missing
 * is -1.  Refused: a folder that is not ours or that others may write.
 * 0, or -1 with *why (allocated, "'PATH': reason") and errno.  Closing is safe
 * twice. */
int rooms_open(struct rooms *rooms, const char *path, bool make, char **why);
void rooms_close(struct rooms *rooms);

/* "CLIENT.JOB", the file name of a job in lock/ and status/. */
void rooms_job(int64_t client, const char *job, char out[ROOMS_NAME]);
/* The parts of such a name; false: it is none. */
bool rooms_parse_job(const char *name, int64_t *client, char job[NAMES_SIZE]);

#endif
