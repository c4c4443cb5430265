#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/times.h"
#include "jobs/healthrun.h"
#include "jobs/outlook.h"
#include "storage/store.h"

enum { BREAKERS = 64, WAIT_MS = 2000 };

struct look { /* at all jobs of state.db */
	struct health_run *run;
	struct journal_breaker breakers[BREAKERS];
	size_t breaker_count;
};

/* --- jobs ----------------------------------------------------------------- */

static bool
keep_run(void *arg, const struct journal_run *run)
{
	*(struct journal_run *)arg = *run;
	return false;
}

/* The latest run that has ended; zeros when there is none. */
static void
latest_run(struct health_run *run, const struct journal_job *job,
	   struct journal_run *latest)
{
	const struct journal_runs_ask ask = { job->client, job->job, 0, 1 };

	*latest = (struct journal_run){ 0 };
	journal_each_run(run->journal, &ask, keep_run, latest);
}

static const struct breaker *
breaker_of(const struct look *look, const struct journal_job *job,
	   const struct schedule_job *known)
{
	size_t i;

	for (i = 0; known != NULL && known->integration != NULL &&
		    i < look->breaker_count;
	     i++)
		if (look->breakers[i].client == job->client &&
		    strcmp(look->breakers[i].integration, known->integration) ==
			    0)
			return &look->breakers[i].breaker;
	return NULL;
}

static void
judge_failing(struct health_run *run, const struct journal_job *job,
	      const struct outlook *outlook)
{
	struct finding finding = { .check = "jobs",
				   .subject = job->job,
				   .client = job->client,
				   .level = outlook->person ? FINDING_FAIL
							    : FINDING_WARN,
				   .value = states_name(job->row.state) };
	struct journal_run latest;
	char way[256], at[TIMES_SIZE] = "not before somebody acts";

	latest_run(run, job, &latest);
	finding.class = latest.figures.verdict.class;
	finding.code = latest.figures.verdict.code;
	if (finding.class == OUTCOME_NONE)
		finding.class = OUTCOME_SYSTEM;
	if (finding.code == EX_OK || finding.code == EX_PARTIAL)
		finding.code = outcome_code(finding.class);
	snprintf(way, sizeof(way),
		 outlook->person ? "pulse why %s; then pulse-ctl start %s"
				 : "pulse why %s; pulse-ctl start %s tries it "
				   "now",
		 job->job, job->job);
	finding.way_out = way;
	if (outlook->at > 0)
		times_format_seconds(outlook->at, at);
	findings_add(run->found, &finding, "%s%s%s; next try %s, %s",
		     states_name(job->row.state),
		     *latest.figures.verdict.cause != '\0' ? ": " : "",
		     latest.figures.verdict.cause, at, outlook->why);
}

static bool
judge_job(void *arg, const struct journal_job *job)
{
	struct look *look = arg;
	const struct schedule_job *known =
		look->run->schedule == NULL
			? NULL
			: schedule_job(look->run->schedule, job->job);
	const struct outlook_view view = { &job->row, known,
					   breaker_of(look, job, known) };
	struct finding finding = { .check = "jobs",
				   .subject = job->job,
				   .client = job->client,
				   .value = states_name(job->row.state) };
	struct outlook outlook;

	if (job->row.disabled ||
	    (job->client > 0 && !health_wants_client(look->run, job->client)))
		return true;
	outlook_see(&view, look->run->now, &outlook);
	if (outlook.failing) {
		judge_failing(look->run, job, &outlook);
		return true;
	}
	if (job->row.state == STATES_PAUSED)
		finding.level = FINDING_NOTE;
	findings_add(look->run->found, &finding, "%s%s%s",
		     states_name(job->row.state),
		     *outlook.why != '\0' ? ": " : "", outlook.why);
	return true;
}

static bool
judge_breaker(void *arg, const struct journal_breaker *breaker)
{
	struct look *look = arg;
	struct finding finding = { .check = "jobs",
				   .subject = breaker->integration,
				   .client = breaker->client,
				   .level = FINDING_FAIL,
				   .class = OUTCOME_SERVICE_DOWN };
	int64_t until = 0;
	char way[256], at[TIMES_SIZE];

	if (look->breaker_count < BREAKERS)
		look->breakers[look->breaker_count++] = *breaker;
	if (!health_wants_client(look->run, breaker->client) ||
	    breaker_lets(&breaker->breaker, look->run->now, &until))
		return true;
	snprintf(way, sizeof(way),
		 "it closes by itself when a run succeeds; pulse-ctl -k %lld "
		 "breaker %s closed forces it",
		 (long long)breaker->client, breaker->integration);
	finding.way_out = way;
	times_format_seconds(until, at);
	findings_add(look->run->found, &finding,
		     "the breaker is open after %lld failures; next try %s",
		     (long long)breaker->breaker.failures,
		     until > 0 ? at
			       : "when somebody closes it, or its probe "
				 "has ended");
	return true;
}

