/* metrics - work out delivery figures from pulse.db */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cli.h"
#include "base/home.h"
#include "base/listing.h"
#include "base/msg.h"
#include "measure/answer.h"
#include "measure/catalogue.h"
#include "measure/choices.h"
#include "measure/session.h"
#include "picture/draw.h"
#include "storage/snapshot.h"

struct opts {
	struct session_ask ask;
	const char *format, *snapshot;
	int bots, rows, plan, no_cache, verbose;
};

static const struct cli_option options[] = {
	{ 0, "since", "TIME", "from this day or time on, or 30d (default 90d)",
	  CLI_STRING, offsetof(struct opts, ask.request.since) },
	{ 0, "until", "TIME", "up to but not at it (default the end of today)",
	  CLI_STRING, offsetof(struct opts, ask.request.until) },
	{ 0, "by", "KIND[,KIND]", "a figure for each repo, team, week, month …",
	  CLI_STRING, offsetof(struct opts, ask.request.by) },
	{ 0, "scope", "PATTERN",
	  "only repositories, projects or services such as 'acme/api*'",
	  CLI_STRING, offsetof(struct opts, ask.request.scope) },
	{ 'k', "client", "ID", "the client (default 1)", CLI_STRING,
	  offsetof(struct opts, ask.outfit.client) },
	{ 0, "tz", "ZONE", "days and weeks of this zone (default UTC)",
	  CLI_STRING, offsetof(struct opts, ask.request.zone) },
	{ 0, "bands", "SET", "limits to judge by (default dora-2023)",
	  CLI_STRING, offsetof(struct opts, ask.outfit.bands) },
	{ 0, "set", "NAME=VALUE", "a parameter of a metric, may come again",
	  CLI_LIST, offsetof(struct opts, ask.outfit.set) },
	{ 0, "bots", NULL, "bots count as people", CLI_FLAG,
	  offsetof(struct opts, bots) },
	{ 0, "format", "FORMAT", "table (default), csv, ndjson, prom or svg",
	  CLI_STRING, offsetof(struct opts, format) },
	{ 0, "rows", NULL, "the rows behind the figures, with links", CLI_FLAG,
	  offsetof(struct opts, rows) },
	{ 0, "plan", NULL, "how SQLite goes about it", CLI_FLAG,
	  offsetof(struct opts, plan) },
	{ 0, "no-cache", NULL, "work out anew what was kept", CLI_FLAG,
	  offsetof(struct opts, no_cache) },
	{ 0, "snapshot", "FILE", "with export: where the copy goes", CLI_STRING,
	  offsetof(struct opts, snapshot) },
	{ 'd', "database", "FILE",
	  "the database (default PULSE_HOME/spool/pulse.db)", CLI_STRING,
	  offsetof(struct opts, ask.database) },
	{ 'c', "config", "FILE", "pulse.yaml, for services, teams and figures",
	  CLI_STRING, offsetof(struct opts, ask.outfit.config) },
	{ 'v', "verbose", NULL,
	  "what was kept from before, and how old the data are", CLI_FLAG,
	  offsetof(struct opts, verbose) },
	{ .name = NULL },
};

static const struct cli cli = {
	.name = "metrics",
	.does = "work out delivery figures from pulse.db",
	.operands =
		"[NAME... | ls | explain NAME... | report [TEMPLATE] | export]",
	.at_most = -1,
	.options = options,
	.examples = "  metrics dora --since 90d\n"
		    "  metrics lead_time --by repo --format csv\n"
		    "  metrics dora --by month --since 180d\n",
};

enum format { TABLE, CSV, NDJSON, PROM, SVG };

static const char *const formats[] = { "table", "csv", "ndjson",
				       "prom",	"svg", NULL };

_Noreturn static void
give_up(const struct trouble *trouble)
{
	if (trouble->class == OUTCOME_USAGE)
		cli_misuse(&cli, "%s", trouble->why);
	msg_die_class(trouble->class, 0, "%s", trouble->why);
}

/* Takes over why. */
static void
misuse_if(char *why)
{
	if (why != NULL)
		cli_misuse(&cli, "%s", why);
}

static enum format
read_format(const char *word)
{
	size_t i;

	if (word == NULL)
		return TABLE;
	for (i = 0; formats[i] != NULL; i++)
		if (strcmp(formats[i], word) == 0)
			return (enum format)i;
	cli_misuse(&cli, "%s", request_unknown("format", word, formats));
}

static enum listing_format
listing_of(enum format format)
{
	if (format > NDJSON)
		cli_misuse(&cli, "rows and lists are a table, csv or ndjson");
	return (enum listing_format)format;
}

static void
tell(const char *metric, const char *what)
{
	msg_say("%s: %s", metric, what);
}

static void
say_what_was_found(const struct opts *opts, const struct frame_counts *found,
		   size_t stale)
{
	if (stale > 0)
		msg_say("%zu %s changed since %s linked: run link-deployments",
			stale,
			stale == 1 ? "repository has" : "repositories have",
			stale == 1 ? "it was" : "they were");
	if (found->left_out > 0)
		msg_say("repositories left out, as they belong to no "
			"service: %zu",
			found->left_out);
	if (found->repos + found->projects == 0 &&
	    opts->ask.request.scope != NULL)
		msg_say("no repository, project or service matches '%s'",
			opts->ask.request.scope);
}

