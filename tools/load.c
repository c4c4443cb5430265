/* load - upsert records into pulse.db, data and cursors together */

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/clock.h"
#include "base/home.h"
#include "base/msg.h"
#include "records/ndjson.h"
#include "storage/loader.h"
#include "storage/spent.h"
#include "storage/upkeep.h"

enum { WAIT_MS = 30000 };

struct opts {
	const char *database, *checkpoints, *job, *rules;
	int64_t wait;
	int dry_run, maintain, verbose;
};

static const struct cli_option options[] = {
	{ 'd', "database", "FILE", "the database (default spool/pulse.db)",
	  CLI_STRING, offsetof(struct opts, database) },
	{ 0, "checkpoints", "DIR", "write the cursors to DIR/CLIENT/JOB.json",
	  CLI_STRING, offsetof(struct opts, checkpoints) },
	{ 0, "job", "NAME", "with --checkpoints, also those of job NAME",
	  CLI_STRING, offsetof(struct opts, job) },
	{ 'r', "rules", "DIR", "the record types (default share/records)",
	  CLI_STRING, offsetof(struct opts, rules) },
	{ 0, "wait", "TIME", "wait so long for another writer (default 30s)",
	  CLI_DURATION, offsetof(struct opts, wait) },
	{ 'n', "dry-run", NULL, "print what would change, and change nothing",
	  CLI_FLAG, offsetof(struct opts, dry_run) },
	{ 0, "maintain", NULL, "read nothing; check and tidy the database",
	  CLI_FLAG, offsetof(struct opts, maintain) },
	{ 'v', "verbose", NULL, "say at the end what has changed", CLI_FLAG,
	  offsetof(struct opts, verbose) },
	{ .name = NULL },
};

static const struct cli cli = {
	"load",
	"upsert records into pulse.db, data and cursors together",
	NULL,
	0,
	0,
	options,
	"  zstdcat spool/queue/1/github/done/* | validate | load -d other.db\n",
	NULL,
};

enum { SHOWN = 10 }; /* refused lines that are told one by one */

static struct store *
open_store(const struct opts *opts, const char *path)
{
	enum outcome_class class;
	struct store *store;
	char *why;

	store = store_open(path, STORE_WRITE, opts->wait, &why, &class);
	if (store == NULL)
		msg_die_class(class, 0, "cannot open '%s': %s", path, why);
	return store;
}

static struct rules *
open_rules(const char *given)
{
	char *folder = given == NULL ? home_share("records") : NULL, *why;
	struct rules *rules = rules_load(given != NULL ? given : folder, &why);

	if (rules == NULL)
		msg_die(EX_CONFIG, "cannot use the rules: %s", why);
	free(folder);
	return rules;
}

_Noreturn static void
die_loading(const char *path, struct loader *loader, const char *why)
{
	msg_die_class(loader_class(loader), 0, "cannot load into '%s': %s",
		      path, why);
}

static void
load_lines(struct loader *loader, const char *path)
{
	struct ndjson *in = ndjson_open(STDIN_FILENO, "standard input");
	struct ndjson_line line;
	unsigned long refused = 0;
	const char *why;

	while (ndjson_next(in, &line)) {
		enum loader_outcome outcome = loader_line(loader, &line, &why);

		if (outcome == LOADER_FAILED)
			die_loading(path, loader, why);
		if (outcome == LOADER_REFUSED && refused++ < SHOWN)
			msg_say("line %lu: %s", line.number, why);
	}
	if (ndjson_failed(in))
		msg_die(EX_IOERR, "cannot read '%s': %s", ndjson_name(in),
			strerror(errno));
	if (refused > SHOWN)
		msg_say("%lu lines more were refused", refused - SHOWN);
	ndjson_close(in);
	if (loader_end(loader, &why) == LOADER_FAILED)
		die_loading(path, loader, why);
}

static void
print_tables(const struct loader *loader, FILE *out)
{
	struct entity_counts counts;
	size_t i;

	fprintf(out, "%-22s %9s %9s %9s %9s\n", "table", "new", "changed",
		"unchanged", "deleted");
	for (i = 0; loader_table(loader, i, &counts); i++) {
		if (counts.added + counts.changed + counts.same +
			    counts.deleted ==
		    0)
			continue;
		fprintf(out,
			"%-22s %9" PRIu64 " %9" PRIu64 " %9" PRIu64 " %9" PRIu64
			"\n",
			counts.table, counts.added, counts.changed, counts.same,
			counts.deleted);
	}
}

