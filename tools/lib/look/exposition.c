#include "look/exposition.h"

#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "base/promtext.h"
#include "look/allowance.h"

enum { LOOK_BACK = 20 };

static void
name_job(FILE *out, const char *metric, int64_t client, const char *job)
{
	char number[24];

	fputs(metric, out);
	promtext_label(out, '{', "job", job);
	snprintf(number, sizeof(number), "%lld", (long long)client);
	promtext_label(out, ',', "client", number);
}

static void
print_states(FILE *out, const struct overview *o)
{
	static const char metric[] = "pulse_job_state";
	size_t i;
	int state;

	promtext_head(out, metric, "gauge",
		      "1 for the state that the job is in.");
	for (i = 0; i < o->count; i++)
		for (state = 0; state < STATES_COUNT; state++) {
			const struct status *s = &o->jobs[i].status;

			name_job(out, metric, s->client, s->job);
			promtext_label(out, ',', "state",
				       states_name((enum states_state)state));
			fprintf(out, "} %d\n", (int)s->state == state);
		}
}

static void
print_successes(FILE *out, const struct overview *o)
{
	static const char metric[] = "pulse_job_last_success_timestamp_seconds";
	size_t i;

	promtext_head(out, metric, "gauge", "When the job last ended well.");
	for (i = 0; i < o->count; i++) {
		const struct status *s = &o->jobs[i].status;

		if (s->last_success == 0)
			continue;
		name_job(out, metric, s->client, s->job);
		fprintf(out, "} %.3f\n", (double)s->last_success / 1000);
	}
}

static void
print_progress(FILE *out, const struct overview *o)
{
	static const char metric[] = "pulse_job_progress_ratio";
	size_t i;

	promtext_head(out, metric, "gauge",
		      "How much of its work a run has done.");
	for (i = 0; i < o->count; i++) {
		const struct overview_job *job = &o->jobs[i];

		if (job->pace.samples == 0 || job->pace.percent < 0)
			continue;
		name_job(out, metric, job->status.client, job->status.job);
		fprintf(out, "} %.2f\n", job->pace.percent / 100.0);
	}
}

static void
print_stale(FILE *out, const struct overview *o)
{
	static const char metric[] = "pulse_job_stale";
	size_t i;

	promtext_head(out, metric, "gauge",
		      "1 when no scheduler looks after the job.");
	for (i = 0; i < o->count; i++) {
		const struct status *s = &o->jobs[i].status;

		name_job(out, metric, s->client, s->job);
		fprintf(out, "} %d\n", o->jobs[i].stale);
	}
}

static bool
keep_run(void *arg, const struct journal_run *run)
{
	struct journal_run *kept = arg;

	if (run->ended == 0)
		return true;
	*kept = *run;
	return false;
}

static double
took(const struct folder_result *r)
{
	return (double)r->took / 1000;
}

static double
cpu(const struct folder_result *r)
{
	return (double)(r->user_ms + r->system_ms) / 1000;
}

static double
memory(const struct folder_result *r)
{
	return (double)r->peak_kb * 1024;
}

static double
requests(const struct folder_result *r)
{
	return (double)r->requests;
}

static double
response(const struct folder_result *r)
{
	return (double)r->response_ms / 1000;
}

static double
database(const struct folder_result *r)
{
	return (double)r->database_ms / 1000;
}

/* What the latest ended run of a job cost. */
static const struct cost {
	const char *metric, *help;
	double (*of)(const struct folder_result *result);
	int digits;
} costs[] = {
	{ "pulse_job_duration_seconds", "How long the latest ended run took.",
	  took, 3 },
	{ "pulse_job_cpu_seconds", "CPU time of the latest ended run.", cpu,
	  3 },
	{ "pulse_job_memory_peak_bytes",
	  "The most memory that a process of the latest ended run had.", memory,
	  0 },
	{ "pulse_job_requests", "API requests of the latest ended run.",
	  requests, 0 },
	{ "pulse_job_response_seconds",
	  "Mean response time of the API in the latest ended run.", response,
	  3 },
	{ "pulse_job_database_seconds",
	  "What writing to pulse.db took in the latest ended run.", database,
	  3 },
};

static void
print_costs(FILE *out, const struct overview *o, struct journal *journal)
{
	struct journal_run *latest = msg_calloc(o->count + 1, sizeof(*latest));
	size_t cost, i;

	for (i = 0; i < o->count; i++) {
		struct journal_runs_ask ask = {
			.client = o->jobs[i].status.client,
			.job = o->jobs[i].status.job,
			.most = LOOK_BACK
		};

		journal_each_run(journal, &ask, keep_run, &latest[i]);
	}
	for (cost = 0; cost < sizeof(costs) / sizeof(*costs); cost++) {
		const struct cost *c = &costs[cost];

		promtext_head(out, c->metric, "gauge", c->help);
		for (i = 0; i < o->count; i++) {
			if (latest[i].ended == 0)
				continue;
			name_job(out, c->metric, latest[i].client,
				 latest[i].job);
			fprintf(out, "} %.*f\n", c->digits,
				c->of(&latest[i].figures));
		}
	}
	free(latest);
}

/* The totals of the jobs at hand, by client, job and result. */
struct totals {
	const struct overview *overview;
	struct journal_total *rows;
	size_t count, room;
};

static bool
keep_total(void *arg, const struct journal_total *total)
{
	struct totals *t = arg;

	if (overview_find(t->overview, total->client, total->job) == NULL)
		return true;
	if (t->count == t->room) {
		t->room = t->room == 0 ? 64 : t->room * 2;
		t->rows = msg_realloc(t->rows, t->room * sizeof(*t->rows));
	}
	t->rows[t->count++] = *total;
	return true;
}

