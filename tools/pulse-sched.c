/* pulse-sched - start jobs when they are due and look after their runs */

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cli.h"
#include "base/clock.h"
#include "base/home.h"
#include "base/listing.h"
#include "base/msg.h"
#include "base/owner.h"
#include "base/times.h"
#include "jobs/plan.h"
#include "lead/leader.h"
#include "lead/preview.h"

enum { PLAN_MOST = 100000 };

struct opts {
	struct leader_options leader;
	long plan;
	int check, once, json, verbose;
};

static const struct cli_option options[] = {
	{ 's', "spool", "DIR", "the spool (default spool in PULSE_HOME)",
	  CLI_STRING, offsetof(struct opts, leader.spool) },
	{ 'c', "config", "FILE", "pulse.yaml: the clients", CLI_STRING,
	  offsetof(struct opts, leader.config) },
	{ 0, "schedule", "FILE",
	  "the jobs (default schedule.yaml in PULSE_HOME, else the shipped "
	  "one)",
	  CLI_STRING, offsetof(struct opts, leader.schedule) },
	{ 0, "once", NULL, "start what is due and leave: for cron and timers",
	  CLI_FLAG, offsetof(struct opts, once) },
	{ 0, "check", NULL, "only say whether schedule and config are good",
	  CLI_FLAG, offsetof(struct opts, check) },
	{ 0, "plan", "N", "only print the next N starts, and why", CLI_NUMBER,
	  offsetof(struct opts, plan) },
	{ 0, "json", NULL, "with --plan: one JSON object a line", CLI_FLAG,
	  offsetof(struct opts, json) },
	{ 'v', "verbose", NULL, "say on stderr what each job does", CLI_FLAG,
	  offsetof(struct opts, verbose) },
	{ .name = NULL },
};

static const struct cli cli = {
	"pulse-sched",
	"start jobs when they are due and look after their runs",
	NULL,
	0,
	0,
	options,
	"  pulse-sched --plan 10\n"
	"  pulse-sched -v\n",
	NULL,
};

static struct preview *
look(const struct opts *opts, bool rows)
{
	struct preview *preview;
	char *why;

	preview = preview_open(&opts->leader, rows, &why);
	if (preview == NULL)
		msg_die(EX_CONFIG, "cannot use %s", why);
	return preview;
}

static void
check(const struct opts *opts)
{
	struct preview *preview = look(opts, false);
	size_t jobs = preview_jobs(preview);
	size_t clients = preview_clients(preview);

	printf("%zu job%s for %zu client%s\n", jobs, jobs == 1 ? "" : "s",
	       clients, clients == 1 ? "" : "s");
	preview_close(preview);
}

/* "2h05m", "12m30s": how long from now. */
static void
in_words(int64_t ms, char out[32])
{
	long long s = ms > 0 ? (long long)(ms + 999) / 1000 : 0;

	if (s == 0)
		snprintf(out, 32, "now");
	else if (s < 3600)
		snprintf(out, 32, "%lldm%02llds", s / 60, s % 60);
	else if (s < 48 * 3600)
		snprintf(out, 32, "%lldh%02lldm", s / 3600, s / 60 % 60);
	else
		snprintf(out, 32, "%lldd%02lldh", s / 86400, s / 3600 % 24);
}

/* when: the time and how long until then; NULLs: not by itself. */
static void
print_line(struct listing *list, const struct gates_job *job,
	   const char *const when[2], const char *why)
{
	listing_string(list, when[0]);
	listing_string(list, when[1]);
	listing_string(list, job->job->name);
	listing_int(list, job->client);
	listing_string(list, why);
}

static void
print_start(struct listing *list, const struct gates_view *view,
	    const struct plan_start *start, int64_t now)
{
	char at[TIMES_SIZE], wait[32], why[256];
	const char *const when[2] = { at, wait };
	const char *reason = states_reason_name(start->reason);

	times_format_seconds(start->at, at);
	in_words(start->at - now, wait);
	snprintf(why, sizeof(why), "%s%s%s", reason,
		 start->note[0] != '\0' && *reason != '\0' ? ": " : "",
		 start->note);
	print_line(list, &view->jobs[start->job], when, why);
}

/* The starts, then those that nothing starts, with the way out. */
static void
print_plan(const struct preview *preview, const struct opts *opts)
{
	static const char *const columns[] = { "when",	 "in",	"job",
					       "client", "why", NULL };
	static const char *const nowhen[2] = { NULL, NULL };
	const struct gates_view *view = preview_view(preview);
	size_t most = (size_t)opts->plan, count, i;
	struct plan_start *starts = msg_calloc(most + 1, sizeof(*starts));
	int64_t now = clock_now();
	struct listing *list = listing_open(
		stdout, opts->json > 0 ? LISTING_NDJSON : LISTING_TABLE,
		columns);

	count = plan_make(view, preview_lengths(preview), now, most, starts);
	for (i = 0; i < count; i++)
		print_start(list, view, &starts[i], now);
	for (i = 0; i < view->count; i++)
		if (view->jobs[i].job != NULL &&
		    plan_never(&view->jobs[i]) != NULL)
			print_line(list, &view->jobs[i], nowhen,
				   plan_never(&view->jobs[i]));
	listing_close(list);
	free(starts);
}

static void
plan(const struct opts *opts)
{
	struct preview *preview = look(opts, true);
	const char *barrier = plan_barrier(preview_view(preview));

	if (barrier != NULL)
		msg_say("nothing starts for now: %s", barrier);
	print_plan(preview, opts);
	preview_close(preview);
}

static int
lead(const struct opts *opts)
{
	struct leader *leader;
	enum outcome_class class;
	int holder, code;
	char *why;

	if (owner_become_spool(opts->leader.spool, &why) != 0)
		msg_die(EX_NOPERM, "cannot use %s", why);
	switch (leader_open(&opts->leader, &leader, &holder, &why, &class)) {
	case LEADER_BUSY:
		if (opts->once > 0)
			return EX_OK;
		msg_say("cannot lead: process %d does", holder);
		return EX_TEMPFAIL;
	case LEADER_FAILED:
		msg_say("cannot use %s", why);
		free(why);
		return outcome_code(class);
	case LEADER_READY:
	default:
		break;
	}
	code = opts->once > 0 ? leader_once(leader) : leader_serve(leader);
	leader_close(leader);
	return code;
}

int
main(int argc, char *argv[])
{
	struct opts opts = { .plan = -1 };
	int code;

	cli_parse(&cli, &opts, argc, argv);
	opts.leader.verbose = opts.verbose > 0;
	if ((opts.check > 0) + (opts.once > 0) + (opts.plan >= 0) > 1)
		cli_misuse(&cli, "--check, --once and --plan exclude another");
	if (opts.plan == 0 || opts.plan > PLAN_MOST)
		cli_misuse(&cli, "--plan takes 1 to %d", PLAN_MOST);
	if (opts.json > 0 && opts.plan < 0)
		cli_misuse(&cli, "--json goes with --plan");
	if (opts.check > 0) {
		check(&opts);
	} else if (opts.plan > 0) {
		plan(&opts);
	} else {
		code = lead(&opts);
		msg_end_output();
		return code;
	}
	msg_end_output();
	return EX_OK;
}
