/*
 * office - what the leader holds while it leads, and what its parts share:
 * the spool's folders and lock/leader, state.db, the schedule, the docket,
 * and the descriptors that can wake it.
 *
 * transition, recovery, starts, orders, arrivals, circuits and bell are the
 * hands; leader is the loop.  Whatever a failed commit leaves undone is found
 * again from rows, folders and locks, so a hand that returns -1 has lost
 * nothing: office->hold says when to try again.
 */
#ifndef PULSE_OFFICE_H
#define PULSE_OFFICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "base/outcome.h"
#include "base/settings.h"
#include "jobs/events.h"
#include "jobs/journal.h"
#include "jobs/latch.h"
#include "jobs/lock.h"
#include "jobs/rooms.h"
#include "jobs/schedule.h"
#include "lead/docket.h"
#include "lead/leader.h"

enum { OFFICE_HOOKS = 4, OFFICE_HOLD = 1000 };

enum office_source { /* what can wake the leader */
		     OFFICE_SIGNAL,
		     OFFICE_CLOCK,
		     OFFICE_MAIL,
		     OFFICE_ROOMS,
		     OFFICE_RUN, /* index: of the entry */
		     OFFICE_HOOK /* index: of the hook */
};

/* What is done once the transaction is committed, in order. */
struct office_after {
	size_t entry;
	enum states_signal signal;
	bool start; /* make the folder and spawn */
	char *line; /* for -v, or NULL */
	char *bell; /* JSON for the notify hook, or NULL */
};

struct office_flags {
	bool latched; /* the emergency stop has been applied to the rows */
	bool held;    /* orchestrator stop: nothing starts */
	int64_t turn; /* the client that started last */
	int64_t ring; /* seq of the first event that a person was not told of */
};

struct office_hook {
	pid_t pid; /* 0: free */
	int pidfd; /* -1: none, looked at from time to time */
};

struct office {
	struct rooms rooms;
	int lock;
	struct journal *journal;
	struct events *events;
	struct schedule *schedule;
	struct settings *settings;
	char *schedule_file, *config;
	const char *config_given;
	char boot[PROCESS_BOOT];
	bool verbose;

	struct docket docket;
	struct office_flags flags, flags_before;
	bool open; /* a transaction is */
	struct office_after *after;
	size_t after_count;

	uint64_t lot;  /* the latest seed */
	int64_t now;   /* of this turn */
	int64_t hold;  /* monotonic: the journal failed, not before */
	int64_t look;  /* monotonic: look again then, 0: no need */
	bool changed;  /* something was committed in this turn */
	bool mail;     /* new/ may hold commands */
	bool arrived;  /* run/ may hold results of standalone runs */
	bool reload;   /* the schedule is to be read again */
	bool unfitted; /* the rows do not know the schedule yet */
	bool ending;
	bool full;	 /* below the floor of free space */
	bool complained; /* of the journal, since it worked */

	int epoll, signals, inotify, mailbox;
	struct clock_timer *timer;
	struct office_hook hooks[OFFICE_HOOKS];
	char **bells; /* waiting for a free hook */
	size_t bell_count;
	char *runner, **environment; /* pulse-run, and what it gets */
	struct rlimit files;	     /* of descriptors, as we found it */
	/* Where runs and hooks say what they cannot say elsewhere.  -1 for
	 * --once: nobody waits for them, and they must not hold cron's pipe. */
	int errors;
};

/* As leader_open; the docket is read and fitted, nothing is written yet. */
enum leader_opening office_open(const struct leader_options *options,
				struct office *office, int *holder, char **why,
				enum outcome_class *class);
void office_close(struct office *office);

/* Reads schedule and settings again; -1 with *why, and the old ones stay. */
int office_reload(struct office *office, char **why);

/* As spawn_alone, with our environment, errors and first limits: each live run
 * takes a descriptor of ours, but programs rely on the usual few. */
int office_spawn(const struct office *office, char **argv, int in, pid_t *pid);

/* Adds a descriptor to what can wake the leader; 0, or -1 with errno. */
int office_watch(struct office *office, int fd, enum office_source source,
		 size_t index);
void office_unwatch(struct office *office, int fd);

/* At the latest in ms from now, by the monotonic clock. */
void office_look_in(struct office *office, int64_t ms);

size_t office_index(const struct office *office,
		    const struct docket_entry *entry);

#endif