static void
say_whether_teams_are_known(const struct session *session)
{
	if (session_request(session)->kind == FRAME_TEAM &&
	    session_client(session)->teams == NULL)
		msg_say("no team is known: there is no teams.yaml beside "
			"pulse.yaml, see teams.yaml(5)");
}

static int
print(const struct opts *opts, const struct answer *answer, enum format format,
      struct trouble *trouble)
{
	if (opts->plan)
		return answer_plans(answer, trouble);
	if (opts->rows)
		return answer_rows(answer, listing_of(format), trouble);
	switch (format) {
	case TABLE:
		return answer_table(answer, opts->verbose > 0, trouble);
	case PROM:
		return answer_prom(answer, trouble);
	case SVG:
		return draw_metric(answer->session, answer->metrics[0],
				   answer->out, trouble);
	default:
		return answer_list(answer, listing_of(format), trouble);
	}
}

static void
show(struct session *session, const struct opts *opts, char **names,
     enum format format)
{
	const struct request *request = session_request(session);
	struct catalogue_choice choice;
	struct trouble trouble = { 0 };
	struct answer answer;
	size_t stale = 0;

	misuse_if(catalogue_choose(session_basis(session)->metrics, names,
				   request, &choice));
	misuse_if(choices_refuse(session_basis(session)->metrics,
				 choice.metrics, choice.count,
				 &opts->ask.outfit.set));
	if (opts->rows && choice.count != 1)
		cli_misuse(&cli, "--rows shows one metric at a time");
	if (format == SVG && choice.count != 1)
		cli_misuse(&cli, "svg is a picture of one metric; `metrics "
				 "report` makes a page of many");
	if (format == PROM && request->every != FRAME_WHOLE)
		cli_misuse(&cli, "prom tells the present: use it without day, "
				 "week and month");
	if (choice.left_out != NULL)
		msg_say("left out, as they cannot be grouped so: %s",
			choice.left_out);
	answer = (struct answer){ session, choice.metrics, choice.count,
				  stdout };
	if (session_connect(session, &trouble) != 0 ||
	    print(opts, &answer, format, &trouble) != 0 ||
	    session_stale(session, choice.metrics, choice.count, &stale,
			  &trouble) != 0)
		give_up(&trouble);
	say_what_was_found(opts, session_found(session), stale);
	say_whether_teams_are_known(session);
	free(choice.metrics);
	free(choice.left_out);
}

static void
explain(struct session *session, char **names)
{
	const struct figures_basis *basis = session_basis(session);

	if (*names == NULL)
		cli_misuse(&cli, "explain needs the name of a metric");
	for (; *names != NULL; names++)
		misuse_if(catalogue_explain(basis->metrics, *names,
					    basis->bands, stdout));
}

static void
report(struct session *session, const struct opts *opts, char **names)
{
	char *dora[] = { NULL };
	const struct figures_basis *basis = session_basis(session);
	struct catalogue_choice choice;
	struct trouble trouble = { 0 };
	size_t stale = 0;

	if (*names != NULL && names[1] != NULL)
		cli_misuse(&cli, "report takes one template");
	if (opts->format != NULL || opts->rows || opts->plan ||
	    opts->ask.request.by != NULL)
		cli_misuse(&cli, "report is a page and takes no --by, "
				 "--format, --rows or --plan");
	misuse_if(catalogue_choose(basis->metrics, dora,
				   session_request(session), &choice));
	if (session_connect(session, &trouble) != 0 ||
	    draw_report(session, *names, stdout, &trouble) != 0 ||
	    session_stale(session, choice.metrics, choice.count, &stale,
			  &trouble) != 0)
		give_up(&trouble);
	say_what_was_found(opts, session_found(session), stale);
	free(choice.metrics);
	free(choice.left_out);
}

static void export(const struct opts *opts, char **names)
{
	char *path = opts->ask.database != NULL ? msg_strdup(opts->ask.database)
						: home_path("spool/pulse.db");
	struct trouble trouble = { 0 };

	if (opts->snapshot == NULL || *names != NULL)
		cli_misuse(&cli, "export needs --snapshot FILE, and no name");
	if (snapshot_write(path, opts->snapshot, &trouble.why,
			   &trouble.class) != 0)
		give_up(&trouble);
	free(path);
}

int
main(int argc, char *argv[])
{
	struct opts opts = { 0 };
	char **names = cli_parse(&cli, &opts, argc, argv);
	enum format format = read_format(opts.format);
	const char *first = names[0] != NULL ? names[0] : "";
	struct trouble trouble = { 0 };
	struct session *session;

	if (opts.snapshot != NULL && strcmp(first, "export") != 0)
		cli_misuse(&cli, "--snapshot goes with export");
	opts.ask.outfit.bots = opts.bots > 0;
	opts.ask.fresh = opts.no_cache > 0;
	opts.ask.tell = opts.verbose > 0 ? tell : NULL;
	if ((session = session_open(&opts.ask, &trouble)) == NULL)
		give_up(&trouble);
	if (strcmp(first, "ls") == 0)
		catalogue_list(session_basis(session)->metrics, stdout,
			       listing_of(format));
	else if (strcmp(first, "explain") == 0)
		explain(session, names + 1);
	else if (strcmp(first, "report") == 0)
		report(session, &opts, names + 1);
	else if (strcmp(first, "export") == 0)
		export(&opts, names + 1);
	else
		show(session, &opts, names, format);
	session_close(session);
	msg_end_output();
	return EX_OK;
}
