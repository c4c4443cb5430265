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
#include "measure/document.h"
#include "measure/session.h"
#include "measure/wishes.h"
#include "picture/draw.h"
#include "storage/snapshot.h"

struct opts {
	struct wishes wishes;
	const char *format, *trend, *chart, *snapshot;
	int rows, plan, bare;
};

static const struct cli_option options[] = {
	{ 0, "format", "FORMAT",
	  "table (default), csv, ndjson, json, prom or svg", CLI_STRING,
	  offsetof(struct opts, format) },
	{ 0, "rows", NULL, "the rows behind the figures, with links", CLI_FLAG,
	  offsetof(struct opts, rows) },
	{ 0, "trend", "PERIOD", "with json: how each figure went by week …",
	  CLI_STRING, offsetof(struct opts, trend) },
	{ 0, "chart", "WORDS", "with svg: another kind of picture", CLI_STRING,
	  offsetof(struct opts, chart) },
	{ 0, "bare", NULL, "with svg: without style, for a page that has it",
	  CLI_FLAG, offsetof(struct opts, bare) },
	{ 0, "plan", NULL, "how SQLite goes about it", CLI_FLAG,
	  offsetof(struct opts, plan) },
	{ 0, "snapshot", "FILE", "with export: where the copy goes", CLI_STRING,
	  offsetof(struct opts, snapshot) },
	{ .name = NULL },
};

static const struct cli cli = {
	.name = "metrics",
	.does = "work out delivery figures from pulse.db",
	.operands = "[NAME... | ls [SET...] | explain NAME... | report "
		    "[TEMPLATE] | export]",
	.at_most = -1,
	.options = options,
	.shared = wishes_options,
	.examples = "  metrics dora --since 90d\n"
		    "  metrics lead_time --by repo --format csv\n"
		    "  metrics dora --by month --since 180d\n",
};

enum format { TABLE, CSV, NDJSON, JSON, PROM, SVG };

static const char *const formats[] = { "table", "csv", "ndjson", "json",
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
		cli_misuse(&cli, "rows are a table, csv, ndjson or json, lists "
				 "a table, csv or ndjson");
	return (enum listing_format)format;
}

static void
tell(const char *metric, const char *what)
{
	msg_say("%s: %s", metric, what);
}

static void
say(const char *what)
{
	msg_say("%s", what);
}

/* One that was called by its own name is no list. */
static int
print_json(const struct opts *opts, const struct answer *answer, char **names,
	   struct trouble *trouble)
{
	const struct metrics *all = session_basis(answer->session)->metrics;
	const struct document_ask ask = {
		.trend = opts->trend,
		.several =
			names[0] == NULL || metric_find(all, names[0]) == NULL
	};

	return opts->rows ? document_rows(answer, trouble)
			  : document_write(answer, &ask, trouble);
}

static int
print(const struct opts *opts, const struct answer *answer, enum format format,
      char **names, struct trouble *trouble)
{
	if (opts->plan)
		return answer_plans(answer, trouble);
	if (format == JSON)
		return print_json(opts, answer, names, trouble);
	if (opts->rows)
		return answer_rows(answer, listing_of(format), trouble);
	switch (format) {
	case TABLE:
		return answer_table(answer, opts->wishes.verbose > 0, trouble);
	case PROM:
		return answer_prom(answer, trouble);
	case SVG:
		return draw_metric(
			answer->session, answer->metrics[0],
			&(struct draw_ask){ opts->chart, opts->bare > 0 },
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

	misuse_if(catalogue_choose(session_basis(session)->metrics, names,
				   request, &choice));
	misuse_if(choices_refuse(session_basis(session)->metrics,
				 choice.metrics, choice.count,
				 &opts->wishes.ask.outfit.set));
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
	    print(opts, &answer, format, names, &trouble) != 0 ||
	    answer_remarks(&answer, say, &trouble) != 0)
		give_up(&trouble);
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
	struct trouble trouble = { 0 };
	struct catalogue_choice choice;
	char *dora[] = { NULL };
	struct answer answer;

	if (*names != NULL && names[1] != NULL)
		cli_misuse(&cli, "report takes one template");
	if (opts->format != NULL || opts->rows || opts->plan ||
	    opts->wishes.ask.request.by != NULL)
		cli_misuse(&cli, "report is a page and takes no --by, "
				 "--format, --rows or --plan");
	misuse_if(catalogue_choose(session_basis(session)->metrics, dora,
				   session_request(session), &choice));
	answer = (struct answer){ session, choice.metrics, choice.count,
				  stdout };
	if (session_connect(session, &trouble) != 0 ||
	    draw_report(session, *names, stdout, &trouble) != 0 ||
	    answer_remarks(&answer, say, &trouble) != 0)
		give_up(&trouble);
	free(choice.metrics);
	free(choice.left_out);
}

static void
copy_out(const struct opts *opts, char **names)
{
	char *path = opts->wishes.ask.database != NULL
			     ? msg_strdup(opts->wishes.ask.database)
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

	if (opts.trend != NULL && format != JSON)
		cli_misuse(&cli, "--trend goes with --format json");
	if ((opts.bare > 0 || opts.chart != NULL) && format != SVG)
		cli_misuse(&cli, "--chart and --bare go with --format svg");
	if (opts.snapshot != NULL && strcmp(first, "export") != 0)
		cli_misuse(&cli, "--snapshot goes with export");
	wishes_settle(&opts.wishes, tell);
	if ((session = session_open(&opts.wishes.ask, &trouble)) == NULL)
		give_up(&trouble);
	if (strcmp(first, "ls") == 0)
		misuse_if(catalogue_list(session_basis(session)->metrics,
					 names + 1, stdout,
					 listing_of(format)));
	else if (strcmp(first, "explain") == 0)
		explain(session, names + 1);
	else if (strcmp(first, "report") == 0)
		report(session, &opts, names + 1);
	else if (strcmp(first, "export") == 0)
		copy_out(&opts, names + 1);
	else
		show(session, &opts, names, format);
	session_close(session);
	wishes_end(&opts.wishes);
	msg_end_output();
	return EX_OK;
}
