/*
 * process - a process by what cannot be reused: pid, start time and boot id.
 * All three are checked before every signal.
 */
#ifndef PULSE_PROCESS_H
#define PULSE_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { PROCESS_BOOT = 40 };

struct process_id {
	pid_t pid;
	uint64_t start; /* clock ticks since boot, field 22 of /proc/PID/stat */
	char boot[PROCESS_BOOT];
};

/* PULSE_TEST_BOOT, when set, stands for the boot id. */
void process_boot(char out[PROCESS_BOOT]);
/* 0, or -1 with errno (ESRCH). */
int process_identify(pid_t pid, struct process_id *id);
bool process_is_alive(const struct process_id *id); /* a zombie is not */

/* A pidfd of exactly this process, or -1 with errno ESRCH. */
int process_open(const struct process_id *id);
int process_signal(const struct process_id *id, int signal);

/*
 * Sends KILL to every process of a session, and to every process that holds a
 * lock on the file (device, inode), that started at or after `since` ticks;
 * ours excepted.  Returns how many were found.  Call it until it finds none.
 * A session whose leader started more than a minute after `since` is another.
 * One that hides from us (PR_SET_DUMPABLE) is found by its session only.
 */
struct process_group {
	pid_t session;
	uint64_t since;
	uint64_t device, inode; /* of the job's lock; 0: not looked for */
	/* Asked, when not NULL, before one is killed for its lock alone; true:
	 * it is left alone and does not count. */
	bool (*spare)(void *arg, pid_t pid);
	void *arg;
};
int process_sweep(const struct process_group *group);

/* Does it run the same program file as we do? */
bool process_runs_ours(pid_t pid);

/* Our own children that live, ended by 0, allocated.  Their numbers are safe
 * to use: a child that we have not waited for keeps its own. */
pid_t *process_children(void);

#endif
