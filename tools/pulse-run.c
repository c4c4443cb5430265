/* pulse-run - run one job under supervision, from its lock to its result */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/msg.h"
#include "base/owner.h"
#include "jobs/rooms.h"
#include "jobs/schedule.h"
#include "run/supervisor.h"

enum { GRACE = 10000, DRAIN = 60000 };

struct opts {
	const char *run, *spool, *schedule, *config;
	long client;
};

static const struct cli_option options[] = {
	{ 0, "run", "ID", "the run that pulse-sched prepared in run/ID",
	  CLI_STRING, offsetof(struct opts, run) },
	{ 'k', "client", "CLIENT", "whose job (default 1)", CLI_NUMBER,
	  offsetof(struct opts, client) },
	{ 'c', "config", "FILE", "for the command, as PULSE_CONFIG", CLI_STRING,
	  offsetof(struct opts, config) },
	{ 's', "spool", "DIR", "the spool (default PULSE_HOME/spool)",
	  CLI_STRING, offsetof(struct opts, spool) },
	{ 0, "schedule", "FILE", "where JOB stands (default: as pulse-sched)",
	  CLI_STRING, offsetof(struct opts, schedule) },
	{ .name = NULL },
};

static const struct cli cli = {
	"pulse-run",
	"run one job under supervision, from its lock to its result",
	"[JOB [-- CMD [ARG...]]]",
	0,
	-1,
	options,
	"  pulse-run github_job\n"
	"  pulse-run nightly -- ./export.sh --all\n",
	NULL
};

_Noreturn static void
refuse_job(const struct schedule *schedule, const char *name)
{
	const char **names =
		msg_calloc(schedule->job_count + 1, sizeof(*names));
	const char *near;
	size_t i;

	for (i = 0; i < schedule->job_count; i++)
		names[i] = schedule->jobs[i].name;
	near = cli_nearest(name, names);
	msg_die(EX_USAGE, "cannot run '%s': no such job in %s%s%s%s", name,
		schedule->file, near != NULL ? "; did you mean " : "",
		near != NULL ? near : "", near != NULL ? "?" : "");
}

/* What to run, and the schedule that this was taken from, if any. */
struct work {
	struct folder_spec spec;
	struct schedule *schedule;
	char *argv[2];
};

static void
take_scheduled(const struct opts *opts, struct work *work)
{
	char *path = schedule_path(opts->schedule), *why;
	const struct schedule_job *job;

	work->schedule = schedule_load(path, &why);
	free(path);
	if (work->schedule == NULL)
		msg_die(EX_CONFIG, "cannot use the schedule: %s", why);
	job = schedule_job(work->schedule, work->spec.job);
	if (job == NULL)
		refuse_job(work->schedule, work->spec.job);
	work->argv[0] = job->path;
	work->spec.argv = work->argv;
	work->spec.timeout = job->timeout;
	work->spec.grace = job->grace;
	work->spec.drain = job->drain;
	if (job->per_host)
		work->spec.client = 0;
}

static void
take_operands(const struct opts *opts, char **operands, struct work *work)
{
	if (operands[0] == NULL)
		cli_misuse(&cli, "a JOB or --run is needed");
	if (!names_is_job(operands[0]))
		msg_die(EX_USAGE,
			"cannot run '%s': not a job name such as github_job",
			operands[0]);
	work->spec = (struct folder_spec){
		.client = opts->client,
		.job = operands[0],
		.argv = operands + 1,
		.grace = GRACE,
		.drain = DRAIN,
		.config = opts->config,
		.attempt = 1,
		.trigger = "manual",
	};
	if (operands[1] == NULL)
		take_scheduled(opts, work);
}

/* The lock must not get the number of a closed standard descriptor. */
static void
open_standard(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int
main(int argc, char *argv[])
{
	struct opts opts = { .client = 1 };
	struct work work = { .schedule = NULL };
	struct supervisor_run run = { .spec = &work.spec };
	struct rooms rooms;
	char *why;
	int code;

	argv = cli_parse(&cli, &opts, argc, argv);
	umask(077);
	open_standard();
	if (opts.run == NULL) {
		take_operands(&opts, argv, &work);
		if (owner_become_spool(opts.spool, &why) != 0)
			msg_die(EX_NOPERM, "cannot use %s", why);
	} else if (argv[0] != NULL) {
		cli_misuse(&cli, "--run and a JOB exclude each other");
	}
	if (rooms_open(&rooms, opts.spool, opts.run == NULL, &why) != 0)
		msg_die(outcome_code(outcome_of_errno(errno)),
			"cannot use the spool %s", why);
	run.rooms = &rooms;
	run.id = opts.run;
	run.loud = opts.run == NULL && isatty(STDERR_FILENO) == 1;
	code = supervisor_run(&run, &why);
	if (why != NULL) /* failures has it already, when there is a run */
		msg_say("%s", why);
	free(why);
	rooms_close(&rooms);
	schedule_free(work.schedule);
	return code;
}
