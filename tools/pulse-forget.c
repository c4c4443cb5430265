/* pulse-forget - take a person's names out of everything that is kept */

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/home.h"
#include "base/listing.h"
#include "base/msg.h"
#include "base/owner.h"
#include "storage/forget.h"
#include "storage/traces.h"

enum { WAIT_MS = 30000 };

struct opts {
	const char *spool;
	int yes, dry_run, quiet;
};

static const struct cli_option options[] = {
	{ 's', "spool", "DIR", "the spool (default PULSE_HOME/spool)",
	  CLI_STRING, offsetof(struct opts, spool) },
	{ 'y', "yes", NULL, "do not ask", CLI_FLAG,
	  offsetof(struct opts, yes) },
	{ 'n', "dry-run", NULL, "only say what would be done", CLI_FLAG,
	  offsetof(struct opts, dry_run) },
	{ 'q', "quiet", NULL, "print nothing but errors", CLI_FLAG,
	  offsetof(struct opts, quiet) },
	{ .name = NULL },
};

static const struct cli cli = {
	"pulse-forget",
	"take a person's names out of everything that is kept",
	"NAME...",
	1,
	-1,
	options,
	"  pulse forget ann@acme.test\n",
	NULL,
};

static const char *const columns[] = { "what", "name", NULL };

struct work {
	struct opts opts;
	char **names;
	char *spool, *database;
	struct store *store;
	struct forget *forget;
};

static void
open_all(struct work *work)
{
	size_t size;
	enum outcome_class class;
	char *why;

	work->spool = work->opts.spool != NULL ? msg_strdup(work->opts.spool)
					       : home_path("spool");
	if (owner_become(work->spool, &why) != 0)
		msg_die(EX_NOPERM, "cannot use '%s': %s", work->spool, why);
	size = strlen(work->spool) + sizeof("/pulse.db");
	work->database = msg_calloc(size, 1);
	snprintf(work->database, size, "%s/pulse.db", work->spool);
	if (access(work->database, F_OK) != 0)
		msg_die(EX_CONFIG, "cannot open '%s': no such database",
			work->database);
	work->store =
		store_open(work->database, STORE_WRITE, WAIT_MS, &why, &class);
	if (work->store == NULL)
		msg_die_class(class, 0, "cannot open '%s': %s", work->database,
			      why);
	work->forget = forget_open(work->store, work->names, &why);
	if (work->forget == NULL)
		msg_die_class(store_class(work->store), 0,
			      "cannot read '%s': %s", work->database, why);
}

static void
show_names(const struct work *work)
{
	struct listing *list = listing_open(stdout, LISTING_TABLE, columns);
	size_t i;

	for (i = 0; i < forget_count(work->forget); i++) {
		const struct forget_name *name = forget_name(work->forget, i);

		listing_string(list, forget_kind_name(name->kind));
		listing_string(list, name->text);
	}
	if (work->opts.quiet)
		listing_drop(list);
	else
		listing_close(list);
	fflush(stdout);
}

/* Nothing is done before it is clear who is meant. */
static void
check(struct work *work)
{
	const char *unknown = forget_unknown(work->forget);
	char *near = unknown != NULL ? forget_nearest(work->forget) : NULL;
	int64_t others;

	if (unknown != NULL)
		msg_die(EX_USAGE, "nobody is called '%s'%s%s%s", unknown,
			near != NULL ? ": did you mean '" : "",
			near != NULL ? near : "", near != NULL ? "'?" : "");
	show_names(work);
	if (forget_is_ambiguous(work->forget))
		msg_die(EX_USAGE, "several people have that name: give a "
				  "login, an e-mail address or an account");
	if (forget_owns(work->forget))
		msg_die(EX_CONFIG,
			"cannot forget '%s': repositories that are fetched "
			"are his own and bear his name; take them out of "
			"pulse.yaml and their rows out of the database first",
			work->names[0]);
	others = forget_namesakes(work->forget);
	if (others > 0 && !work->opts.quiet)
		msg_say("%lld logins or accounts more bear one of these names "
			"and stay: give them as well if they are his",
			(long long)others);
}

