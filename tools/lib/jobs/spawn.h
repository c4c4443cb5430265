/*
 * spawn - a process that outlives us: in a session of its own, with no signal
 * blocked or ignored, standard output to nowhere, and no other descriptor (ours
 * are all close-on-exec).
 */
#ifndef PULSE_SPAWN_H
#define PULSE_SPAWN_H

#include <sys/types.h>

/* in, err: its standard input and error, -1: nothing.  argv[0] is a path.
 * 0, or an errno. */
int spawn_alone(char **argv, char **environment, int in, int err, pid_t *pid);

#endif
