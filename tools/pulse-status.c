/* pulse-status - show what the jobs do, did and wait for */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/clock.h"
#include "base/msg.h"
#include "look/eventlog.h"
#include "look/exposition.h"
#include "look/jobtable.h"
#include "look/leftovers.h"
#include "look/overview.h"
#include "look/page.h"
#include "look/runstats.h"
#include "look/screen.h"

struct opts {
	const char *spool, *after, *color;
	long client;
	int watch, json, tsv, prom, quiet, events, follow, stats;
};

static const struct cli_option options[] = {
	{ 'k', "client", "CLIENT", "only this client's jobs", CLI_NUMBER,
	  offsetof(struct opts, client) },
	{ 's', "spool", "DIR", "the spool (default PULSE_HOME/spool)",
	  CLI_STRING, offsetof(struct opts, spool) },
	{ 0, "watch", NULL, "draw again whenever something changes", CLI_FLAG,
	  offsetof(struct opts, watch) },
	{ 'q', "quiet", NULL, "print nothing; 1 when something failed",
	  CLI_FLAG, offsetof(struct opts, quiet) },
	{ 0, "json", NULL, "print one JSON object a line", CLI_FLAG,
	  offsetof(struct opts, json) },
	{ 0, "tsv", NULL, "print tab-separated values", CLI_FLAG,
	  offsetof(struct opts, tsv) },
	{ 0, "prom", NULL, "print metrics for Prometheus", CLI_FLAG,
	  offsetof(struct opts, prom) },
	{ 0, "stats", NULL, "say how the kept runs of each job went", CLI_FLAG,
	  offsetof(struct opts, stats) },
	{ 0, "events", NULL, "print what has happened", CLI_FLAG,
	  offsetof(struct opts, events) },
	{ 'f', "follow", NULL, "with --events: the last ten, then what comes",
	  CLI_FLAG, offsetof(struct opts, follow) },
	{ 0, "after", "POSITION", "with --events: only those after GEN-SEQ",
	  CLI_STRING, offsetof(struct opts, after) },
	{ 0, "color", "WHEN", "always, never, or auto: on a terminal",
	  CLI_STRING, offsetof(struct opts, color) },
	{ .name = NULL },
};

static const struct cli cli = {
	"pulse-status",
	"show what the jobs do, did and wait for",
	"[JOB...]",
	0,
	-1,
	options,
	"  pulse-status --watch\n"
	"  pulse-status -q || echo 'something failed'\n",
	NULL
};

static bool
wants_colour(const char *when)
{
	const char *none = getenv("NO_COLOR"), *term = getenv("TERM");

	if (when != NULL && strcmp(when, "always") == 0)
		return true;
	if (when != NULL && strcmp(when, "never") == 0)
		return false;
	if (when != NULL && strcmp(when, "auto") != 0)
		cli_misuse(&cli, "--color takes always, never or auto");
	return isatty(STDOUT_FILENO) == 1 && (none == NULL || *none == '\0') &&
	       (term == NULL || strcmp(term, "dumb") != 0);
}

static void
check_options(const struct opts *opts)
{
	int forms = !!opts->tsv + !!opts->prom + !!opts->quiet + !!opts->watch +
		    !!opts->stats + !!opts->events;

	if (forms > 1 ||
	    (opts->json && (opts->tsv || opts->prom || opts->quiet)))
		cli_misuse(&cli, "only one form of output at a time");
	if (opts->json && opts->watch)
		cli_misuse(&cli, "--watch draws a table: --events -f --json "
				 "follows as JSON");
	if ((opts->follow || opts->after != NULL) && !opts->events)
		cli_misuse(&cli, "-f and --after go with --events");
}

/* A job that has no status file is none; one of another client neither. */
static void
check_jobs(const struct overview *overview, const char *const *jobs)
{
	const char **names = msg_calloc(overview->count + 1, sizeof(*names));
	const char *near;
	size_t i;

	for (i = 0; i < overview->count; i++)
		names[i] = overview->jobs[i].status.job;
	for (; overview->count > 0 && *jobs != NULL; jobs++) {
		for (i = 0; i < overview->count; i++)
			if (strcmp(names[i], *jobs) == 0)
				break;
		if (i < overview->count)
			continue;
		near = cli_nearest(*jobs, names);
		msg_die(EX_USAGE, "cannot show '%s': no such job%s%s%s", *jobs,
			near != NULL ? "; did you mean '" : "",
			near != NULL ? near : "", near != NULL ? "'?" : "");
	}
	free(names);
}

