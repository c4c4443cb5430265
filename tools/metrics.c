/* metrics - work out delivery figures from pulse.db */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cli.h"
#include "base/clock.h"
#include "base/home.h"
#include "base/listing.h"
#include "base/msg.h"
#include "base/settings.h"
#include "base/window.h"
#include "base/zones.h"
#include "measure/answer.h"
#include "measure/catalogue.h"
#include "measure/functions.h"

enum { WAIT = 60000 };

struct opts {
	const char *since, *until, *by, *scope, *client, *tz, *bands, *format;
	const char *database, *config;
	int rows, plan, verbose;
};

static const struct cli_option options[] = {
	{ 0, "since", "TIME", "from this day or time on, or 30d (default 90d)",
	  CLI_STRING, offsetof(struct opts, since) },
	{ 0, "until", "TIME", "up to but not at it (default the end of today)",
	  CLI_STRING, offsetof(struct opts, until) },
	{ 0, "by", "KIND", "a figure for each week, month, repo or service",
	  CLI_STRING, offsetof(struct opts, by) },
	{ 0, "scope", "PATTERN",
	  "only repositories or services that match, such as 'acme/api*'",
	  CLI_STRING, offsetof(struct opts, scope) },
	{ 'k', "client", "ID", "the client (default 1)", CLI_STRING,
	  offsetof(struct opts, client) },
	{ 0, "tz", "ZONE", "days and weeks of this zone (default UTC)",
	  CLI_STRING, offsetof(struct opts, tz) },
	{ 0, "bands", "SET", "limits to judge by (default dora-2023)",
	  CLI_STRING, offsetof(struct opts, bands) },
	{ 0, "format", "FORMAT", "table (default), csv or ndjson", CLI_STRING,
	  offsetof(struct opts, format) },
	{ 0, "rows", NULL, "the rows behind the figures, with links", CLI_FLAG,
	  offsetof(struct opts, rows) },
	{ 0, "plan", NULL, "how SQLite goes about it", CLI_FLAG,
	  offsetof(struct opts, plan) },
	{ 'd', "database", "FILE",
	  "the database (default PULSE_HOME/spool/pulse.db)", CLI_STRING,
	  offsetof(struct opts, database) },
	{ 'c', "config", "FILE", "pulse.yaml, for services and incidents",
	  CLI_STRING, offsetof(struct opts, config) },
	{ 'v', "verbose", NULL, "how old the data of every scope are", CLI_FLAG,
	  offsetof(struct opts, verbose) },
	{ .name = NULL },
};

static const struct cli cli = {
	.name = "metrics",
	.does = "work out delivery figures from pulse.db",
	.operands = "[NAME... | ls | explain NAME...]",
	.at_most = -1,
	.options = options,
	.examples = "  metrics dora --since 90d\n"
		    "  metrics lead_time --by repo --format csv\n",
};

/* Everything that one call needs. */
struct work {
	struct opts opts;
	enum listing_format format;
	struct metrics *metrics;
	const struct metric **chosen;
	size_t count;
	struct bands *bands;
	struct settings *settings;
	struct services *services;
	struct frame frame;
	struct frame_counts found;
	char *github, *jira; /* of frame */
	struct store *store;
};

_Noreturn static void
refuse(const char *what, const char *word, const char *near)
{
	cli_misuse(&cli, "unknown %s '%s'%s%s", what, word,
		   near != NULL ? ": did you mean " : "",
		   near != NULL ? near : "");
}

static void
choose(struct work *w, const char *name)
{
	size_t found = catalogue_find(w->metrics, name, w->chosen + w->count);

	if (found == 0)
		refuse("metric", name, catalogue_nearest(w->metrics, name));
	w->count += found;
}

static void
choose_all(struct work *w, char **names)
{
	size_t asked = 0;

	while (names[asked] != NULL)
		asked++;
	w->chosen = msg_calloc((asked + 1) * (w->metrics->count + 1),
			       sizeof(*w->chosen));
	if (asked == 0)
		choose(w, "dora");
	for (; *names != NULL; names++)
		choose(w, *names);
}

