/*
 * offspring - the processes of one run: the pipeline's main command in its own
 * group, and whatever it has started.  We are their subreaper, so that a
 * process which leaves the group, or loses its parent, is still our child.
 *
 *   offspring_start(&o, &start)           a child that waits at its gate
 *   offspring_release(&o)                 it executes the command
 *   offspring_reap(&o)                    at each SIGCHLD; true: none is left
 *   offspring_signal(&o, SIGTERM)         its group
 *   offspring_signal_all(&o, SIGKILL)     its group and all our children
 */
#ifndef PULSE_OFFSPRING_H
#define PULSE_OFFSPRING_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct offspring_start {
	const char *file;
	char **argv;
	int output; /* for stdout and stderr; stdin is /dev/null */
	int keep;   /* the one other descriptor that stays open */
	bool own_session;
};

struct offspring {
	pid_t main; /* also its process group */
	int gate;
	bool ended; /* the main command has */
	int status; /* of waitpid, then */
	bool counting;
	int64_t late; /* reaped while counting */
};

/* 0, or -1 with errno.  The environment is ours at that time; signals are as
 * by default and none is blocked. */
int offspring_start(struct offspring *offspring,
		    const struct offspring_start *start);
void offspring_release(struct offspring *offspring);
/* Instead: the command is never executed. */
void offspring_forget(struct offspring *offspring);

bool offspring_reap(struct offspring *offspring);
/* A stopped process is continued, so that it gets the signal.  The group is
 * left alone once the main command has ended. */
void offspring_signal(const struct offspring *offspring, int signal);
void offspring_signal_all(const struct offspring *offspring, int signal);

#endif
