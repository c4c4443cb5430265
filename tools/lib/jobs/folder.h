/*
 * folder - run/ID, one run: who asked for what, whether it has begun, how it
 * ended.  ID is CLIENT.JOB.N; a standalone run's is CLIENT.JOB.xTIME-PID.
 *
 *   spec      what to run, one JSON line; by the leader
 *   ticket    the right to start.  Renamed exactly once: by pulse-run to
 *             `started`, or by the leader to `revoked`
 *   started   JSON: pid, start, sid, pgid, boot, at; fsynced before the first
 *             exec of the pipeline
 *   items     failed items to fetch, NDJSON, when the run is for these
 *   progress, requests, failures, log     by the tools and pulse-run
 *   result    key=value lines, ending in `end LENGTH CRC32`; by rename, fsynced
 *             before the job's lock is free
 *
 * Calls return 0, or -1 with errno.
 */
#ifndef PULSE_FOLDER_H
#define PULSE_FOLDER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/outcome.h"
#include "jobs/process.h"
#include "jobs/rooms.h"
#include "jobs/settle.h"
#include "jobs/verdict.h"

enum { FOLDER_ID = ROOMS_NAME + 48, FOLDER_MARK = 40 };

void folder_id(int64_t client, const char *job, int64_t run,
	       char out[FOLDER_ID]);
/* Of a standalone run that begins now, in this process. */
void folder_id_alone(int64_t client, const char *job, int64_t now,
		     char out[FOLDER_ID]);
/* The parts of an ID; run 0 for a standalone one.  False: no such form. */
bool folder_parse(const char *id, int64_t *client, char job[NAMES_SIZE],
		  int64_t *run);

struct folder_spec {
	int64_t client;
	const char *job;
	char **argv;		       /* NULL-ended */
	int64_t timeout, grace, drain; /* ms; timeout 0: none */
	int64_t not_before;	       /* for PULSE_NOT_BEFORE, 0: none */
	const char *config;	       /* for PULSE_CONFIG, or NULL */
	int64_t attempt;
	const char *trigger;
	const char *integration; /* whose slot the run takes, or NULL */
	const char *items; /* for the file items, or NULL; not read back */
};

/* Makes run/ID with spec, items and, last, the ticket; in the place of one that
 * a lost database has left, but EEXIST when that run lives.  On failure nothing
 * stays. */
int folder_make(const struct rooms *rooms, const char *id,
		const struct folder_spec *spec);
int folder_open(const struct rooms *rooms, const char *id); /* a dirfd */
/* A file of run/ID, to be read; a folder of that form only. */
int folder_open_file(const struct rooms *rooms, const char *id,
		     const char *name);
/* Reads spec; what it points to is freed by folder_spec_free.  EBADMSG: it is
 * damaged. */
int folder_read_spec(int folder, struct folder_spec *spec);
void folder_spec_free(struct folder_spec *spec);

int folder_claim(int folder);  /* ticket -> started; ENOENT: gone */
int folder_revoke(int folder); /* ticket -> revoked; ENOENT: gone */

struct folder_started {
	struct process_id process; /* of pulse-run */
	pid_t sid, pgid;	   /* of the pipeline */
	int64_t at;
	char cursors[FOLDER_MARK]; /* marks the job's checkpoint file */
};
int folder_write_started(int folder, const struct folder_started *started);
/* -1 with errno ENOENT, or EBADMSG when it is not (yet) whole. */
int folder_read_started(int folder, struct folder_started *started);

struct folder_result {
	char run[FOLDER_ID];
	struct verdict verdict;
	enum folder_how {
		FOLDER_BY_ITSELF,
		FOLDER_TIMED_OUT,
		FOLDER_STOPPED,
		FOLDER_DRAINED,
		FOLDER_KILLED
	} how;
	int64_t began, ended; /* ms since the epoch */
	int64_t took;	      /* ms, monotonic */
	int64_t user_ms, system_ms, peak_kb;
	int64_t leftovers; /* processes that outlived the main command */
	int64_t records, requests, bytes, rejected;
	int64_t response_ms; /* mean, of the API */
	int64_t database_ms; /* what writing to pulse.db took */
	bool stored;	     /* a new cursor was stored */
};
/* result.tmp, 4 KiB preallocated: no room, no run. */
int folder_prepare_result(int folder);
int folder_write_result(int folder, const struct folder_result *result);
/* A damaged one is kept as bad-result by folder_set_aside. */
enum settle_paper folder_read_result(int folder, struct folder_result *result);
/* "by_itself", "timed_out", "stopped", "drained", "killed" */
const char *folder_how_name(enum folder_how how);

int folder_set_aside(int folder);

/* What settle wants to know of run ID of a job; swept is left false. */
void folder_view(const struct rooms *rooms, const char *id,
		 struct settle_view *view);

/* run/last.CLIENT.JOB, a link to the folder of the job's last standalone run,
 * by rename, durable.  ENOENT: there was none. */
int folder_point(const struct rooms *rooms, const char *id);
int folder_pointed(const struct rooms *rooms, int64_t client, const char *job,
		   char id[FOLDER_ID]);

/* The highest run number that a folder in run/ bears; 0: none. */
int64_t folder_highest(const struct rooms *rooms);

/* Deletes run/ID whole, following no links. */
int folder_remove(const struct rooms *rooms, const char *id);

#endif
