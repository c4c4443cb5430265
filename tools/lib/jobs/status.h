/*
 * status - spool/status/CLIENT.JOB: one line of key=value a job, replaced
 * whole, for grep and for watchers that have no business in the database.
 * pulse-status(5) says what each key means.
 *
 * Written by the leader from the committed row; rebuilt from the rows at its
 * start.  A value with a blank, `=`, `"` or `\` is quoted; in quotes `"` and
 * `\` have a `\` before them, and `=`, control bytes and what is no UTF-8 are
 * \xNN: so no text from outside can pass for a key.  A key without a value is
 * left out.  The file .CLIENT.JOB beside it is none: it waits to be the next.
 */
#ifndef PULSE_STATUS_H
#define PULSE_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/jsonw.h"
#include "jobs/journal.h"
#include "jobs/rooms.h"
#include "jobs/states.h"

struct status {
	char job[NAMES_SIZE];
	int64_t client;
	enum states_state state;
	enum states_reason reason;
	enum states_want want;
	int64_t at;    /* written */
	int64_t since; /* in this state */
	char run[FOLDER_ID];
	int64_t attempt;
	enum states_result last;
	int64_t last_end, last_success;
	int64_t next; /* when it is looked at or started next, 0 */
	int64_t next_due;
	enum states_tier tier;
	int64_t retries, missed;
	char whom[NAMES_SIZE]; /* what it waits for, by name */
	char class[32];	       /* of the last failure */
	char error[VERDICT_CAUSE];
	int64_t epoch, seq;
	bool disabled;
};

/* The line with its line feed, allocated. */
char *status_line(const struct status *status, size_t *len);

/* The same keys as members of the object that is open. */
void status_put(struct jsonw *w, const struct status *status);

/* 0, or -1 with errno. */
int status_write(const struct rooms *rooms, const struct status *status);
int status_remove(const struct rooms *rooms, int64_t client, const char *job);

/* A line back; false when it is no status line.  Unknown keys are passed over
 * (others may come). */
bool status_parse(const char *line, size_t len, struct status *status);
/* One job's file: 1 read, 0 there is none, -1 damaged. */
int status_read(const struct rooms *rooms, int64_t client, const char *job,
		struct status *status);
/* Calls each status file, by client and job, until each returns false; damaged
 * ones are counted. */
int status_each(const struct rooms *rooms,
		bool (*each)(void *arg, const struct status *status), void *arg,
		size_t *damaged);

#endif
