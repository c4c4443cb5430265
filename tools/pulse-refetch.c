/* pulse-refetch - have what changed since a time fetched once more */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ask/refetch.h"
#include "base/cli.h"
#include "base/clock.h"
#include "base/home.h"
#include "base/listing.h"
#include "base/msg.h"
#include "base/owner.h"
#include "jobs/job.h"
#include "storage/store.h"

enum { WAIT_MS = 5000 };

struct opts {
	const char *spool, *job, *client;
	int64_t since;
	int all, dry_run, quiet;
};

static const struct cli_option options[] = {
	{ 0, "since", "TIME", "a day, a time, or an age such as 30d", CLI_POINT,
	  offsetof(struct opts, since) },
	{ 0, "all", NULL, "every scope", CLI_FLAG, offsetof(struct opts, all) },
	{ 0, "job", "JOB", "only scopes of this job", CLI_STRING,
	  offsetof(struct opts, job) },
	{ 'k', "client", "CLIENT", "only scopes of this client", CLI_STRING,
	  offsetof(struct opts, client) },
	{ 's', "spool", "DIR", "the spool (default PULSE_HOME/spool)",
	  CLI_STRING, offsetof(struct opts, spool) },
	{ 'n', "dry-run", NULL, "only say what would be fetched", CLI_FLAG,
	  offsetof(struct opts, dry_run) },
	{ 'q', "quiet", NULL, "print nothing but errors", CLI_FLAG,
	  offsetof(struct opts, quiet) },
	{ .name = NULL },
};

static const struct cli cli = {
	"pulse-refetch",
	"have what changed since a time fetched once more",
	"[SCOPE...]",
	0,
	-1,
	options,
	"  pulse refetch acme/api --since 2026-11-01\n"
	"  pulse refetch 'acme/*' --since 30d && pulse start github_job\n",
	NULL,
};

static const char *const columns[] = { "client", "job", "scope", "again",
				       NULL };

static char *
join(const char *folder, const char *name)
{
	size_t size = strlen(folder) + strlen(name) + 2;
	char *path = msg_calloc(size, 1);

	snprintf(path, size, "%s/%s", folder, name);
	return path;
}

static struct store *
open_database(const char *path)
{
	enum outcome_class class;
	char *why;
	struct store *store =
		store_open(path, STORE_READ, WAIT_MS, &why, &class);

	if (store == NULL)
		msg_die_class(class, 0, "cannot open '%s': %s", path, why);
	return store;
}

_Noreturn static void
die_reading(struct store *store, const char *path)
{
	msg_die_class(store_class(store), 0, "cannot read '%s': %s", path,
		      store_error(store));
}

/* A name that stands for nothing is a mistake: then nothing is done. */
static void
find_scopes(struct refetch *refetch, const char *path)
{
	struct store *store = open_database(path);
	const char *unknown;
	char *near;

	if (refetch_read(refetch, store) != 0)
		die_reading(store, path);
	unknown = refetch_unknown(refetch, store, &near);
	if (unknown != NULL)
		msg_die(EX_USAGE,
			"cannot refetch '%s': no such scope has been "
			"fetched%s%s%s",
			unknown, near != NULL ? ": did you mean '" : "",
			near != NULL ? near : "", near != NULL ? "'?" : "");
	if (refetch->count == 0)
		msg_die(EX_USAGE, "nothing of that has been fetched yet: the "
				  "next run fetches all");
	store_close(store);
}

static void
show(const struct refetch *refetch)
{
	struct listing *list = listing_open(stdout, LISTING_TABLE, columns);
	size_t i;

	for (i = 0; i < refetch->count; i++) {
		listing_int(list, refetch->scopes[i].client);
		listing_string(list, refetch->scopes[i].job);
		listing_string(list, refetch->scopes[i].name);
		listing_string(list, refetch->scopes[i].again);
	}
	listing_close(list);
	fflush(stdout);
}

/* load with its input from us. */
static void
give_load(const struct refetch *refetch, char *database, char *cursors)
{
	char *argv[] = { (char *)"load",	  (char *)"-d", database,
			 (char *)"--checkpoints", cursors,	NULL };
	char **stages[] = { argv };
	struct job_spec spec = { stages, 1, -1, -1, NULL };
	struct job *job;
	int between[2], code;
	FILE *lines;
	char *why;

	signal(SIGPIPE, SIG_IGN); /* load's own ending says why it ended */
	if (pipe2(between, O_CLOEXEC) != 0 ||
	    (lines = fdopen(between[1], "w")) == NULL)
		msg_die(EX_OSERR, "cannot make 'a pipe': %s", strerror(errno));
	spec.in = between[0];
	if ((job = job_start(&spec, &why)) == NULL)
		msg_die(EX_CONFIG, "cannot run %s", why);
	close(between[0]);
	refetch_write(refetch, lines);
	if (fclose(lines) != 0)
		msg_say("cannot give load 'the cursors': %s", strerror(errno));
	if ((code = job_wait(job)) != 0)
		msg_die(code < 128 ? code : EX_SOFTWARE,
			"cannot take 'the cursors' back: load ended with %d",
			code);
}

static int
check(const struct refetch *refetch, const char *path)
{
	struct store *store = open_database(path);
	int lost = refetch_lost(refetch, store);

	if (lost < 0)
		die_reading(store, path);
	store_close(store);
	if (lost == 0)
		return EX_OK;
	msg_say("%d of %zu scopes moved on meanwhile: say it again when the "
		"job's run has ended",
		lost, refetch->count);
	return EX_TEMPFAIL;
}

/* What the words ask for. */
static void
read_wish(struct refetch *refetch, const struct opts *opts)
{
	char *end;

	if ((opts->all == 0) == (refetch->patterns[0] == NULL))
		cli_misuse(&cli, "say which: SCOPE... or --all");
	if (opts->since == 0)
		cli_misuse(&cli, "say since when: --since TIME, such as "
				 "--since 30d");
	if (opts->since > clock_now())
		cli_misuse(&cli, "--since TIME must lie in the past, such as "
				 "--since 30d");
	refetch->all = opts->all > 0;
	refetch->since = opts->since;
	refetch->job = opts->job;
	refetch->client = -1;
	if (opts->client == NULL)
		return;
	refetch->client = strtoll(opts->client, &end, 10);
	if (end == opts->client || *end != '\0' || refetch->client < 0)
		cli_misuse(&cli, "'%s' is no client", opts->client);
}

int
main(int argc, char *argv[])
{
	struct opts opts = { 0 };
	struct refetch refetch = { .patterns =
					   cli_parse(&cli, &opts, argc, argv) };
	char *spool, *database, *cursors, *why;
	int code = EX_OK;

	read_wish(&refetch, &opts);
	spool = opts.spool != NULL ? msg_strdup(opts.spool)
				   : home_path("spool");
	if (owner_become(spool, &why) != 0)
		msg_die(EX_NOPERM, "cannot use '%s': %s", spool, why);
	database = join(spool, "pulse.db");
	cursors = join(spool, "checkpoints");
	find_scopes(&refetch, database);
	if (!opts.quiet)
		show(&refetch);
	if (!opts.dry_run) {
		give_load(&refetch, database, cursors);
		code = check(&refetch, database);
	}
	if (!opts.dry_run && !opts.quiet && code == EX_OK)
		msg_say("the next run fetches them: pulse start %s",
			refetch.scopes[0].job);
	refetch_free(&refetch);
	free(cursors);
	free(database);
	free(spool);
	msg_end_output();
	return code;
}
