/*
 * condition - whether all is well, over HTTP, as far as it can be said without
 * asking anybody: what is on disk, with its time.
 *
 *   GET health        {"well","version","scheduler","latched","held",
 *                     "overdue":["1.github_job"],"damaged","database":{…},
 *                     "state":{…},"checked_at","findings":[…]}
 *       Always 200.  The findings are those that health-check reported last
 *       (spool/health.ndjson, which sleep_job writes); checked_at is null when
 *       there is none.
 */
#ifndef PULSE_CONDITION_H
#define PULSE_CONDITION_H

struct exchange;

void condition_health(struct exchange *x);

#endif
