/*
 * jobs - the jobs as they are, for who asks: GET /api/v1/jobs and
 * /api/v1/jobs/{job}; and which job the {job} of a path is.
 *
 * The list is {"jobs":[...],"next","scheduler","latched","held","damaged",
 * "position"}; a job has the keys of its status line and of its progress,
 * stale, integration and outlook, and with ?runs=N its latest N runs, as
 * dossier_put_runs says.  position: events behind that GEN-SEQ are not in it.
 * One job is what pulse-why says as JSON, with integration, runs, and latest,
 * the run that ended last, as runs_put says.
 */
#ifndef PULSE_JOBS_H
#define PULSE_JOBS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/names.h"

struct exchange;

void jobs_list(struct exchange *x); /* GET /api/v1/jobs */
void jobs_one(struct exchange *x);  /* GET /api/v1/jobs/{job} */

struct jobs_name {
	int64_t client;
	char job[NAMES_SIZE];
};

/* The job that the first part of the path and ?client= mean: JOB or CLIENT.JOB,
 * of those that have a status line, that were run by hand, or that the schedule
 * has.  False: refused, 404 no_such_job or 409 ambiguous_job. */
bool jobs_find(struct exchange *x, struct jobs_name *name);

#endif
