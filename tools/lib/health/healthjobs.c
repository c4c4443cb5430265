#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/times.h"
#include "health/healthrun.h"
#include "look/survey.h"
#include "storage/store.h"

enum { WAIT_MS = 2000 };

/* --- jobs ----------------------------------------------------------------- */

static void
judge_failing(struct health_run *run, const struct survey_job *job)
{
	const struct outlook *outlook = &job->outlook;
	const struct verdict *verdict = &job->latest.figures.verdict;
	struct finding finding = { .check = "jobs",
				   .subject = job->job,
				   .client = job->client,
				   .level = outlook->person ? FINDING_FAIL
							    : FINDING_WARN,
				   .class = verdict->class,
				   .code = verdict->code,
				   .value = states_name(job->row->state) };
	char way[256], at[TIMES_SIZE] = "-";

	if (finding.class == OUTCOME_NONE)
		finding.class = OUTCOME_SYSTEM;
	if (finding.code == EX_OK || finding.code == EX_PARTIAL)
		finding.code = outcome_code(finding.class);
	snprintf(way, sizeof(way),
		 "pulse why -k %lld %s; %s pulse start -k %lld %s",
		 (long long)job->client, job->job,
		 outlook->person ? "then" : "to try it now:",
		 (long long)job->client, job->job);
	finding.way_out = way;
	if (outlook->at > 0)
		times_format_seconds(outlook->at, at);
	findings_add(run->found, &finding, "%s%s%s; %s%s%s",
		     states_name(job->row->state),
		     *verdict->cause != '\0' ? ": " : "", verdict->cause,
		     outlook->person ? "" : "next try ",
		     outlook->person ? "" : at,
		     outlook->person ? outlook->why : "");
}

static void
judge_job(struct health_run *run, const struct survey_job *job)
{
	struct finding finding = { .check = "jobs",
				   .subject = job->job,
				   .client = job->client,
				   .value = states_name(job->row->state) };

	if (job->outlook.failing) {
		judge_failing(run, job);
		return;
	}
	if (job->row->state == STATES_PAUSED)
		finding.level = FINDING_NOTE;
	findings_add(run->found, &finding, "%s%s%s",
		     states_name(job->row->state),
		     *job->outlook.why != '\0' ? ": " : "", job->outlook.why);
}

static bool
judge_breaker(void *arg, const struct journal_breaker *breaker)
{
	struct health_run *run = arg;
	struct finding finding = { .check = "jobs",
				   .subject = breaker->integration,
				   .client = breaker->client,
				   .level = FINDING_FAIL,
				   .class = OUTCOME_SERVICE_DOWN };
	int64_t until = 0;
	char way[256], at[TIMES_SIZE];

	if (!health_wants_client(run, breaker->client) ||
	    breaker_lets(&breaker->breaker, run->now, &until))
		return true;
	snprintf(way, sizeof(way),
		 "it closes by itself when a run succeeds; pulse breaker "
		 "-k %lld %s closed forces it",
		 (long long)breaker->client, breaker->integration);
	finding.way_out = way;
	times_format_seconds(until, at);
	findings_add(run->found, &finding,
		     "the breaker is open after %lld failures; next try %s",
		     (long long)breaker->breaker.failures,
		     until > 0 ? at
			       : "when somebody closes it, or its probe "
				 "has ended");
	return true;
}

/* --- fresh ---------------------------------------------------------------- */

static void
judge_age(struct health_run *run, const struct survey_job *job)
{
	const struct schedule_job *known = job->plan;
	int64_t age = run->now - job->row->last_success;
	struct finding finding = { .check = "fresh",
				   .subject = job->job,
				   .client = job->client };
	char text[HEALTH_TEXT], limit[HEALTH_TEXT], at[TIMES_SIZE];

	if (known == NULL || known->integration == NULL)
		return;
	if (job->row->last_success == 0) {
		finding.level = FINDING_NOTE;
		findings_add(run->found, &finding, "no run has succeeded yet");
		return;
	}
	times_format_seconds(job->row->last_success, at);
	finding.value = at;
	if (age <= 2 * known->interval) {
		findings_add(run->found, &finding, "its data are of %s ago",
			     times_about(age, text));
		return;
	}
	finding.level =
		job->row->state == STATES_PAUSED ? FINDING_NOTE : FINDING_WARN;
	finding.class = OUTCOME_TEMPORARY_SERVICE_ERROR;
	finding.way_out = job->row->state == STATES_PAUSED
				  ? "it is paused: pulse resume"
				  : "pulse why says what holds it";
	findings_add(run->found, &finding,
		     "its data are of %s ago, and should be of %s at most",
		     times_about(age, text),
		     times_about(2 * known->interval, limit));
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
			times_about(run->now - store_int(row, 4) * 1000, text));
	if (run->journal != NULL)
		return;
	finding.way_out = "run it: pulse run, cron, or pulse-sched";
	if (age <= 2 * known->interval) {
		finding.level = FINDING_OK;
		finding.way_out = NULL;
	}
	findings_add(run->found, &finding, "its data are of %s ago",
		     times_about(age, text));
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

static bool
judge(void *arg, const struct survey_job *job)
{
	struct health_run *run = arg;

	if (job->client > 0 && !health_wants_client(run, job->client))
		return true;
	judge_job(run, job);
	judge_age(run, job);
	return true;
}

void
health_jobs(struct health_run *run)
{
	const struct survey_ask ask = { run->schedule, run->now, judge, run };

	if (run->journal != NULL) {
		journal_each_breaker(run->journal, judge_breaker, run);
		survey(run->journal, &ask);
	}
	judge_reach(run);
}
