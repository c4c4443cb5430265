/*
 * command - what a person asks of the leader, as one JSON line of at most
 * 4 KiB, and the leader's answer.  pure, but for command_make_id.
 *
 * Keys: id cmd job client force replace drain by role at expires if_epoch
 * integration to before note; times in RFC 3339; what is not set is left out
 * (null counts as left out).  Each verb takes only the keys that mean
 * something to it; replace goes with force.
 */
#ifndef PULSE_COMMAND_H
#define PULSE_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/jsonw.h"
#include "base/names.h"

enum { COMMAND_ID = 128, COMMAND_SIZE = 4096, COMMAND_TEXT = 256 };

enum command_verb {
	COMMAND_START,
	COMMAND_STOP,
	COMMAND_PAUSE,
	COMMAND_RESUME,
	COMMAND_RESET,
	COMMAND_ORCHESTRATOR_START, /* also clears the latch (admin) */
	COMMAND_ORCHESTRATOR_STOP,  /* drain: pauses the runs as well */
	COMMAND_BREAKER,	    /* integration, to */
	COMMAND_PRUNE,		    /* before: history older than that */
	COMMAND_PUT_BACK,	    /* what is due of job's failed items: now */
	COMMAND_RELOAD,		    /* the schedule */
	COMMAND_VERBS
};

enum command_role { COMMAND_VIEWER, COMMAND_OPERATOR, COMMAND_ADMIN };

struct command {
	char id[COMMAND_ID];
	enum command_verb verb;
	char job[NAMES_SIZE]; /* "" where none is named */
	int64_t client;	      /* -1: not said */
	bool force, replace, drain;
	char by[COMMAND_TEXT];
	enum command_role role;
	int64_t at, expires;	      /* ms; expires 0: never */
	int64_t if_epoch;	      /* -1: any */
	char integration[NAMES_SIZE]; /* breaker */
	char to[16];		      /* breaker: "open", "closed" or "auto" */
	int64_t before;		      /* prune, ms */
	char note[COMMAND_TEXT];      /* why, for the record; "" */
};

struct command_answer {
	char id[COMMAND_ID];
	int status; /* as HTTP's: 200 202 400 403 404 409 410 423 503 */
	char state[16], want[16], reason[24], run[160];
	int64_t epoch, seq; /* of the event that reports it, 0: none */
	char gen[40];
	char message[COMMAND_TEXT * 2];
};

const char *command_name(enum command_verb verb); /* "start", "breaker" … */
int command_by_name(const char *name);		  /* -1 */
const char *command_role_name(enum command_role role);
int command_role_by_name(const char *name); /* -1 */
/* The least role that may give it: admin for force, replace, reset, prune and
 * the orchestrator's two, operator for the others. */
enum command_role command_role(const struct command *command);

/* YYYYMMDDTHHMMSS.uuuuuuZ-PID-RANDOM */
void command_make_id(char out[COMMAND_ID]);
/* Letters, digits, `.`, `_`, `-`, no `.` in front, fits COMMAND_ID, does not
 * end in .withdrawn or .bad. */
bool command_id_is_good(const char *id);

void command_write(struct jsonw *w, const struct command *command);
/* 0, or -1 with why (static) when it is no command: unknown verb, job, role,
 * wrong types, unknown fields, missing ones. */
int command_read(const char *json, size_t len, struct command *command,
		 const char **why);

void command_answer_write(struct jsonw *w, const struct command_answer *answer);
/* The same without the brackets, for an object that says more. */
void command_answer_members(struct jsonw *w,
			    const struct command_answer *answer);
int command_answer_read(const char *json, size_t len,
			struct command_answer *answer);

#endif
