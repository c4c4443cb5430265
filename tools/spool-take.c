/* spool-take - feed each waiting batch to a command and settle it */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/msg.h"
#include "jobs/job.h"
#include "jobs/relay.h"
#include "storage/taker.h"

enum { CRASHES = 3 };

struct opts {
	const char *spool, *client;
	int64_t wait;
	int verbose;
};

static const struct cli_option options[] = {
	{ 's', "spool", "DIR", "the spool (default PULSE_HOME/spool)",
	  CLI_STRING, offsetof(struct opts, spool) },
	{ 'k', "client", "CLIENT", "whose queue (default 1)", CLI_STRING,
	  offsetof(struct opts, client) },
	{ 0, "wait", "TIME", "wait so long for another taker to end",
	  CLI_DURATION, offsetof(struct opts, wait) },
	{ 'v', "verbose", NULL, "say how each batch was settled", CLI_FLAG,
	  offsetof(struct opts, verbose) },
	{ .name = NULL },
};

static const struct cli cli = {
	"spool-take",
	"feed each waiting batch to a command and settle it",
	"QUEUE -- CMD [ARG...] ['|' CMD...]",
	2,
	-1,
	options,
	"  spool-take github -- validate '|' load\n",
	NULL
};

/* One run over a queue. */
struct take {
	struct queue *queue;
	struct relay *relay;
	struct job_spec spec;
	char *folder; /* absolute, of new/ */
	int verbose;
};

_Noreturn static void
die_settling(const struct take *take, const char *name)
{
	msg_die(errno == EACCES || errno == EROFS ? EX_CANTCREAT : EX_IOERR,
		"cannot settle the batch '%s' in '%s': %s", name,
		queue_path(take->queue), strerror(errno));
}

/* Runs the command on the batch and returns its code. */
static int
feed(struct take *take, const struct taker_batch *batch)
{
	size_t size = strlen(take->folder) + strlen(batch->name) + 2;
	char *path = msg_calloc(size, 1);
	struct job *job;
	char *why;

	snprintf(path, size, "%s/%s", take->folder, batch->name);
	if (setenv("PULSE_BATCH", path, 1) != 0)
		msg_die(EX_OSERR, "cannot set 'PULSE_BATCH': %s",
			strerror(errno));
	free(path);
	take->spec.in = batch->fd;
	if ((job = job_start(&take->spec, &why)) == NULL)
		msg_die(EX_CONFIG, "cannot run %s", why);
	relay_wait(take->relay, job, -1);
	return job_wait(job);
}

/* A batch that crashed its command for the third time in a row goes to bad/,
 * and the others have their turn. */
static int
after_crash(struct take *take, struct taker_batch *batch, bool *stop)
{
	int count = taker_crashed(take->queue, batch);

	if (count < 0)
		die_settling(take, batch->name);
	if (count < CRASHES) {
		msg_say("'%s' crashed its command, %d of %d", batch->name,
			count, CRASHES);
		taker_leave(batch);
		*stop = true;
		return EX_TEMPFAIL;
	}
	msg_say("'%s' crashed its command %d times in a row: moved to bad/",
		batch->name, count);
	if (taker_give_up(take->queue, batch) != 0)
		die_settling(take, batch->name);
	return EX_SOFTWARE;
}

/* Settles the batch by how the command ended; what counts for our own end. */
static int
settle(struct take *take, struct taker_batch *batch, int code, bool *stop)
{
	if (take->verbose > 0)
		msg_say("'%s' ended with %d", batch->name, code);
	if (code == EX_OK || code == EX_PARTIAL) {
		if (taker_done(take->queue, batch) != 0)
			die_settling(take, batch->name);
		return code;
	}
	if (job_has_crashed(code))
		return after_crash(take, batch, stop);
	if (code == EX_DATAERR) {
		msg_say("'%s' holds no records: moved to bad/", batch->name);
		if (taker_give_up(take->queue, batch) != 0)
			die_settling(take, batch->name);
		return code;
	}
	*stop = true;
	taker_leave(batch);
	if (taker_calm(take->queue) != 0)
		die_settling(take, batch->name);
	return job_was_signalled(code) ? EX_TEMPFAIL : code;
}

/* Returns the worst of what the batches came to. */
static int
take_all(struct take *take)
{
	struct taker_batch batch;
	int more, worst = EX_OK;
	bool stop = false;

	while (!stop && (more = taker_next(take->queue, &batch)) != 0) {
		if (more < 0)
			msg_die(EX_IOERR, "cannot read the queue '%s': %s",
				queue_path(take->queue), strerror(errno));
		if (relay_asked(take->relay)) {
			taker_leave(&batch);
			return outcome_worst(worst, EX_TEMPFAIL);
		}
		worst = outcome_worst(
			worst, settle(take, &batch, feed(take, &batch), &stop));
	}
	return worst;
}

static void
open_queue(struct take *take, const struct opts *opts, const char *name)
{
	char path[4096];

	take->queue = queue_open(opts->spool, opts->client, name);
	if (take->queue == NULL)
		msg_die(queue_code(errno), "cannot open the queue '%s': %s",
			name,
			errno == EINVAL ? "not a name such as github"
					: strerror(errno));
	if (queue_lock(take->queue, opts->wait) != 0) {
		if (errno == EWOULDBLOCK)
			msg_die(EX_TEMPFAIL,
				"cannot take from '%s': another one does",
				name);
		msg_die(EX_CANTCREAT, "cannot lock the queue '%s': %s", name,
			strerror(errno));
	}
	snprintf(path, sizeof(path), "%s/new", queue_path(take->queue));
	take->folder = realpath(path, NULL);
	if (take->folder == NULL)
		msg_die(EX_OSERR, "cannot find '%s': %s", path,
			strerror(errno));
}

int
main(int argc, char *argv[])
{
	struct opts opts = { .client = "1" };
	struct take take = { .spec = { .in = -1, .out = -1 } };
	int code;

	argv = cli_parse(&cli, &opts, argc, argv);
	take.verbose = opts.verbose;
	take.spec.stages = job_split(argv + 1, &take.spec.count);
	if (take.spec.stages == NULL)
		cli_misuse(&cli, "a stage of the pipe is empty");
	open_queue(&take, &opts, argv[0]);
	if ((take.relay = relay_open()) == NULL)
		msg_die(EX_OSERR, "cannot hear signals: %s", strerror(errno));
	job_drop_secrets(&take.spec);
	code = take_all(&take);
	relay_close(take.relay);
	queue_close(take.queue);
	free(take.folder);
	free(take.spec.stages);
	return code;
}
