#include "look/failed.h"

#include <string.h>

#include "base/times.h"
#include "look/survey.h"
#include "storage/waiting.h"

/* The first column is for programs only. */
static const char *const job_columns[] = { "type",  "client", "job",
					   "state", "class",  "attempt",
					   "tier",  "failed", "next",
					   "why",   "reason", NULL };
static const char *const item_columns[] = {
	"type", "client",   "job",    "scope",	    "entity", "key",	"class",
	"http", "attempts", "failed", "not_before", "next",   "reason", NULL
};

static struct listing *
open_list(const struct failed_ask *ask, const char *const *columns)
{
	bool table = ask->format == LISTING_TABLE;

	return listing_open(ask->out, ask->format, columns + table);
}

static void
begin_row(struct listing *list, const struct failed_ask *ask, const char *type)
{
	if (ask->format != LISTING_TABLE)
		listing_string(list, type);
}

static void
end_list(struct listing *list, const struct failed_ask *ask, int rows)
{
	if (ask->gap && ask->format == LISTING_TABLE && rows > 0)
		fputc('\n', ask->out);
	listing_close(list);
}

static void
list_time(struct listing *list, int64_t ms)
{
	char text[TIMES_SIZE];

	times_format_seconds(ms, text);
	if (ms > 0)
		listing_string(list, text);
	else
		listing_null(list);
}

static void
list_text(struct listing *list, const char *text)
{
	listing_string(list, text != NULL && *text != '\0' ? text : NULL);
}

/* --- jobs ----------------------------------------------------------------- */

struct jobs {
	const struct failed_ask *ask;
	struct listing *list;
	int rows;
};

static void
list_next(struct listing *list, const struct outlook *outlook, int64_t now)
{
	char text[TIMES_SIZE];

	times_format_seconds(outlook->at, text);
	if (outlook->person)
		listing_string(list, "a person");
	else if (outlook->at == 0)
		listing_null(list);
	else
		listing_string(list, outlook->at <= now ? "now" : text);
}

static bool
list_job(void *arg, const struct survey_job *job)
{
	struct jobs *jobs = arg;
	const struct failed_ask *ask = jobs->ask;
	const struct verdict *verdict = &job->latest.figures.verdict;
	struct listing *list = jobs->list;

	if (!job->outlook.failing ||
	    (ask->client >= 0 && ask->client != job->client))
		return true;
	begin_row(list, ask, "job");
	listing_int(list, job->client);
	listing_string(list, job->job);
	listing_string(list, states_name(job->row->state));
	list_text(list, verdict->class != OUTCOME_NONE
				? outcome_name(verdict->class)
				: NULL);
	listing_int(list, job->latest.attempt);
	listing_string(list, states_tier_name(job->row->tier));
	list_time(list, job->latest.ended);
	list_next(list, &job->outlook, ask->now);
	listing_string(list, job->outlook.why);
	list_text(list, verdict->cause);
	jobs->rows++;
	return true;
}

int
failed_jobs(struct journal *journal, const struct failed_ask *ask)
{
	struct jobs jobs = { ask, open_list(ask, job_columns), 0 };
	const struct survey_ask all = { ask->schedule, ask->now, list_job,
					&jobs };
	int failed = survey(journal, &all);

	end_list(jobs.list, ask, jobs.rows);
	return failed != 0 ? -1 : jobs.rows;
}

/* --- items ---------------------------------------------------------------- */

static enum due_verdict
judge(struct store_query *query, const struct failed_ask *ask, int64_t *at)
{
	const struct schedule_job *job =
		ask->schedule == NULL
			? NULL
			: schedule_job(ask->schedule,
				       store_text(query, WAITING_JOB, NULL));
	struct due_rule rule = due_usual;

	if (job != NULL)
		rule = (struct due_rule){ job->max_retries, job->retry };
	return waiting_judge(query, &rule, ask->now, at);
}

/* When it is tried again, in words or as a time. */
static const char *
next_try(struct store_query *query, const struct failed_ask *ask,
	 char time[TIMES_SIZE])
{
	const char *key = store_text(query, WAITING_KEY, NULL);
	int64_t at = 0;

	if (key == NULL || *key == '\0')
		return "next run";
	switch (judge(query, ask, &at)) {
	case DUE_GIVEN_UP:
		return "given up";
	case DUE_PERSON:
		return "a person";
	case DUE_AT:
	default:
		break;
	}
	if (at <= ask->now)
		return "now";
	times_format_seconds(at, time);
	return time;
}

static void
list_item(struct listing *list, struct store_query *query, const char *next)
{
	int column;

	listing_int(list, store_int(query, WAITING_CLIENT));
	for (column = WAITING_JOB; column <= WAITING_CLASS; column++)
		list_text(list, store_text(query, column, NULL));
	if (store_is_null(query, WAITING_HTTP))
		listing_null(list);
	else
		listing_int(list, store_int(query, WAITING_HTTP));
	listing_int(list, store_int(query, WAITING_ATTEMPTS));
	list_time(list, store_int(query, WAITING_FAILED));
	list_time(list, store_int(query, WAITING_NOT_BEFORE) * 1000);
	listing_string(list, next);
	list_text(list, store_text(query, WAITING_REASON, NULL));
}

int
failed_items(struct store *store, const struct failed_ask *ask)
{
	const struct waiting_which which = { ask->client, ask->of,
					     ask->of != NULL };
	struct store_query *query = waiting_ask(store, &which);
	struct listing *list;
	char time[TIMES_SIZE];
	int rows = 0, row;

	if (query == NULL)
		return -1;
	list = open_list(ask, item_columns);
	while ((row = store_step(query)) == 1) {
		const char *next = next_try(query, ask, time);

		if (ask->due && strcmp(next, "now") != 0)
			continue;
		begin_row(list, ask, "item");
		list_item(list, query, next);
		rows++;
	}
	end_list(list, ask, rows);
	store_query_free(query);
	return row == 0 ? rows : -1;
}