/* The sums of the job at row i over its results; returns the next job's row. */
static size_t
sum_job(const struct totals *t, size_t i, struct journal_total *sum,
	int64_t *failed)
{
	*sum = t->rows[i];
	sum->records = sum->rejected = *failed = 0;
	for (; i < t->count && t->rows[i].client == sum->client &&
	       strcmp(t->rows[i].job, sum->job) == 0;
	     i++) {
		const struct journal_total *row = &t->rows[i];

		sum->records += row->records;
		sum->rejected += row->rejected;
		if (row->result == STATES_FAILED ||
		    row->result == STATES_ORPHANED)
			*failed += row->runs;
	}
	return i;
}

static void
print_runs(FILE *out, const struct totals *t)
{
	static const char metric[] = "pulse_job_runs_total";
	size_t i;

	promtext_head(out, metric, "counter",
		      "Runs that have ended, by result.");
	for (i = 0; i < t->count; i++) {
		const struct journal_total *row = &t->rows[i];

		name_job(out, metric, row->client, row->job);
		promtext_label(out, ',', "result",
			       states_result_name(row->result));
		fprintf(out, "} %lld\n", (long long)row->runs);
	}
}

static void
print_failures(FILE *out, const struct totals *t)
{
	static const char metric[] = "pulse_job_failures_total";
	struct journal_total sum;
	int64_t failed;
	size_t i = 0;

	promtext_head(out, metric, "counter", "Runs that failed or vanished.");
	while (i < t->count) {
		i = sum_job(t, i, &sum, &failed);
		name_job(out, metric, sum.client, sum.job);
		fprintf(out, "} %lld\n", (long long)failed);
	}
}

static void
print_records(FILE *out, const struct totals *t)
{
	static const char metric[] = "pulse_records_total";
	struct journal_total sum;
	int64_t failed;
	size_t i = 0;

	promtext_head(out, metric, "counter",
		      "Records that runs have fetched and rejected.");
	while (i < t->count) {
		i = sum_job(t, i, &sum, &failed);
		name_job(out, metric, sum.client, sum.job);
		promtext_label(out, ',', "result", "fetched");
		fprintf(out, "} %lld\n", (long long)sum.records);
		name_job(out, metric, sum.client, sum.job);
		promtext_label(out, ',', "result", "rejected");
		fprintf(out, "} %lld\n", (long long)sum.rejected);
	}
}

static void
print_totals(FILE *out, const struct overview *overview,
	     struct journal *journal)
{
	struct totals totals = { .overview = overview };

	journal_each_total(journal, keep_total, &totals);
	print_runs(out, &totals);
	print_failures(out, &totals);
	print_records(out, &totals);
	free(totals.rows);
}

static void
print_quotas(FILE *out, const struct overview *o)
{
	static const char metric[] = "pulse_api_remaining";
	struct allowance quota;
	char number[24];
	size_t i;

	promtext_head(out, metric, "gauge",
		      "Requests that the API still allows, as the latest run "
		      "saw it.");
	for (i = 0; i < o->count; i++) {
		const struct status *s = &o->jobs[i].status;

		if (!allowance_read(&o->rooms, s->run, &quota))
			continue;
		fputs(metric, out);
		promtext_label(out, '{', "integration", quota.integration);
		promtext_label(out, ',', "job", s->job);
		snprintf(number, sizeof(number), "%lld", (long long)s->client);
		promtext_label(out, ',', "client", number);
		fprintf(out, "} %lld\n", (long long)quota.left);
	}
}

static void
print_leftovers(FILE *out, const struct leftovers *left)
{
	int state;

	promtext_head(out, "pulse_spool_files", "gauge",
		      "Files of the queues.");
	for (state = 0; state < QUEUE_STATES; state++) {
		fputs("pulse_spool_files", out);
		promtext_label(out, '{', "state",
			       queue_state_name((enum queue_state)state));
		fprintf(out, "} %lld\n", (long long)left->files[state]);
	}
	if (left->failures < 0)
		return;
	promtext_head(out, "pulse_open_failures", "gauge",
		      "Items and scopes that failed and have not been fetched "
		      "since.");
	fprintf(out, "pulse_open_failures %lld\n", (long long)left->failures);
}

static void
print_flag(FILE *out, const char *metric, const char *help, bool set)
{
	promtext_head(out, metric, "gauge", help);
	fprintf(out, "%s %d\n", metric, set);
}

void
exposition_print(FILE *out, struct overview *overview,
		 const struct leftovers *leftovers)
{
	enum outcome_class class;
	char *why;
	struct journal *journal = overview_journal(overview, &why, &class);

	free(why);
	promtext_head(out, "pulse_build_info", "gauge", "Which Pulse this is.");
	fputs("pulse_build_info", out);
	promtext_label(out, '{', "version", PULSE_VERSION);
	fputs("} 1\n", out);
	print_flag(out, "pulse_scheduler_up", "1 while a scheduler runs.",
		   overview->leader);
	print_flag(out, "pulse_emergency_stop",
		   "1 while the emergency stop is set.", overview->latched);
	print_flag(out, "pulse_orchestrator_held",
		   "1 while the orchestrator is stopped.", overview->held);
	print_states(out, overview);
	print_successes(out, overview);
	print_progress(out, overview);
	print_stale(out, overview);
	if (journal != NULL) {
		print_costs(out, overview, journal);
		print_totals(out, overview, journal);
	}
	print_quotas(out, overview);
	print_leftovers(out, leftovers);
}