static void
read_metrics(struct work *w)
{
	char *folder = home_share("metrics"), *why;

	if ((w->metrics = metric_load(folder, &why)) == NULL)
		msg_die(EX_CONFIG, "cannot use '%s': %s", folder, why);
	free(folder);
}

static void
read_bands(struct work *w)
{
	const char *set = w->opts.bands != NULL ? w->opts.bands : "dora-2023";
	char *folder = home_share("bands"), *why;
	char **known = bands_sets(folder);
	size_t i;

	for (i = 0; known[i] != NULL && strcmp(known[i], set) != 0; i++)
		;
	if (known[i] == NULL)
		refuse("set of bands", set,
		       cli_nearest(set, (const char *const *)known));
	if ((w->bands = bands_load(folder, set, &why)) == NULL)
		msg_die(EX_CONFIG, "cannot use bands '%s': %s", set, why);
	for (i = 0; known[i] != NULL; i++)
		free(known[i]);
	free(known);
	free(folder);
}

static void
read_settings(struct work *w)
{
	const char *client = w->opts.client != NULL ? w->opts.client : "1";
	char *path = home_config(w->opts.config), *why;
	const struct settings_client *c;

	if ((w->settings = settings_load(path, &why)) == NULL)
		msg_die(EX_CONFIG, "cannot use '%s': %s", path, why);
	if (w->settings->root == NULL)
		w->settings->clients[0].id = strtol(client, NULL, 10);
	if ((c = settings_client(w->settings, client)) == NULL)
		msg_die(EX_CONFIG, "cannot find client '%s' in '%s'", client,
			path != NULL ? path : "the defaults");
	if ((w->services = services_open(c, &why)) == NULL)
		msg_die(EX_CONFIG, "cannot use 'services': %s", why);
	w->frame.client = c->id;
	w->frame.services = w->services;
	w->frame.releases = strcmp(c->github.deployments, "releases") == 0;
	w->frame.github = w->github = frame_web(c->github.base_url);
	w->frame.jira = w->jira = frame_web(c->jira.base_url);
	free(path);
}

static size_t
place_of(const char *const *names, const char *word)
{
	size_t i;

	for (i = 0; names[i] != NULL && strcmp(names[i], word) != 0; i++)
		;
	return names[i] == NULL ? 0 : i + 1;
}

_Noreturn static void
refuse_grouping(const char *word)
{
	const char *known[FRAME_KINDS + FRAME_SPANS + 1];
	size_t n = 0, i;

	for (i = 0; frame_by_names[i] != NULL; i++)
		known[n++] = frame_by_names[i];
	for (i = 1; frame_every_names[i] != NULL; i++)
		known[n++] = frame_every_names[i];
	known[n] = NULL;
	refuse("grouping", word, cli_nearest(word, known));
}

/* One kind of group, one length of period, or both with a comma between. */
static void
read_by(struct work *w, const char *text)
{
	char *words = msg_strdup(text != NULL ? text : ""), *rest = NULL, *word;
	size_t place;

	for (word = strtok_r(words, ",", &rest); word != NULL;
	     word = strtok_r(NULL, ",", &rest))
		if ((place = place_of(frame_every_names + 1, word)) > 0)
			w->frame.every = (enum frame_every)place;
		else if ((place = place_of(frame_by_names, word)) > 0)
			w->frame.by = (enum frame_by)(place - 1);
		else
			refuse_grouping(word);
	free(words);
}

