/*
 * runs - the runs that state.db keeps: GET /api/v1/runs, /api/v1/runs/{id},
 * /api/v1/jobs/{job}/runs, and GET /api/v1/stats, how they went.
 *
 * Lists are newest first; ?after= goes on behind the `next` of an earlier
 * answer; ?result= is one of success, partial, failed, stopped, killed,
 * orphaned.  state.db is never waited for: 503 with Retry-After while it is
 * busy.
 */
#ifndef PULSE_RUNS_H
#define PULSE_RUNS_H

#include "jobs/journal.h"

struct exchange;

void runs_list(struct exchange *x);
void runs_of_job(struct exchange *x);
/* {id}: the name of the run's folder.  Beside runs_put's members: replay, the
 * command that does the same by hand; log, where that is, when there is one;
 * while it is under way how far it is, as the status line says it. */
void runs_one(struct exchange *x);
/* {"stats":[...]}, as pulse-status --stats. */
void runs_stats(struct exchange *x);

/* Members of the object that is open: run, job, client, trigger, attempt,
 * standalone, began; and once it has ended: ended, took, result, code, how,
 * class, cause, not_before, records, rejected, requests, bytes, response_ms,
 * database_ms, cpu_ms, peak_kb, leftovers, stored.  Times RFC 3339, took in ms;
 * a text that there is not is left out. */
void runs_put(struct jsonw *w, const struct journal_run *run);

#endif
