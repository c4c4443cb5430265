#include "look/runstats.h"

#include <stdlib.h>
#include <string.h>

#include "base/listing.h"
#include "base/msg.h"
#include "look/phrase.h"

struct collecting {
	const struct overview_ask *ask;
	struct runstats *stats;
};

static struct runstats_job *
job_of(struct runstats *stats, const struct journal_run *run)
{
	struct runstats_job *job;
	size_t i;

	for (i = 0; i < stats->count; i++) {
		job = &stats->jobs[i];
		if (job->client == run->client &&
		    strcmp(job->job, run->job) == 0)
			return job;
	}
	if (stats->count == stats->room) {
		stats->room = stats->room == 0 ? 16 : stats->room * 2;
		stats->jobs = msg_realloc(stats->jobs,
					  stats->room * sizeof(*stats->jobs));
	}
	job = &stats->jobs[stats->count++];
	*job = (struct runstats_job){ .client = run->client };
	memcpy(job->job, run->job, sizeof(job->job));
	return job;
}

static void
add_time(struct runstats_job *job, int64_t ms)
{
	if (job->count == job->room) {
		job->room = job->room == 0 ? 64 : job->room * 2;
		job->took = msg_realloc(job->took,
					(size_t)job->room * sizeof(*job->took));
	}
	job->took[job->count++] = ms;
	job->total_ms += ms;
}

static bool
is_wanted(const struct overview_ask *ask, const struct journal_run *run)
{
	const char *const *name = ask->jobs;

	if (run->ended == 0 || (ask->client >= 0 && ask->client != run->client))
		return false;
	if (name == NULL || *name == NULL)
		return true;
	while (*name != NULL && strcmp(*name, run->job) != 0)
		name++;
	return *name != NULL;
}

static bool
add_run(void *arg, const struct journal_run *run)
{
	struct collecting *c = arg;
	const struct folder_result *f = &run->figures;
	struct runstats_job *job;

	if (!is_wanted(c->ask, run))
		return true;
	job = job_of(c->stats, run);
	job->runs++;
	job->good +=
		run->result == STATES_SUCCESS || run->result == STATES_PARTIAL;
	job->judged +=
		run->result != STATES_STOPPED && run->result != STATES_KILLED;
	if (f->took > 0)
		add_time(job, f->took);
	job->records += f->records;
	job->rejected += f->rejected;
	job->requests += f->requests;
	job->bytes += f->bytes;
	job->database_ms += f->database_ms;
	job->cpu_ms += f->user_ms + f->system_ms;
	job->peak_kb = f->peak_kb > job->peak_kb ? f->peak_kb : job->peak_kb;
	if (f->requests > 0) {
		job->response_sum += f->response_ms * f->requests;
		job->response_count += f->requests;
	}
	if (run->result == STATES_FAILED &&
	    (int)f->verdict.class < RUNSTATS_CLASSES)
		job->errors[f->verdict.class]++;
	return true;
}

static int
by_job(const void *a, const void *b)
{
	const struct runstats_job *x = a, *y = b;

	if (x->client != y->client)
		return x->client < y->client ? -1 : 1;
	return strcmp(x->job, y->job);
}

