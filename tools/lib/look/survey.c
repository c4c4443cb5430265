#include "look/survey.h"

#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

enum { RUNS = 3 }; /* the latest one may be under way */

struct rows {
	struct journal_job *jobs;
	size_t job_count;
	struct journal_breaker *breakers;
	size_t breaker_count;
};

static bool
keep_job(void *arg, const struct journal_job *job)
{
	struct rows *rows = arg;

	rows->jobs = msg_realloc(rows->jobs,
				 (rows->job_count + 1) * sizeof(*rows->jobs));
	rows->jobs[rows->job_count++] = *job;
	return true;
}

static bool
keep_breaker(void *arg, const struct journal_breaker *breaker)
{
	struct rows *rows = arg;

	rows->breakers =
		msg_realloc(rows->breakers, (rows->breaker_count + 1) *
						    sizeof(*rows->breakers));
	rows->breakers[rows->breaker_count++] = *breaker;
	return true;
}

static const struct breaker *
breaker_of(const struct rows *rows, const struct survey_job *job)
{
	size_t i;

	if (job->plan == NULL || job->plan->integration == NULL)
		return NULL;
	for (i = 0; i < rows->breaker_count; i++)
		if (rows->breakers[i].client == job->client &&
		    strcmp(rows->breakers[i].integration,
			   job->plan->integration) == 0)
			return &rows->breakers[i].breaker;
	return NULL;
}

static bool
keep_ended(void *arg, const struct journal_run *run)
{
	if (run->ended == 0)
		return true;
	*(struct journal_run *)arg = *run;
	return false;
}

static int
look(struct journal *journal, const struct rows *rows,
     const struct journal_job *row, const struct survey_ask *ask,
     struct survey_job *job)
{
	const struct journal_runs_ask runs = { .client = row->client,
					       .job = row->job,
					       .most = RUNS };
	struct outlook_view view = { .row = &row->row };

	*job = (struct survey_job){ .client = row->client,
				    .job = row->job,
				    .row = &row->row };
	if (ask->schedule != NULL)
		job->plan = schedule_job(ask->schedule, row->job);
	job->breaker = breaker_of(rows, job);
	view.job = job->plan;
	view.breaker = job->breaker;
	outlook_see(&view, ask->now, &job->outlook);
	return journal_each_run(journal, &runs, keep_ended, &job->latest);
}

int
survey(struct journal *journal, const struct survey_ask *ask)
{
	struct rows rows = { 0 };
	struct survey_job job;
	size_t i;
	int failed = journal_each_breaker(journal, keep_breaker, &rows) != 0 ||
		     journal_each_job(journal, keep_job, &rows) != 0;

	for (i = 0; i < rows.job_count && !failed; i++) {
		if (rows.jobs[i].row.disabled)
			continue;
		failed = look(journal, &rows, &rows.jobs[i], ask, &job) != 0;
		if (!failed && !ask->each(ask->arg, &job))
			break;
	}
	free(rows.jobs);
	free(rows.breakers);
	return failed ? -1 : 0;
}
