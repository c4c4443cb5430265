/*
 * order - what the words of a command line ask for, and of which jobs.
 *
 *   order_read(&order, operands, &why)        start github_job jira_job
 *   order_find(&order, &rooms, &why)          which clients' they are
 *   order_command(&order, i, now, &command)   filled in, but for by and role
 *   order_free(&order)
 *
 * `start orchestrator` and `stop orchestrator` are verbs of their own; a job
 * may be written CLIENT.JOB, as in status/.
 */
#ifndef PULSE_ORDER_H
#define PULSE_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "jobs/command.h"
#include "jobs/rooms.h"

struct order_target {
	int64_t client; /* -1: the leader finds it */
	char job[NAMES_SIZE];
	char label[ROOMS_NAME]; /* "github_job", or "2.github_job" */
};

struct order {
	/* Given with the words, filled in by the caller. */
	bool all; /* every job that has a status */
	bool force, replace, drain;
	const char *client;	 /* as written, or NULL */
	const char *id, *reason; /* or NULL */
	int64_t before;		 /* of prune, 0: 90 days ago */
	/* What order_read makes of them. */
	bool emergency; /* emergency-stop: no command at all */
	enum command_verb verb;
	int64_t whose;		      /* the client, -1: not said */
	struct order_target *targets; /* none: it is about no job */
	size_t count;
	char integration[NAMES_SIZE], to[16];
};

/* 0, or -1 with *why (allocated): an unknown word with the nearest known one,
 * a job too many or too few, an option that says nothing to the verb. */
int order_read(struct order *order, char **operands, char **why);

/* A job whose status/ is of one client only is that
 * one's; of several, -1 with *why.  A `per: host` job is client 0's whatever
 * was given. */
int order_find(struct order *order, const struct rooms *rooms, char **why);
/* The same for a target that was not known before: it may be now. */
bool order_find_again(struct order_target *target, const struct rooms *rooms);

/* The command for a target, a new id if none was given; by and role are the
 * caller's to fill in. */
void order_command(const struct order *order, size_t target, int64_t now,
		   struct command *command);
void order_free(struct order *order);

#endif
