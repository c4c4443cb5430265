/*
 * schedule - schedule.yaml with its types and defaults (schedule.yaml(5)), and
 * when its jobs are due.  Loading reads the file and looks for the pipelines;
 * the rest is pure.
 *
 * Due points are k * interval + offset since the epoch in UTC; the offset is a
 * hash of (client, job) within the first tenth of the interval, at most 10 min.
 */
#ifndef PULSE_SCHEDULE_H
#define PULSE_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/backoff.h"
#include "base/config.h"
#include "jobs/states.h"

enum schedule_need {
	SCHEDULE_IDLE,	  /* not while it is RUNNING */
	SCHEDULE_SUCCESS, /* its last_result is success or partial */
	SCHEDULE_FRESH /* its last success ended less than its interval ago */
};

struct schedule_dependency {
	size_t job; /* index in schedule->jobs */
	enum schedule_need need;
};

struct schedule_job {
	const char *name;
	const char *run; /* as written */
	char *path;	 /* the executable that it stands for, absolute */
	int64_t interval, fast_recovery, max_wait;
	int64_t timeout; /* 0: none */
	int64_t grace, drain;
	const char *integration; /* NULL: none */
	bool per_host;
	struct schedule_dependency *dependencies;
	size_t dependency_count;
	int64_t max_retries;
	struct backoff retry;
	unsigned line; /* where it stands */
};

struct schedule_slots {
	const char *name; /* of an integration */
	int64_t count;
};

struct schedule {
	int64_t total;
	struct schedule_slots *slots;
	size_t slot_count;
	int64_t floor; /* bytes of free space under which nothing starts */
	int64_t keep;  /* ms of run folders, events and answers */
	char *notify;  /* the executable, absolute, or NULL */
	struct schedule_job *jobs;
	size_t job_count;
	char *file;
	struct config *root; /* owns the texts */
};

/* --schedule FILE, else PULSE_HOME/schedule.yaml, else the shipped one;
 * allocated. */
char *schedule_path(const char *given);

/* NULL with *why "FILE:LINE: what was expected" (allocated).  Refused: a
 * dependency cycle or an unknown dependency, an interval under a second, a
 * fast_recovery not below the interval, a job name that names_is_job does not
 * take, a pipeline that is missing or has no run bit. */
struct schedule *schedule_load(const char *path, char **why);
/* The same of a tree; consumes root, also when it is no good. */
struct schedule *schedule_of(struct config *root, char **why);
void schedule_free(struct schedule *schedule);

const struct schedule_job *schedule_job(const struct schedule *schedule,
					const char *name);
/* Slots of an integration per client; 1 when the schedule does not say. */
int64_t schedule_slots(const struct schedule *schedule, const char *name);

int64_t schedule_offset(const struct schedule_job *job, int64_t client);
/* The smallest due point after `after`. */
int64_t schedule_next(const struct schedule_job *job, int64_t client,
		      int64_t after);
void schedule_rules(const struct schedule_job *job, int64_t client,
		    struct states_rules *rules);

#endif