static void
report(const struct loader *loader, const struct opts *opts, int64_t took)
{
	struct loader_counts counts;

	loader_counts(loader, &counts);
	if (opts->dry_run)
		print_tables(loader, stdout);
	if (!opts->verbose)
		return;
	if (!opts->dry_run)
		print_tables(loader, stderr);
	msg_say("%" PRIu64 " records, %" PRIu64 " skipped, %" PRIu64
		" refused, %" PRIu64 " cursors stored and %" PRIu64
		" held back, in %" PRId64 " ms, %" PRId64
		" of them for %" PRIu64 " commits",
		counts.records, counts.skipped, counts.refused, counts.cursors,
		counts.held, took, counts.commit_ms, counts.commits);
}

static int
ending(const struct loader *loader)
{
	struct loader_counts counts;

	loader_counts(loader, &counts);
	if (counts.lines > 0 &&
	    counts.records + counts.controls + counts.skipped == 0)
		return EX_DATAERR;
	return counts.refused > 0 ? EX_PARTIAL : EX_OK;
}

static int
maintain(const struct opts *opts, const char *path)
{
	struct store *store = open_store(opts, path);
	struct upkeep_counts counts;
	enum outcome_class class;
	char *why;

	if (upkeep_run(store, clock_now() / 1000, &counts, &why, &class) != 0)
		msg_die_class(class, 0, "cannot maintain '%s': %s", path, why);
	if (opts->verbose)
		msg_say("dropped %" PRId64 " old cursors and %" PRId64
			" resolved failures, gave back %" PRId64 " pages",
			counts.checkpoints, counts.failures, counts.pages);
	return store_close(store) == 0 ? EX_OK : EX_IOERR;
}

static int
load(const struct opts *opts, const char *path)
{
	struct loader_config config = { opts->checkpoints, opts->job,
					opts->dry_run > 0 };
	int64_t start = clock_monotonic();
	struct store *store = open_store(opts, path);
	struct rules *rules = open_rules(opts->rules);
	struct loader *loader;
	char *why;
	int code;

	if ((loader = loader_open(store, rules, &config, &why)) == NULL)
		msg_die_class(store_class(store), 0, "cannot use '%s': %s",
			      path, why);
	spent_begin(store);
	load_lines(loader, path);
	report(loader, opts, clock_monotonic() - start);
	if ((code = ending(loader)) == EX_DATAERR)
		msg_say("cannot load 'standard input': no line of it is a "
			"record");
	loader_close(loader);
	rules_free(rules);
	if (spent_end(store) != 0)
		msg_say("cannot note the time in the run's folder");
	if (store_close(store) != 0)
		msg_die(EX_IOERR, "cannot close '%s'", path);
	return code;
}

/* A dry run into a database that is not there is one into an empty one. */
static int
load_nowhere(const struct opts *opts)
{
	const char *base = getenv("TMPDIR");
	char folder[4096], path[4200];
	static const char *const ends[] = { "", ".lock", "-wal", "-shm" };
	size_t i;
	int code;

	snprintf(folder, sizeof(folder), "%s/pulse.XXXXXX",
		 base != NULL && *base != '\0' ? base : "/tmp");
	if (mkdtemp(folder) == NULL)
		msg_die(EX_CANTCREAT, "cannot make '%s': %s", folder,
			strerror(errno));
	snprintf(path, sizeof(path), "%s/pulse.db", folder);
	code = load(opts, path);
	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		snprintf(path, sizeof(path), "%s/pulse.db%s", folder, ends[i]);
		unlink(path);
	}
	rmdir(folder);
	return code;
}

static int
run(const struct opts *opts, const char *path)
{
	if (opts->maintain)
		return maintain(opts, path);
	if (opts->dry_run && access(path, F_OK) != 0)
		return load_nowhere(opts);
	return load(opts, path);
}

int
main(int argc, char *argv[])
{
	struct opts opts = { .wait = WAIT_MS };
	char *path;
	int code;

	cli_parse(&cli, &opts, argc, argv);
	if (opts.job != NULL && opts.checkpoints == NULL)
		cli_misuse(&cli, "--job needs --checkpoints");
	if (opts.maintain && opts.dry_run)
		cli_misuse(&cli, "--maintain changes the database: not with "
				 "--dry-run");
	path = opts.database != NULL ? msg_strdup(opts.database)
				     : home_path("spool/pulse.db");
	code = run(&opts, path);
	free(path);
	msg_end_output();
	return code;
}