static void
print_json(const struct overview *overview)
{
	struct jsonw w = { 0 };
	size_t i;

	for (i = 0; i < overview->count; i++) {
		jsonw_reset(&w);
		overview_write(&w, &overview->jobs[i]);
		printf("%s\n", w.text);
	}
	jsonw_free(&w);
}

static void
print_prom(struct overview *overview, const struct overview_ask *ask)
{
	struct leftovers left = { .failures = -1 };
	enum outcome_class class;
	char *why = NULL;

	if (overview->there && leftovers_count(&overview->rooms, ask->client,
					       &left, &why, &class) != 0)
		msg_say("cannot count in 'pulse.db': %s", why);
	free(why);
	exposition_print(stdout, overview, &left);
}

static void
print_stats(struct overview *overview, const struct overview_ask *ask,
	    bool json)
{
	enum outcome_class class;
	struct runstats stats;
	char *why;
	struct journal *journal = overview_journal(overview, &why, &class);

	if (journal == NULL && why != NULL)
		msg_die_class(class, 0, "cannot read 'state.db': %s", why);
	if (journal == NULL) {
		msg_say("no run has been recorded yet");
		return;
	}
	if (runstats_collect(journal, ask, &stats) != 0)
		msg_die_class(journal_class(journal), 0,
			      "cannot read 'state.db': %s",
			      journal_error(journal));
	if (json)
		runstats_json(stdout, &stats);
	else
		runstats_print(stdout, &stats);
	if (stats.count == 0)
		msg_say("no run has been recorded yet");
	runstats_free(&stats);
}

static void
print_events(const struct overview *overview, const struct opts *opts,
	     const struct overview_ask *ask)
{
	struct eventlog_options log = { ask, opts->after, opts->json,
					opts->follow };

	if (!overview->there) {
		msg_say("there is no spool in '%s' yet: nothing has happened",
			overview->path);
		return;
	}
	switch (eventlog_print(&overview->rooms, &log, stdout)) {
	case EVENTLOG_NO_POSITION:
		cli_misuse(&cli, "'%s' is no position: GEN-SEQ", opts->after);
	case EVENTLOG_OTHER:
		msg_say("'%s' is no longer held: all that is was printed",
			opts->after);
		break;
	case EVENTLOG_FAILED:
		msg_die(EX_IOERR, "cannot follow 'events.ndjson': %s",
			strerror(errno));
	case EVENTLOG_DONE:
	default:
		break;
	}
}

static void
draw(void *arg, FILE *out, int width)
{
	struct page *page = arg;

	page->style.width = width;
	page_print(out, page);
}

static void
show_table(struct page *page, const struct overview_ask *ask, bool watch)
{
	struct screen screen = { page->overview, ask, draw, page };

	if (!watch) {
		draw(page, stdout, screen_width());
		return;
	}
	page->style.bars = true;
	page->again = true;
	if (screen_run(&screen) != 0)
		msg_die(EX_IOERR, "cannot draw '%s': %s", page->overview->path,
			strerror(errno));
}

static void
show(struct overview *overview, const struct opts *opts,
     const struct overview_ask *ask)
{
	struct page page = { .overview = overview, .client = ask->client };

	page.style.colour = wants_colour(opts->color);
	if (opts->events)
		print_events(overview, opts, ask);
	else if (opts->stats)
		print_stats(overview, ask, opts->json);
	else if (opts->json)
		print_json(overview);
	else if (opts->tsv)
		jobtable_tsv(stdout, overview);
	else if (opts->prom)
		print_prom(overview, ask);
	else if (!opts->quiet)
		show_table(&page, ask, opts->watch);
}

int
main(int argc, char *argv[])
{
	struct opts opts = { .client = -1 };
	struct overview_ask all = { -1, NULL }, ask;
	struct overview overview;
	bool well;
	char *why;

	ask.jobs = (const char *const *)cli_parse(&cli, &opts, argc, argv);
	ask.client = opts.client;
	check_options(&opts);
	if (overview_open(&overview, opts.spool, &why) != 0)
		msg_die(outcome_code(outcome_of_errno(errno)), "cannot use %s",
			why);
	overview_look(&overview, &all);
	check_jobs(&overview, ask.jobs);
	if (ask.client >= 0 || *ask.jobs != NULL)
		overview_look(&overview, &ask);
	if (overview.overdue && !opts.watch && !opts.quiet)
		msg_say("no scheduler is running: start pulse-sched, or its "
			"timer");
	show(&overview, &opts, &ask);
	well = !opts.quiet || overview_is_well(&overview);
	overview_close(&overview);
	msg_end_output();
	return well ? EX_OK : 1;
}
