/* fetch-github - print what a GitHub organisation has as records */
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/cli.h"
#include "base/msg.h"
#include "net/githubitems.h"
#include "net/githuborg.h"
#include "net/githubprobe.h"
#include "net/githubrun.h"
#include "net/githubtoken.h"
#include "net/origin.h"
#include "net/source.h"

/* docs.github.com "rate limits": 900 points a minute for REST, a GET is 1.
 * Servers of one's own have no such limit. */
enum {
	GITHUB_COM_PER_MINUTE = 900,
	CONNECTIONS_MOST = 100, /* at once, by the same page */
	DAY = 86400000
};
static const char github_com[] = "https://api.github.com";

struct opts {
	struct source_opts source;
	const char *org, *user;
	struct cli_list repos, include, exclude;
	int archived, forks;
};

static const struct cli_option options[] = {
	{ 0, "org", "NAME", "all repositories of this organisation", CLI_STRING,
	  offsetof(struct opts, org) },
	{ 0, "user", "NAME", "all repositories of this user", CLI_STRING,
	  offsetof(struct opts, user) },
	{ 0, "repo", "OWNER/NAME", "this repository; may be given again",
	  CLI_LIST, offsetof(struct opts, repos) },
	{ 0, "include", "PATTERN", "only repositories that match", CLI_LIST,
	  offsetof(struct opts, include) },
	{ 0, "exclude", "PATTERN", "no repositories that match", CLI_LIST,
	  offsetof(struct opts, exclude) },
	{ 0, "archived", NULL, "archived ones too", CLI_FLAG,
	  offsetof(struct opts, archived) },
	{ 0, "forks", NULL, "forks too", CLI_FLAG,
	  offsetof(struct opts, forks) },
	{ .name = NULL },
};

static const struct cli cli = {
	.name = "fetch-github",
	.does = "print what a GitHub organisation has as records",
	.operands = NULL,
	.at_least = 0,
	.at_most = 0,
	.options = options,
	.examples = "fetch-github --org acme | validate | load -d pulse.db\n"
		    "fetch-github --repo acme/api --types pr --since 30d\n",
	.shared = source_options,
};

static const char *const headers[] = {
	"Accept: application/vnd.github+json",
	"X-GitHub-Api-Version: 2022-11-28",
	NULL,
};

/* What the command line does not choose comes from the settings. */
static struct github_choice
choose(const struct opts *opts, const struct settings_github *settings)
{
	struct github_choice choice = {
		.org = opts->org,
		.user = opts->user,
		.repos = opts->repos.count > 0 ? opts->repos.items : NULL,
		.include = opts->include.count > 0 ? opts->include.items
						   : settings->include.items,
		.exclude = opts->exclude.count > 0 ? opts->exclude.items
						   : settings->exclude.items,
		.archived = opts->archived > 0 || settings->archived,
		.forks = opts->forks > 0 || settings->forks,
	};

	if (choice.org != NULL || choice.user != NULL || choice.repos != NULL)
		return choice;
	choice.org = settings->organization;
	choice.user = choice.org == NULL ? settings->user : NULL;
	if (choice.org == NULL && choice.user == NULL &&
	    settings->repositories.count > 0)
		choice.repos = settings->repositories.items;
	return choice;
}

static void
check_choice(const struct opts *opts, const struct github_choice *choice)
{
	long connections = opts->source.connections;
	size_t i;

	if (connections < 1 || connections > CONNECTIONS_MOST)
		cli_misuse(&cli, "cannot use '%ld' for --connections: 1 to %d",
			   connections, CONNECTIONS_MOST);
	if ((opts->org != NULL) + (opts->user != NULL) +
		    (opts->repos.count > 0) >
	    1)
		cli_misuse(&cli, "only one of --org, --user and --repo");
	for (i = 0; i < opts->repos.count; i++)
		if (!github_is_scope(opts->repos.items[i]))
			cli_misuse(&cli, "'%s' is not OWNER/NAME",
				   opts->repos.items[i]);
	if (choice->org == NULL && choice->user == NULL &&
	    choice->repos == NULL && opts->source.items == NULL)
		msg_die(EX_CONFIG,
			"cannot fetch 'github': nothing is named; give --org, "
			"--user or --repo, or set github.organization");
}