/* --- fresh ---------------------------------------------------------------- */

static bool
judge_age(void *arg, const struct journal_job *job)
{
	struct look *look = arg;
	struct health_run *run = look->run;
	const struct schedule_job *known =
		run->schedule == NULL ? NULL
				      : schedule_job(run->schedule, job->job);
	int64_t age = run->now - job->row.last_success;
	struct finding finding = { .check = "fresh",
				   .subject = job->job,
				   .client = job->client };
	char text[HEALTH_TEXT], limit[HEALTH_TEXT], at[TIMES_SIZE];

	if (known == NULL || job->row.disabled || known->integration == NULL ||
	    (job->client > 0 && !health_wants_client(run, job->client)))
		return true;
	if (job->row.last_success == 0) {
		finding.level = FINDING_NOTE;
		findings_add(run->found, &finding, "no run has succeeded yet");
		return true;
	}
	times_format_seconds(job->row.last_success, at);
	finding.value = at;
	if (age <= 2 * known->interval) {
		findings_add(run->found, &finding, "its data are of %s ago",
			     health_span(age, text));
		return true;
	}
	finding.level =
		job->row.state == STATES_PAUSED ? FINDING_NOTE : FINDING_WARN;
	finding.class = OUTCOME_TEMPORARY_SERVICE_ERROR;
	finding.way_out = job->row.state == STATES_PAUSED
				  ? "it is paused: pulse-ctl resume"
				  : "pulse why says what holds it";
	findings_add(run->found, &finding,
		     "its data are of %s ago, and should be of %s at most",
		     health_span(age, text),
		     health_span(2 * known->interval, limit));
	return true;
}

/* How far the scopes of a job have come: its oldest one that fails, and its
 * newest one. */
static const char scopes[] =
	"SELECT s.client_id, s.job_name, max(s.reached_at), count(f.scope),"
	" min(CASE WHEN f.scope IS NOT NULL THEN s.reached_at END),"
	" (SELECT g.scope FROM failures g WHERE g.client_id=s.client_id AND"
	"  g.job_name=s.job_name AND g.key='' AND g.resolved_at IS NULL"
	"  ORDER BY g.failed_at LIMIT 1)"
	" FROM scopes s LEFT JOIN (SELECT DISTINCT client_id, job_name, scope"
	"  FROM failures WHERE key='' AND resolved_at IS NULL) f"
	" USING (client_id, job_name, scope)"
	" GROUP BY 1, 2 ORDER BY 1, 2";

static void
judge_scopes(struct health_run *run, struct store_query *row)
{
	const char *job = store_text(row, 1, NULL);
	const struct schedule_job *known =
		run->schedule == NULL ? NULL : schedule_job(run->schedule, job);
	int64_t age = run->now - store_int(row, 2) * 1000;
	struct finding finding = { .check = "fresh",
				   .subject = job,
				   .client = store_int(row, 0),
				   .level = FINDING_WARN,
				   .class = OUTCOME_TEMPORARY_SERVICE_ERROR,
				   .way_out = "retry-scan says what failed" };
	char text[HEALTH_TEXT];

	if (known == NULL || !health_wants_client(run, finding.client))
		return;
	if (store_int(row, 3) > 0)
		findings_add(
			run->found, &finding,
			"%lld of its scopes fail, such as '%s'; the "
			"oldest data are of %s ago",
			(long long)store_int(row, 3), store_text(row, 5, NULL),
			health_span(run->now - store_int(row, 4) * 1000, text));
	if (run->journal != NULL)
		return;
	finding.way_out = "run it: pulse run, cron, or pulse-sched";
	if (age <= 2 * known->interval) {
		finding.level = FINDING_OK;
		finding.way_out = NULL;
	}
	findings_add(run->found, &finding, "its data are of %s ago",
		     health_span(age, text));
}

static void
judge_reach(struct health_run *run)
{
	char *path = health_path(run, "pulse.db"), *why = NULL;
	enum outcome_class class;
	struct store *store =
		store_open(path, STORE_READ, WAIT_MS, &why, &class);
	struct store_query *query =
		store == NULL ? NULL : store_query(store, scopes);

	while (query != NULL && store_step(query) == 1)
		judge_scopes(run, query);
	store_query_free(query);
	store_close(store);
	free(why);
	free(path);
}

void
health_jobs(struct health_run *run)
{
	struct look look = { .run = run };

	if (run->journal != NULL) {
		journal_each_breaker(run->journal, judge_breaker, &look);
		journal_each_job(run->journal, judge_job, &look);
		journal_each_job(run->journal, judge_age, &look);
	}
	judge_reach(run);
}