static void
tell(void *arg, enum traces_fate fate, const char *path)
{
	static const char *const words[TRACES_FATES] = {
		[TRACES_BATCH] = "removes", [TRACES_CACHED] = "removes",
		[TRACES_LOG] = "rewrites",  [TRACES_WAITING] = "waits for",
		[TRACES_LEFT] = "leaves",
	};
	const struct work *work = arg;

	if (work->opts.dry_run && !work->opts.quiet)
		printf("%s %s\n", words[fate], path);
}

static void
walk(struct work *work, bool apply, struct traces *traces)
{
	char *why;

	*traces = (struct traces){ .spool = work->spool,
				   .needles = forget_needles(work->forget),
				   .pseudonym = forget_pseudonym(work->forget),
				   .database = apply,
				   .apply = apply,
				   .tell = tell,
				   .arg = work };
	if (traces_walk(traces, &why) != 0)
		msg_die(EX_IOERR, "cannot clean %s", why);
}

/* What waits would be loaded from a file that we cannot take away. */
static void
refuse_waiting(const struct traces *found)
{
	if (found->counts[TRACES_WAITING] > 0)
		msg_die(EX_TEMPFAIL,
			"%zu batches that name him wait to be loaded: let the "
			"jobs run to their end first (spool-ls)",
			found->counts[TRACES_WAITING]);
}

static void
confirm(const struct work *work)
{
	char typed[512];

	if (work->opts.yes)
		return;
	if (!isatty(STDIN_FILENO))
		msg_die(EX_USAGE, "this cannot be undone: say --yes");
	fprintf(stderr,
		"This cannot be undone.  Type %s to go on: ", work->names[0]);
	if (fgets(typed, sizeof(typed), stdin) == NULL)
		typed[0] = '\0';
	typed[strcspn(typed, "\n")] = '\0';
	if (strcmp(typed, work->names[0]) != 0)
		msg_die(EX_USAGE, "nothing done");
}

static int64_t
rows(struct work *work, bool apply)
{
	int64_t count;

	if (forget_rows(work->forget, apply, &count) != 0 ||
	    (apply && store_vacuum(work->store) != 0))
		msg_die_class(store_class(work->store), 0,
			      "cannot change '%s': %s", work->database,
			      store_error(work->store));
	return count;
}

static int
report(const struct work *work, int64_t values, const struct traces *traces)
{
	const size_t *counts = traces->counts;

	if (!work->opts.quiet)
		printf("%s%s: %lld values, %zu batches, %zu cached answers, "
		       "%zu logs\n",
		       work->opts.dry_run ? "would be " : "",
		       forget_pseudonym(work->forget), (long long)values,
		       counts[TRACES_BATCH], counts[TRACES_CACHED],
		       counts[TRACES_LOG]);
	if (counts[TRACES_LEFT] == 0)
		return EX_OK;
	msg_say("%zu files more name him and are left as they are: "
		"pulse-forget -n lists them",
		counts[TRACES_LEFT]);
	return work->opts.dry_run ? EX_OK : EX_PARTIAL;
}

int
main(int argc, char *argv[])
{
	struct work work = { .opts = { 0 } };
	struct traces traces;
	int64_t values;
	int code;

	work.names = cli_parse(&cli, &work.opts, argc, argv);
	open_all(&work);
	check(&work);
	walk(&work, false, &traces);
	if (!work.opts.dry_run) {
		refuse_waiting(&traces);
		confirm(&work);
	}
	values = rows(&work, !work.opts.dry_run);
	if (!work.opts.dry_run)
		walk(&work, true, &traces);
	code = report(&work, values, &traces);
	forget_close(work.forget);
	store_close(work.store);
	free(work.database);
	free(work.spool);
	msg_end_output();
	return code;
}
