/* retry-scan - show what failed and when it is tried again */

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/clock.h"
#include "base/home.h"
#include "base/msg.h"
#include "jobs/job.h"
#include "jobs/lock.h"
#include "jobs/rooms.h"
#include "look/failed.h"
#include "look/survey.h"

enum { WAIT_MS = 5000, WORDS = 12 };

struct opts {
	const char *database, *client, *items, *spool, *schedule, *put_back;
	int json, put_back_due, any;
};

static const struct cli_option options[] = {
	{ 'd', "database", "FILE", "only the items of this database",
	  CLI_STRING, offsetof(struct opts, database) },
	{ 's', "spool", "DIR", "the spool (default PULSE_HOME/spool)",
	  CLI_STRING, offsetof(struct opts, spool) },
	{ 'k', "client", "CLIENT", "only this client", CLI_STRING,
	  offsetof(struct opts, client) },
	{ 0, "schedule", "FILE", "whose delays count (default schedule.yaml)",
	  CLI_STRING, offsetof(struct opts, schedule) },
	{ 0, "items", "JOB", "print the items of JOB that are due now",
	  CLI_STRING, offsetof(struct opts, items) },
	{ 0, "any", NULL, "with --items: due or not", CLI_FLAG,
	  offsetof(struct opts, any) },
	{ 0, "json", NULL, "print one JSON object a line", CLI_FLAG,
	  offsetof(struct opts, json) },
	{ 0, "put-back", "JOB",
	  "start JOB if it fails, else fetch its due items", CLI_STRING,
	  offsetof(struct opts, put_back) },
	{ 0, "put-back-due", NULL, "try what is due of all jobs now", CLI_FLAG,
	  offsetof(struct opts, put_back_due) },
	{ .name = NULL },
};

static const struct cli cli = {
	"retry-scan",
	"show what failed and when it is tried again",
	NULL,
	0,
	0,
	options,
	"  retry-scan\n"
	"  retry-scan --put-back github_job\n"
	"  retry-scan --items github_job | fetch-github --items -\n",
	NULL,
};

/* What one call works with. */
struct scan {
	const struct opts *opts;
	char *spool;
	struct schedule *schedule;
	struct failed_ask ask;
};

static char *
below(const struct scan *scan, const char *name)
{
	size_t size = strlen(scan->spool) + strlen(name) + 2;
	char *path = msg_calloc(size, 1);

	snprintf(path, size, "%s/%s", scan->spool, name);
	return path;
}

/* --- what failed ---------------------------------------------------------- */

/* One that we may not look at is: to say that nothing failed would be wrong. */
static bool
is_there(const char *path)
{
	return access(path, F_OK) == 0 || errno != ENOENT;
}

/* NULL when it is not there, which is no failure: nothing has run yet. */
static struct journal *
open_journal(const struct scan *scan)
{
	char *path = below(scan, "state.db"), *why;
	struct journal *journal = NULL;
	enum outcome_class class;

	if (is_there(path)) {
		journal = journal_open(path, false, &why, &class);
		if (journal == NULL)
			msg_die_class(class, 0, "cannot open '%s': %s", path,
				      why);
	}
	free(path);
	return journal;
}

static void
show_jobs(struct scan *scan)
{
	struct journal *journal = open_journal(scan);
	int rows;

	if (journal == NULL)
		return;
	rows = failed_jobs(journal, &scan->ask);
	if (rows < 0)
		msg_die_class(journal_class(journal), 0,
			      "cannot read '%s/state.db': %s", scan->spool,
			      journal_error(journal));
	scan->ask.gap = rows > 0;
	journal_close(journal);
}

static void
show_items(const struct scan *scan)
{
	const struct opts *opts = scan->opts;
	char *path = opts->database != NULL ? msg_strdup(opts->database)
					    : below(scan, "pulse.db");
	enum outcome_class class;
	struct store *store;
	char *why;

	if (opts->database != NULL || is_there(path)) {
		store = store_open(path, STORE_READ, WAIT_MS, &why, &class);
		if (store == NULL)
			msg_die_class(class, 0, "cannot open '%s': %s", path,
				      why);
		if (failed_items(store, &scan->ask) < 0)
			msg_die_class(store_class(store), 0,
				      "cannot read '%s': %s", path,
				      store_error(store));
		store_close(store);
	}
	free(path);
}

/* --- trying it now -------------------------------------------------------- */

static int
run_command(char **argv)
{
	char **stages[] = { argv };
	const struct job_spec spec = { stages, 1, -1, -1, NULL };
	char *why;
	struct job *job = job_start(&spec, &why);

	if (job == NULL)
		msg_die(EX_CONFIG, "cannot run %s", why);
	return job_wait(job);
}

/* argv that names our spool and schedule to another program. */
static size_t
pass_on(const struct scan *scan, char **argv, size_t count)
{
	argv[count++] = (char *)"-s";
	argv[count++] = scan->spool;
	if (scan->opts->schedule != NULL) {
		argv[count++] = (char *)"--schedule";
		argv[count++] = (char *)scan->opts->schedule;
	}
	argv[count] = NULL;
	return count;
}

