/* fetch-jira - print what a Jira site has as records */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/cli.h"
#include "base/msg.h"
#include "net/jira.h"
#include "net/jiraissues.h"
#include "net/jiraitems.h"
#include "net/jirasite.h"
#include "net/source.h"

static const char *const types[] = {
	"jira_project",	 "jira_board", "jira_sprint", "jira_status",
	"jira_workflow", "jira_user",  "jira_field",  "jira_issue",
	"jira_change",	 NULL,
};

static const struct source_kind kind = { "jira", "jira_job", types };

struct fetch_opts {
	struct source_opts source;
	struct cli_list projects;
	const char *flavor;
};

static const struct cli_option options[] = {
	{ 0, "project", "KEY", "this project; may be given again", CLI_LIST,
	  offsetof(struct fetch_opts, projects) },
	{ 0, "flavor", "NAME", "auto, cloud or dc (default auto)", CLI_STRING,
	  offsetof(struct fetch_opts, flavor) },
	{ .name = NULL },
};

static const struct cli cli = {
	.name = "fetch-jira",
	.does = "print what a Jira site has as records",
	.at_most = 0,
	.options = options,
	.examples = "  export JIRA_EMAIL JIRA_API_TOKEN\n"
		    "  fetch-jira --base-url https://acme.atlassian.net "
		    "--since 90d |\n"
		    "    validate | load -d pulse.db\n",
	.shared = source_options,
};

_Noreturn static void
leave(const struct source_problem *problem)
{
	if (problem->why == NULL)
		exit(problem->code);
	if (problem->code != outcome_code(problem->class))
		msg_die(problem->code, "%s", problem->why);
	msg_die_class(problem->class, problem->not_before, "%s", problem->why);
}

static bool
wants_issues(const struct source *source)
{
	return source_wants(source, "jira_issue") ||
	       source_wants(source, "jira_change");
}

static void
found_project(void *arg, const char *key)
{
	struct jiraissues *issues = arg;

	if (issues != NULL)
		jiraissues_add(issues, key);
}

static void
fetch(struct jira *jira, struct source *source)
{
	struct jiraissues *issues =
		wants_issues(source) ? jiraissues_new(jira) : NULL;
	struct jirasite *site = jirasite_new(jira, found_project, issues);
	size_t count;
	const struct source_item *items = source_items(source, &count);

	if (jira_meet(jira) == EX_OK) {
		if (items != NULL)
			jiraitems_run(jira, site, items, count);
		else if (jirasite_run(site) == EX_OK && issues != NULL)
			jiraissues_run(issues);
	}
	jira_drain(jira);
	jirasite_free(site);
	if (issues != NULL)
		jiraissues_free(issues);
}

static void
check(const struct fetch_opts *opts)
{
	if (opts->flavor != NULL && strcmp(opts->flavor, "auto") != 0 &&
	    strcmp(opts->flavor, "cloud") != 0 &&
	    strcmp(opts->flavor, "dc") != 0)
		cli_misuse(&cli,
			   "cannot use '%s' for --flavor: auto, cloud or dc",
			   opts->flavor);
	if (opts->source.connections < 1 || opts->source.connections > 100)
		cli_misuse(&cli, "cannot use '%ld' for --connections: 1 to 100",
			   opts->source.connections);
}

int
main(int argc, char *argv[])
{
	struct fetch_opts opts = { .flavor = NULL };
	struct source_problem problem;
	struct source *source;
	struct jira *jira;

	source_defaults(&opts.source);
	cli_parse(&cli, &opts, argc, argv);
	check(&opts);
	source = source_open(&kind, &opts.source, &problem);
	if (source == NULL)
		leave(&problem);
	jira = jira_open(source,
			 &(struct jira_wish){
				 .projects = opts.projects,
				 .flavor = opts.flavor,
				 .since = opts.source.since,
				 .until = opts.source.until,
				 .connections = opts.source.connections,
				 .dry_run = opts.source.dry_run > 0,
				 .base_url = opts.source.base_url,
			 },
			 &problem);
	if (jira == NULL)
		leave(&problem);
	fetch(jira, source);
	source_end(source, &problem);
	jira_close(jira);
	leave(&problem);
}