static void
read_options(struct work *w)
{
	static const char *const formats[] = { "table", "csv", "ndjson", NULL };
	const struct opts *o = &w->opts;
	struct window window = { o->since, o->until, NULL, 0, 0 };
	char *why;

	if (o->format != NULL && !listing_format(o->format, &w->format))
		refuse("format", o->format, cli_nearest(o->format, formats));
	read_by(w, o->by);
	w->frame.scope = o->scope;
	w->frame.zone = o->tz != NULL ? o->tz : "UTC";
	if (!zones_exists(w->frame.zone))
		cli_misuse(&cli,
			   "unknown zone '%s': use a name such as "
			   "Europe/Berlin",
			   w->frame.zone);
	window.zone = w->frame.zone;
	if (!window_read(&window, clock_now(), &why))
		cli_misuse(&cli, "%s", why);
	w->frame.since = window.since;
	w->frame.until = window.until;
	w->frame.now = clock_now() / 1000;
	if (w->frame.now > w->frame.until)
		w->frame.now = w->frame.until;
	if (o->rows && w->count != 1)
		cli_misuse(&cli, "--rows shows one metric at a time");
}

_Noreturn static void
die(const struct work *w)
{
	msg_die_class(store_class(w->store), 0, "cannot read the database: %s",
		      store_error(w->store));
}

/* Everything is read in one transaction, so that all figures fit together. */
static void
open_store(struct work *w)
{
	char *path = w->opts.database != NULL ? msg_strdup(w->opts.database)
					      : home_path("spool/pulse.db");
	enum outcome_class class;
	char *why;

	if ((w->store = store_open(path, STORE_READ, WAIT, &why, &class)) ==
	    NULL)
		msg_die_class(class, 0, "cannot open '%s': %s", path, why);
	free(path);
	if (store_run(w->store, "PRAGMA query_only=OFF; BEGIN") != 0 ||
	    functions_add(w->store) != 0 ||
	    frame_build(w->store, &w->frame, &w->found) != 0)
		die(w);
	if (w->found.left_out > 0)
		msg_say("repositories left out, as they belong to no "
			"service: %zu",
			w->found.left_out);
	if (w->found.repos == 0 && w->opts.scope != NULL)
		msg_say("no repository or service matches '%s'", w->opts.scope);
}

static int
print(const struct work *w, struct answer *a)
{
	if (w->opts.plan)
		return answer_plans(a);
	if (w->opts.rows)
		return answer_rows(a, w->format);
	if (w->format == LISTING_TABLE)
		return answer_table(a, w->opts.verbose > 0);
	return answer_list(a, w->format);
}

static void
show(struct work *w)
{
	struct answer a = { .basis = { .metrics = w->metrics,
				       .frame = &w->frame,
				       .bands = w->bands },
			    .metrics = w->chosen,
			    .count = w->count,
			    .out = stdout };

	read_settings(w);
	read_options(w);
	open_store(w);
	a.basis.store = w->store;
	if (print(w, &a) != 0 && a.class == OUTCOME_CONFIGURATION)
		msg_die(EX_CONFIG, "cannot run a metric: %s", a.why);
	else if (a.why != NULL)
		msg_die_class(a.class, 0, "cannot read the database: %s",
			      a.why);
	store_close(w->store);
}

static void
drop(struct work *w)
{
	bands_free(w->bands);
	services_close(w->services);
	settings_free(w->settings);
	metric_free(w->metrics);
	free(w->chosen);
	free(w->github);
	free(w->jira);
}

int
main(int argc, char *argv[])
{
	struct work w = { 0 };
	char **names = cli_parse(&cli, &w.opts, argc, argv);
	bool explaining = names[0] != NULL && strcmp(names[0], "explain") == 0;
	size_t i;

	read_metrics(&w);
	read_bands(&w);
	if (names[0] != NULL && strcmp(names[0], "ls") == 0) {
		read_options(&w);
		catalogue_list(w.metrics, stdout, w.format);
	} else {
		choose_all(&w, names + explaining);
		for (i = 0; explaining && i < w.count; i++)
			catalogue_explain(w.chosen[i], w.bands, stdout);
		if (!explaining)
			show(&w);
	}
	drop(&w);
	msg_end_output();
	return EX_OK;
}
