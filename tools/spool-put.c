/* spool-put - run a command and make its output durable batches */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/msg.h"
#include "jobs/job.h"
#include "jobs/relay.h"
#include "storage/parts.h"

enum { PART_SIZE = 64 << 20, PIPE_SIZE = 1 << 20 };

struct opts {
	const char *spool, *client;
	long part_size;
	int verbose;
};

static const struct cli_option options[] = {
	{ 's', "spool", "DIR", "the spool (default PULSE_HOME/spool)",
	  CLI_STRING, offsetof(struct opts, spool) },
	{ 'k', "client", "CLIENT", "whose queue (default 1)", CLI_STRING,
	  offsetof(struct opts, client) },
	{ 0, "part-size", "BYTES", "begin a new batch after so many (64 MiB)",
	  CLI_NUMBER, offsetof(struct opts, part_size) },
	{ 'v', "verbose", NULL, "say what was committed", CLI_FLAG,
	  offsetof(struct opts, verbose) },
	{ .name = NULL },
};

static const struct cli cli = {
	"spool-put",
	"run a command and make its output durable batches",
	"QUEUE -- CMD [ARG...]",
	2,
	-1,
	options,
	"  spool-put github -- fetch-github --org acme\n",
	NULL
};

/* Copies what the command prints until it has ended and its pipe is empty: a
 * process that it left behind may hold the pipe open.  0, or errno. */
static int
copy(struct parts *parts, int from, struct relay *relay, const struct job *job)
{
	bool ended = false;
	ssize_t n = 1;

	while (n != 0) {
		n = parts_read(parts, from);
		if (n >= 0 || errno == EINTR)
			continue;
		if (errno != EAGAIN)
			return errno;
		if (ended)
			return 0;
		ended = relay_wait(relay, job, from);
	}
	relay_wait(relay, job, -1);
	return 0;
}

/* The command's code, as ours: a crash is a bug, any other signal passes. */
static int
own_code(int code)
{
	return job_has_crashed(code)	 ? EX_SOFTWARE
	       : job_was_signalled(code) ? EX_TEMPFAIL
					 : code;
}

/* How a put ended: the command's code, or our own with its reason. */
struct outcome {
	int code;
	char why[512]; /* empty: the code is the command's */
};

static void __attribute__((format(printf, 3, 4)))
fail(struct outcome *end, int code, const char *format, ...)
{
	va_list args;

	end->code = code;
	va_start(args, format);
	vsnprintf(end->why, sizeof(end->why), format, args);
	va_end(args);
}

static void
run(struct parts *parts, const struct job_spec *spec, int from,
    struct outcome *end)
{
	struct relay *relay = relay_open();
	struct job *job;
	char *why;
	int error;

	if (relay == NULL) {
		fail(end, EX_OSERR, "cannot hear signals: %s", strerror(errno));
		return;
	}
	job_drop_secrets(spec);
	job = job_start(spec, &why);
	close(spec->out);
	if (job == NULL) {
		fail(end, EX_CONFIG, "cannot run %s", why);
		return;
	}
	error = copy(parts, from, relay, job);
	close(from);
	if (error != 0)
		job_signal(job, SIGTERM);
	end->code = own_code(job_wait(job));
	relay_close(relay);
	if (error != 0)
		fail(end, EX_IOERR, "cannot write to the spool: %s",
		     strerror(error));
}

/* Makes the pipe that the command prints into, runs it, settles its parts. */
static void
put(struct queue *queue, struct opts *opts, char **command,
    struct parts_result *result, struct outcome *end)
{
	struct job_spec spec = { &command, 1, -1, -1, NULL };
	struct parts *parts = parts_open(queue, opts->part_size);
	int ends[2];

	if (parts == NULL)
		msg_die(EX_CANTCREAT, "cannot begin a batch in '%s': %s",
			queue_path(queue), strerror(errno));
	if (pipe2(ends, O_CLOEXEC) != 0)
		msg_die(EX_OSERR, "cannot make a pipe: %s", strerror(errno));
	fcntl(ends[0], F_SETPIPE_SZ, PIPE_SIZE);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	spec.out = ends[1];
	run(parts, &spec, ends[0], end);
	if (parts_end(parts, end->code, result) != 0 && end->why[0] == '\0')
		fail(end, EX_IOERR, "cannot commit to '%s': %s",
		     queue_path(queue), strerror(errno));
}

int
main(int argc, char *argv[])
{
	struct opts opts = { .client = "1", .part_size = PART_SIZE };
	struct parts_result result;
	struct outcome end = { 0 };
	struct queue *queue;

	argv = cli_parse(&cli, &opts, argc, argv);
	queue = queue_open(opts.spool, opts.client, argv[0]);
	if (queue == NULL)
		msg_die(queue_code(errno), "cannot open the queue '%s': %s",
			argv[0],
			errno == EINVAL ? "not a name such as github"
					: strerror(errno));
	put(queue, &opts, argv + 1, &result, &end);
	queue_close(queue);
	if (end.why[0] != '\0')
		msg_die(end.code, "%s", end.why);
	if (result.torn) {
		msg_say("dropped a last line that has no end");
		end.code = outcome_worst(end.code, EX_PARTIAL);
	}
	if (opts.verbose > 0)
		msg_say("committed %u batches, %lld bytes; dropped %lld bytes",
			result.batches, (long long)result.bytes,
			(long long)result.dropped);
	return end.code;
}
