/*
 * journal - state.db: the rows of the jobs, their runs, every event, the
 * breakers, the commands applied.  Written by the holder of lock/leader only;
 * everyone else opens it read-only.
 *
 * A transition is one transaction:
 *
 *   journal_begin(j);
 *   journal_save_job(j, client, job, &row, old_epoch)   1: somebody's else
 *   journal_add_event(j, &event)                        sets event.seq
 *   journal_save_command(j, ...)
 *   journal_commit(j)
 *
 * A reader's transaction is one view of everything, and writes nothing.
 *
 * Calls return 0, or -1: journal_error, journal_class (database_lock and disk
 * pass by themselves: keep the event and try again).  A callback may call the
 * journal, but not what it was called from.
 */
#ifndef PULSE_JOURNAL_H
#define PULSE_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/jsonw.h"
#include "base/outcome.h"
#include "jobs/breaker.h"
#include "jobs/command.h"
#include "jobs/folder.h"
#include "jobs/states.h"

struct journal;

enum { JOURNAL_GEN = 40 };

/* path NULL: spool/state.db in PULSE_HOME.  write: made and migrated; only
 * with lock/leader held.  NULL with *why (allocated) and *class. */
struct journal *journal_open(const char *path, bool write, char **why,
			     enum outcome_class *class);
/* Read-only, for who must not wait: a database that is busy is class
 * database_lock at once, now and in each call. */
struct journal *journal_glance(const char *path, char **why,
			       enum outcome_class *class);
void journal_close(struct journal *journal);
const char *journal_error(const struct journal *journal);
enum outcome_class journal_class(const struct journal *journal);
/* Random, made with the database. */
const char *journal_gen(const struct journal *journal);

int journal_begin(struct journal *journal);
int journal_commit(struct journal *journal);
void journal_rollback(struct journal *journal);

struct journal_job {
	int64_t client;
	char job[NAMES_SIZE];
	struct states_row row;
};
/* Calls each row, by client and name; stops when each returns false. */
int journal_each_job(struct journal *journal,
		     bool (*each)(void *arg, const struct journal_job *job),
		     void *arg);
/* 1 found, 0 not, -1. */
int journal_read_job(struct journal *journal, int64_t client, const char *job,
		     struct states_row *row);
/* Inserts when old_epoch is -1; else updates the row of that epoch.  1: no
 * such row (I2: drop the event). */
int journal_save_job(struct journal *journal, int64_t client, const char *job,
		     const struct states_row *row, int64_t old_epoch);

struct journal_run {
	int64_t id; /* 0 before journal_add_run */
	int64_t client;
	char job[NAMES_SIZE];
	char folder[FOLDER_ID]; /* run/FOLDER; standalone ones as well */
	bool standalone;
	enum states_reason trigger;
	int64_t attempt;      /* retry_count + 1 */
	int64_t began, ended; /* ms, ended 0: not yet */
	enum states_result result;
	struct folder_result figures; /* once ended; cause included */
};
/* Sets run->id and, when that is "", run->folder. */
int journal_add_run(struct journal *journal, struct journal_run *run);
/* The newest id that a run has had, pruned ones included; 0: none yet. */
int journal_last_run(struct journal *journal, int64_t *id);
/* The next run's id is above this one. */
int journal_skip_runs(struct journal *journal, int64_t id);
int journal_end_run(struct journal *journal, const struct journal_run *run);
/* client -1 and job NULL: any.  Newest first, at most `most`, with ids below
 * `below` (0: from the newest). */
struct journal_runs_ask {
	int64_t client;
	const char *job;
	int64_t below;
	size_t most;
	enum states_result result; /* STATES_NO_RESULT: any, or none yet */
};
int journal_each_run(struct journal *journal,
		     const struct journal_runs_ask *ask,
		     bool (*each)(void *arg, const struct journal_run *run),
		     void *arg);
/* All runs there have ever been, by how they ended; pruned ones count on. */
struct journal_total {
	int64_t client;
	char job[NAMES_SIZE];
	enum states_result result;
	int64_t runs, records, rejected;
};
int journal_each_total(struct journal *journal,
		       bool (*each)(void *arg,
				    const struct journal_total *total),
		       void *arg);
int journal_read_run(struct journal *journal, int64_t id,
		     struct journal_run *run); /* 1, 0, -1 */
/* The same by its folder. */
int journal_find_run(struct journal *journal, const char *folder,
		     struct journal_run *run);
/* 1 when a standalone run of that folder is in the table. */
int journal_has_folder(struct journal *journal, const char *folder);

/* A row of events; texts are "" where nothing is. */
struct journal_event {
	int64_t seq, at;
	char type[32];
	int64_t client; /* -1: none */
	char job[NAMES_SIZE];
	char run[FOLDER_ID];
	int from, to; /* states, -1: not about a state */
	enum states_reason reason;
	enum states_want want;
	char command[COMMAND_ID];
	char by[COMMAND_TEXT];
	char class[32]; /* of an error */
	char message[VERDICT_CAUSE];
	int64_t next; /* ms: when it is tried again, 0 */
};
int journal_add_event(struct journal *journal, struct journal_event *event);
/* Events after seq, in order, at most `most`. */
int journal_each_event(struct journal *journal, int64_t after, size_t most,
		       bool (*each)(void *arg,
				    const struct journal_event *event),
		       void *arg);
/* The first and last seq held; 0 0: none. */
int journal_events(struct journal *journal, int64_t *first, int64_t *last);

struct journal_breaker {
	int64_t client;
	char integration[NAMES_SIZE];
	struct breaker breaker;
};
int journal_each_breaker(struct journal *journal,
			 bool (*each)(void *arg,
				      const struct journal_breaker *breaker),
			 void *arg);
int journal_save_breaker(struct journal *journal,
			 const struct journal_breaker *breaker);

/* 1 with the answer when the command is known, 0, -1. */
int journal_read_command(struct journal *journal, const char *id,
			 struct command_answer *answer);
int journal_save_command(struct journal *journal, int64_t at,
			 const struct command_answer *answer);

/* meta: "held" (orchestrator stopped), "turn" (last client), ...; 0 when it
 * was never set. */
int journal_get(struct journal *journal, const char *name, int64_t *value);
int journal_set(struct journal *journal, const char *name, int64_t value);

/* Drops what is older than before: events (at least 10,000 stay) and ended runs
 * (at least 100 of each job stay); answers older than a day; gives pages back.
 * A transaction of its own. */
struct journal_pruned {
	int64_t events, runs, commands;
};
int journal_prune(struct journal *journal, int64_t before, int64_t now,
		  struct journal_pruned *pruned);

#endif