/* A running scheduler has its own timer for what is due. */
static int
put_back_due(const struct scan *scan)
{
	char *argv[WORDS] = { (char *)"pulse-sched", (char *)"--once" };
	struct rooms rooms;
	bool has_leader;
	char *why;

	if (rooms_open(&rooms, scan->spool, false, &why) != 0)
		msg_die(outcome_code(outcome_of_errno(errno)), "cannot open %s",
			why);
	has_leader = rooms.lock >= 0 && lock_is_held(&rooms, "leader", NULL);
	rooms_close(&rooms);
	pass_on(scan, argv, 2);
	return has_leader ? EX_OK : run_command(argv);
}

struct chosen {
	const struct scan *scan;
	bool found;
	int worst;
};

/* A failing job is started, which takes its due items up as well; of any other
 * one these are fetched alone. */
static bool
put_back_one(void *arg, const struct survey_job *job)
{
	struct chosen *chosen = arg;
	const struct scan *scan = chosen->scan;
	bool fails = job->row->state == STATES_ERROR;
	char client[24];
	char *argv[WORDS] = {
		(char *)"pulse-ctl", (char *)(fails ? "start" : "put-back"),
		(char *)job->job,    (char *)"--no-wait",
		(char *)"-k",	     client
	};

	if (strcmp(job->job, scan->opts->put_back) != 0 ||
	    (scan->ask.client >= 0 && scan->ask.client != job->client))
		return true;
	chosen->found = true;
	snprintf(client, sizeof(client), "%lld", (long long)job->client);
	pass_on(scan, argv, 6);
	chosen->worst = outcome_worst(chosen->worst, run_command(argv));
	return true;
}

static int
put_back(const struct scan *scan)
{
	struct chosen chosen = { scan, false, EX_OK };
	const struct survey_ask all = { scan->schedule, scan->ask.now,
					put_back_one, &chosen };
	struct journal *journal = open_journal(scan);

	if (journal == NULL)
		msg_die(EX_CONFIG,
			"cannot put back '%s': pulse-sched has not run yet; "
			"its next run by hand takes up what failed",
			scan->opts->put_back);
	if (survey(journal, &all) != 0)
		msg_die_class(journal_class(journal), 0,
			      "cannot read '%s/state.db': %s", scan->spool,
			      journal_error(journal));
	journal_close(journal);
	if (!chosen.found)
		msg_die(EX_USAGE, "cannot put back '%s': no such job",
			scan->opts->put_back);
	return chosen.worst;
}

/* --- */

static void
open_scan(struct scan *scan, const struct opts *opts)
{
	bool lines = opts->json > 0 || opts->items != NULL;
	char *path = schedule_path(opts->schedule), *why, *end;

	*scan = (struct scan){
		.opts = opts,
		.spool = opts->spool != NULL ? msg_strdup(opts->spool)
					     : home_path("spool"),
		.schedule = schedule_load(path, &why),
		.ask = { .out = stdout,
			 .format = lines ? LISTING_NDJSON : LISTING_TABLE,
			 .client = -1,
			 .of = opts->items,
			 .due = opts->items != NULL && opts->any == 0,
			 .now = clock_now() },
	};
	if (scan->schedule == NULL && opts->schedule != NULL)
		msg_die(EX_CONFIG, "cannot use the schedule: %s", why);
	if (scan->schedule == NULL) { /* a job may be at its work */
		msg_say("the usual delays are taken, for the schedule is no "
			"good: %s",
			why);
		free(why);
	}
	scan->ask.schedule = scan->schedule;
	free(path);
	if (opts->client == NULL)
		return;
	scan->ask.client = strtoll(opts->client, &end, 10);
	if (end == opts->client || *end != '\0' || scan->ask.client < 0)
		cli_misuse(&cli, "'%s' is no client", opts->client);
}

int
main(int argc, char *argv[])
{
	struct opts opts = { 0 };
	struct scan scan;
	int code = EX_OK;

	cli_parse(&cli, &opts, argc, argv);
	if (opts.any > 0 && opts.items == NULL)
		cli_misuse(&cli, "--any needs --items");
	if ((opts.items != NULL) + (opts.put_back != NULL) +
		    (opts.put_back_due > 0) >
	    1)
		cli_misuse(&cli, "--items, --put-back and --put-back-due "
				 "exclude another");
	open_scan(&scan, &opts);
	if (opts.put_back != NULL) {
		code = put_back(&scan);
	} else if (opts.put_back_due > 0) {
		code = put_back_due(&scan);
	} else {
		if (opts.database == NULL && opts.items == NULL)
			show_jobs(&scan);
		show_items(&scan);
	}
	schedule_free(scan.schedule);
	free(scan.spool);
	msg_end_output();
	return code;
}
