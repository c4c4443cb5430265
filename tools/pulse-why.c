/* pulse-why - say why a job is as it is, and what to do */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

#include "base/cli.h"
#include "base/msg.h"
#include "look/diagnosis.h"

struct opts {
	const char *spool, *schedule;
	long client;
	int json;
};

static const struct cli_option options[] = {
	{ 'k', "client", "CLIENT", "whose job", CLI_NUMBER,
	  offsetof(struct opts, client) },
	{ 's', "spool", "DIR", "the spool (default PULSE_HOME/spool)",
	  CLI_STRING, offsetof(struct opts, spool) },
	{ 0, "schedule", "FILE", "the schedule (default: as pulse-sched)",
	  CLI_STRING, offsetof(struct opts, schedule) },
	{ 0, "json", NULL, "print one JSON object", CLI_FLAG,
	  offsetof(struct opts, json) },
	{ .name = NULL },
};

static const struct cli cli = {
	"pulse-why",
	"say why a job is as it is, and what to do",
	"JOB",
	1,
	1,
	options,
	"  pulse why github_job\n"
	"  pulse why 2.jira_job --json | jq .failure.to_do\n",
	NULL,
};

int
main(int argc, char *argv[])
{
	struct opts opts = { .client = -1 };
	struct diagnosis diagnosis;
	char *why;
	int failed;

	argv = cli_parse(&cli, &opts, argc, argv);
	failed = diagnosis_make(&diagnosis,
				&(struct diagnosis_ask){
					.word = argv[0],
					.client = opts.client,
					.spool = opts.spool,
					.schedule = opts.schedule,
				},
				&why);
	if (failed == -2)
		msg_die(outcome_code(outcome_of_errno(errno)),
			"cannot open the spool %s%s%s%s",
			*why == '\'' ? "" : "'",
			*why == '\'' ? "" : diagnosis.overview->path,
			*why == '\'' ? "" : "': ", why);
	if (failed != 0)
		msg_die(EX_USAGE, "cannot explain '%s': %s", argv[0], why);
	if (opts.json > 0)
		diagnosis_json(stdout, &diagnosis);
	else
		diagnosis_print(stdout, &diagnosis);
	diagnosis_free(&diagnosis);
	msg_end_output();
	return EX_OK;
}
