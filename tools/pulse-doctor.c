/* pulse-doctor - look at everything and say what to do about it */
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/msg.h"
#include "health/health.h"
#include "health/healthpage.h"

struct opts {
	const char *config, *schedule, *spool, *client, *color;
	int deep, offline, quiet;
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
	{ 0, "offline", NULL, "ask no API", CLI_FLAG,
	  offsetof(struct opts, offline) },
	{ 0, "deep", NULL, "read every page of the databases", CLI_FLAG,
	  offsetof(struct opts, deep) },
	{ 'q', "quiet", NULL, "only what is not well", CLI_FLAG,
	  offsetof(struct opts, quiet) },
	{ 0, "color", "WHEN", "auto, always or never (default auto)",
	  CLI_STRING, offsetof(struct opts, color) },
	{ .name = NULL },
};

static const struct cli cli = {
	"pulse-doctor",
	"look at everything and say what to do about it",
	NULL,
	0,
	0,
	options,
	"  pulse doctor\n"
	"  pulse doctor --offline --quiet\n",
	NULL,
};

static bool
wants_color(const char *when)
{
	const char *none = getenv("NO_COLOR"), *term = getenv("TERM");

	if (when != NULL && strcmp(when, "auto") != 0) {
		if (strcmp(when, "always") != 0 && strcmp(when, "never") != 0)
			cli_misuse(&cli,
				   "cannot use '%s' for --color: auto, always "
				   "or never",
				   when);
		return strcmp(when, "always") == 0;
	}
	return (none == NULL || *none == '\0') && term != NULL &&
	       strcmp(term, "dumb") != 0 && isatty(STDOUT_FILENO) == 1;
}

int
main(int argc, char *argv[])
{
	struct findings found = { 0 };
	struct opts opts = { 0 };
	bool color;
	int code;

	cli_parse(&cli, &opts, argc, argv);
	color = wants_color(opts.color);
	if (!health_run(
		    &(struct health_options){
			    .config = opts.config,
			    .schedule = opts.schedule,
			    .spool = opts.spool,
			    .client = opts.client,
			    .offline = opts.offline > 0,
			    .deep = opts.deep > 0,
		    },
		    &found))
		msg_die(EX_TEMPFAIL, "cannot finish: stopped by a signal");
	healthpage_print(&found, opts.quiet > 0 ? FINDING_WARN : FINDING_OK,
			 color);
	healthpage_sum(&found);
	code = findings_code(&found);
	findings_free(&found);
	msg_end_output();
	return code;
}