static int
by_time(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

int
runstats_collect(struct journal *journal, const struct overview_ask *ask,
		 struct runstats *stats)
{
	struct journal_runs_ask all = { .client = -1,
					.job = NULL,
					.most = INT64_MAX };
	struct collecting collecting = { ask, stats };
	size_t i;

	*stats = (struct runstats){ .count = 0 };
	if (journal_each_run(journal, &all, add_run, &collecting) != 0)
		return -1;
	if (stats->count > 0)
		qsort(stats->jobs, stats->count, sizeof(*stats->jobs), by_job);
	for (i = 0; i < stats->count; i++)
		if (stats->jobs[i].count > 0)
			qsort(stats->jobs[i].took, (size_t)stats->jobs[i].count,
			      sizeof(int64_t), by_time);
	return 0;
}

void
runstats_free(struct runstats *stats)
{
	size_t i;

	for (i = 0; i < stats->count; i++)
		free(stats->jobs[i].took);
	free(stats->jobs);
	*stats = (struct runstats){ .count = 0 };
}

/* The smallest duration that `percent` of the runs did not exceed. */
static int64_t
quantile(const struct runstats_job *job, int64_t percent)
{
	int64_t rank = (job->count * percent + 99) / 100;

	return job->count == 0 ? 0 : job->took[rank > 0 ? rank - 1 : 0];
}

static double
per_minute(const struct runstats_job *job)
{
	return job->total_ms == 0
		       ? 0
		       : (double)job->records * 60000 / (double)job->total_ms;
}

static void
list_errors(struct listing *list, const struct runstats_job *job)
{
	char text[400];
	size_t len = 0;
	int class;

	*text = '\0';
	for (class = 0; class < RUNSTATS_CLASSES && len < 300; class ++)
		if (job->errors[class] > 0)
			len += (size_t)snprintf(
				text + len, sizeof(text) - len, "%s%s %lld",
				len > 0 ? ", " : "",
				outcome_name((enum outcome_class) class),
				(long long)job->errors[class]);
	listing_string(list, text);
}

static void
list_span(struct listing *list, int64_t ms, bool known)
{
	char text[PHRASE_SHORT] = "";

	if (known && ms < 10000)
		snprintf(text, sizeof(text), "%.1fs", (double)ms / 1000);
	else if (known)
		phrase_span(ms, text);
	listing_string(list, text);
}

static void
list_job(struct listing *list, const struct runstats_job *job)
{
	char text[40] = "";

	listing_int(list, job->client);
	listing_string(list, job->job);
	listing_int(list, job->runs);
	if (job->judged > 0)
		snprintf(text, sizeof(text), "%.1f%%",
			 (double)job->good * 100 / (double)job->judged);
	listing_string(list, text);
	list_span(list, quantile(job, 50), job->count > 0);
	list_span(list, quantile(job, 95), job->count > 0);
	snprintf(text, sizeof(text), "%.0f", per_minute(job));
	listing_string(list, job->records > 0 ? text : "");
	list_span(list, job->cpu_ms, job->count > 0);
	snprintf(text, sizeof(text), "%.1fM", (double)job->peak_kb / 1024);
	listing_string(list, job->peak_kb > 0 ? text : "");
	snprintf(text, sizeof(text), "%lld", (long long)job->requests);
	listing_string(list, job->requests > 0 ? text : "");
	snprintf(
		text, sizeof(text), "%lldms",
		(long long)(job->response_count == 0
				    ? 0
				    : job->response_sum / job->response_count));
	listing_string(list, job->response_count > 0 ? text : "");
	list_span(list, job->database_ms, job->database_ms > 0);
	list_errors(list, job);
}

void
runstats_print(FILE *out, const struct runstats *stats)
{
	static const char *const columns[] = { "client",   "job",      "runs",
					       "ok",	   "median",   "p95",
					       "rec/min",  "cpu",      "peak",
					       "requests", "response", "db",
					       "errors",   NULL };
	struct listing *list = listing_open(out, LISTING_TABLE, columns);
	size_t i;

	for (i = 3; i < 12; i++)
		listing_right(list, i);
	for (i = 0; i < stats->count; i++)
		list_job(list, &stats->jobs[i]);
	listing_close(list);
}

static void
put_real(struct jsonw *w, const char *key, double value, bool known)
{
	jsonw_key(w, key);
	if (known)
		jsonw_real(w, value);
	else
		jsonw_null(w);
}

static void
put_job(struct jsonw *w, const struct runstats_job *job)
{
	bool any = job->count > 0;
	int class;

	jsonw_open(w, '{');
	jsonw_put_int(w, "client", job->client);
	jsonw_put_string(w, "job", job->job);
	jsonw_put_int(w, "runs", job->runs);
	put_real(w, "success_rate",
		 job->judged == 0 ? 0 : (double)job->good / (double)job->judged,
		 job->judged > 0);
	put_real(w, "median_seconds", (double)quantile(job, 50) / 1000, any);
	put_real(w, "p95_seconds", (double)quantile(job, 95) / 1000, any);
	jsonw_put_int(w, "records", job->records);
	jsonw_put_int(w, "rejected", job->rejected);
	put_real(w, "records_per_minute", per_minute(job), any);
	put_real(w, "cpu_seconds", (double)job->cpu_ms / 1000, any);
	jsonw_put_int(w, "peak_kb", job->peak_kb);
	jsonw_put_int(w, "requests", job->requests);
	jsonw_put_int(w, "bytes", job->bytes);
	put_real(w, "response_ms",
		 job->response_count == 0 ? 0
					  : (double)job->response_sum /
						    (double)job->response_count,
		 job->response_count > 0);
	put_real(w, "database_seconds", (double)job->database_ms / 1000, any);
	jsonw_key(w, "errors");
	jsonw_open(w, '{');
	for (class = 0; class < RUNSTATS_CLASSES; class ++)
		if (job->errors[class] > 0)
			jsonw_put_int(w,
				      outcome_name((enum outcome_class) class),
				      job->errors[class]);
	jsonw_close(w, '}');
	jsonw_close(w, '}');
}

void
runstats_json(FILE *out, const struct runstats *stats)
{
	struct jsonw w = { 0 };
	size_t i;

	for (i = 0; i < stats->count; i++) {
		jsonw_reset(&w);
		put_job(&w, &stats->jobs[i]);
		fprintf(out, "%s\n", w.text);
	}
	jsonw_free(&w);
}
