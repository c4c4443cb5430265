/* health-check - say what is well and what is not, one line each */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic.h"
#include "base/cli.h"
#include "base/msg.h"
#include "base/secret.h"
#include "health/alarm.h"
#include "health/health.h"
#include "jobs/schedule.h"

enum { CHECKS = 32 };

struct opts {
	const char *config, *schedule, *spool, *client, *report, *notify;
	struct cli_list only;
	int deep, json, offline, quiet;
};

static const struct cli_option options[] = {
	{ 'c', "config", "FILE", "the settings (default $PULSE_CONFIG)",
	  CLI_STRING, offsetof(struct opts, config) },
	{ 'k', "client", "CLIENT", "only this client", CLI_STRING,
	  offsetof(struct opts, client) },
	{ 's', "spool", "DIR", "the spool (default PULSE_HOME/spool)",
	  CLI_STRING, offsetof(struct opts, spool) },
	{ 0, "schedule", "FILE", "the schedule (default schedule.yaml)",
	  CLI_STRING, offsetof(struct opts, schedule) },
	{ 0, "only", "CHECK", "only this check; may be given again", CLI_LIST,
	  offsetof(struct opts, only) },
	{ 0, "offline", NULL, "ask no API", CLI_FLAG,
	  offsetof(struct opts, offline) },
	{ 0, "deep", NULL, "read every page of the databases", CLI_FLAG,
	  offsetof(struct opts, deep) },
	{ 0, "json", NULL, "print one JSON object a line", CLI_FLAG,
	  offsetof(struct opts, json) },
	{ 0, "report", "FILE", "write all findings to FILE as JSON lines",
	  CLI_STRING, offsetof(struct opts, report) },
	{ 0, "notify", "OLD", "tell a person what the report OLD does not say",
	  CLI_STRING, offsetof(struct opts, notify) },
	{ 'q', "quiet", NULL, "print warnings and failures only", CLI_FLAG,
	  offsetof(struct opts, quiet) },
	{ .name = NULL },
};

static const struct cli cli = {
	"health-check",
	"say what is well and what is not, one line each",
	NULL,
	0,
	0,
	options,
	"  health-check -q || mail -s 'Pulse is not well' me\n",
	NULL,
};

static void
check_names(const struct cli_list *only)
{
	const char *names[CHECKS] = { NULL };
	size_t i, k;

	for (k = 0; k + 1 < CHECKS && health_checks[k].name != NULL; k++)
		names[k] = health_checks[k].name;
	for (i = 0; i < only->count; i++) {
		const char *near = cli_nearest(only->items[i], names);

		for (k = 0; names[k] != NULL; k++)
			if (strcmp(names[k], only->items[i]) == 0)
				break;
		if (names[k] == NULL)
			cli_misuse(&cli, "there is no check '%s'%s%s",
				   only->items[i],
				   near != NULL ? ", did you mean " : "",
				   near != NULL ? near : "");
	}
}

/* The names with a NULL behind them. */
static const char **
ended(const struct cli_list *only)
{
	const char **names = msg_calloc(only->count + 1, sizeof(*names));

	if (only->count > 0)
		memcpy(names, only->items, only->count * sizeof(*names));
	return names;
}

/* All of them, whatever is printed; replaced whole. */
static void
write_report(const struct findings *found, const char *path)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	bool failed;

	if (out == NULL)
		msg_die(EX_OSERR, "cannot go on: out of memory");
	findings_list(found, out, LISTING_NDJSON, FINDING_OK);
	failed = fclose(out) != 0 || atomic_write(path, text, len) != 0;
	free(text);
	if (failed)
		msg_die(EX_CANTCREAT, "cannot write '%s': %s", path,
			strerror(errno));
}

/* By the schedule's own hook; without one nobody is told. */
static void
notify(const struct findings *found, const struct opts *opts)
{
	char *path = schedule_path(opts->schedule), *why;
	struct schedule *schedule = schedule_load(path, &why);

	if (schedule == NULL) {
		msg_say("cannot tell anybody: %s", why);
		free(why);
	} else if (schedule->notify != NULL) {
		secret_drop_environment();
		if (alarm_ring(found, opts->notify, schedule->notify, &why) < 0)
			msg_say("cannot tell anybody: %s", why);
		free(why);
	}
	schedule_free(schedule);
	free(path);
}

int
main(int argc, char *argv[])
{
	struct findings found = { 0 };
	struct opts opts = { 0 };
	const char **only;
	int code;

	cli_parse(&cli, &opts, argc, argv);
	check_names(&opts.only);
	only = ended(&opts.only);
	if (!health_run(
		    &(struct health_options){
			    .config = opts.config,
			    .schedule = opts.schedule,
			    .spool = opts.spool,
			    .client = opts.client,
			    .only = opts.only.count > 0 ? only : NULL,
			    .offline = opts.offline > 0,
			    .deep = opts.deep > 0,
		    },
		    &found))
		msg_die(EX_TEMPFAIL, "cannot finish: stopped by a signal");
	free(opts.only.items);
	free(only);
	findings_list(&found, stdout,
		      opts.json > 0 ? LISTING_NDJSON : LISTING_TABLE,
		      opts.quiet > 0 ? FINDING_WARN : FINDING_OK);
	if (opts.report != NULL)
		write_report(&found, opts.report);
	if (opts.notify != NULL)
		notify(&found, &opts);
	code = findings_code(&found);
	findings_free(&found);
	msg_end_output();
	return code;
}