static bool
labels_are_incidents(const struct settings_client *client)
{
	size_t i;

	for (i = 0; i < client->service_count; i++)
		if (client->services[i].github_labels.count > 0)
			return true;
	return false;
}

static void
prepare(struct github_run *run, struct source *source, const struct opts *opts)
{
	const struct settings_client *client = source_client(source);
	int i;

	run->source = source;
	run->settings = &client->github;
	run->connections = (unsigned)opts->source.connections;
	run->floor = opts->source.since;
	if (run->floor == 0) /* whole days: so the same questions all day */
		run->floor =
			(source_started(source) - client->history) / DAY * DAY;
	run->until = opts->source.until;
	run->overlap = client->github.overlap;
	for (i = 0; i < GITHUB_TYPES; i++)
		run->wants[i] = source_wants(source, github_types[i]);
	if (opts->source.types.count == 0)
		run->wants[GITHUB_ISSUE] = labels_are_incidents(client);
	githubrun_open(run);
}

static const char *
base_url(const struct source *source, const struct opts *opts)
{
	return opts->source.base_url != NULL
		       ? opts->source.base_url
		       : source_client(source)->github.base_url;
}

static struct http *
connect_to(struct source *source, const char *base, struct github_token *token,
	   struct source_problem *problem)
{
	const struct settings_github *settings = &source_client(source)->github;
	const struct source_api api = {
		.base_url = base,
		.headers = headers,
		.authorize = github_token_authorize,
		.authorize_arg = token,
		.identity = github_token_identity(token),
		.retries = settings->max_retries,
		.backoff_factor = settings->backoff_factor,
		.requests_per_hour = settings->requests_per_hour,
		.requests_per_minute = origin_holds(github_com, base)
					       ? GITHUB_COM_PER_MINUTE
					       : 0,
		.ca_file = settings->ca_file,
	};

	return source_connect(source, &api, problem);
}

/* The list first, then how much there is, then all of it. */
static void
walk(struct github_run *run, const struct github_choice *choice, bool dry_run)
{
	struct github_org *org = github_org_begin(run, choice);
	struct source_problem problem;
	int code = source_run(run->source);

	if (code == EX_OK && !github_org_done(org, &problem)) {
		code = problem.code;
		source_abort(run->source, code, "%s", problem.why);
		free(problem.why);
	}
	if (code == EX_OK && github_probe(run) > 0)
		code = source_run(run->source);
	if (code == EX_OK)
		github_estimate(run);
	if (code == EX_OK && !dry_run) {
		run->held = false;
		github_turn(run);
		source_run(run->source);
	}
	github_finish(run);
	github_org_free(org);
}

static _Noreturn void
leave(const struct source_problem *problem)
{
	if (problem->why == NULL)
		exit(problem->code);
	if (outcome_code(problem->class) != problem->code)
		msg_die(problem->code, "%s", problem->why);
	msg_die_class(problem->class, problem->not_before, "%s", problem->why);
}

int
main(int argc, char *argv[])
{
	struct opts opts = { 0 };
	struct github_run run = { 0 };
	struct source_problem problem;
	struct github_choice choice;
	struct github_token *token;
	struct source *source;
	static const struct source_kind kind = { "github", "github_job",
						 github_types };

	source_defaults(&opts.source);
	cli_parse(&cli, &opts, argc, argv);
	source = source_open(&kind, &opts.source, &problem);
	if (source == NULL)
		leave(&problem);
	choice = choose(&opts, &source_client(source)->github);
	check_choice(&opts, &choice);
	token = github_token_open(source, base_url(source, &opts), &problem);
	if (token == NULL)
		leave(&problem);
	prepare(&run, source, &opts);
	run.http = connect_to(source, base_url(source, &opts), token, &problem);
	if (run.http == NULL)
		leave(&problem);
	if (opts.source.items != NULL) {
		github_items_begin(&run);
		source_run(source);
	} else {
		walk(&run, &choice, opts.source.dry_run > 0);
	}
	githubrun_close(&run);
	source_end(source, &problem);
	github_token_free(token);
	leave(&problem);
}
