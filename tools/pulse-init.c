/* pulse-init - write a first pulse.yaml and see whether it works */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ask.h"
#include "base/atomic.h"
#include "base/cli.h"
#include "base/home.h"
#include "base/msg.h"
#include "base/tokenplace.h"
#include "health/health.h"
#include "health/healthpage.h"
#include "net/setup.h"

enum { LARGEST = 65536 };

struct opts {
	struct setup setup;
	const char *config;
	int force, offline, dry_run;
};

#define AT(member) offsetof(struct opts, member)

static const struct cli_option options[] = {
	{ 'c', "config", "FILE",
	  "what to write (default PULSE_HOME/pulse.yaml)", CLI_STRING,
	  AT(config) },
	{ 0, "org", "NAME", "the GitHub organisation", CLI_STRING,
	  AT(setup.org) },
	{ 0, "user", "NAME", "or a GitHub user", CLI_STRING, AT(setup.user) },
	{ 0, "repo", "OWNER/NAME", "or a repository; may be given again",
	  CLI_LIST, AT(setup.repos) },
	{ 0, "github-url", "URL", "of a GitHub server of one's own", CLI_STRING,
	  AT(setup.github_url) },
	{ 0, "github-token-file", "FILE",
	  "where its token is; - is standard input", CLI_STRING,
	  AT(setup.github_token) },
	{ 0, "jira-url", "URL", "the Jira site", CLI_STRING,
	  AT(setup.jira_url) },
	{ 0, "email", "ADDRESS", "of the Jira account", CLI_STRING,
	  AT(setup.email) },
	{ 0, "jira-token-file", "FILE",
	  "where its token is; - is standard input", CLI_STRING,
	  AT(setup.jira_token) },
	{ 0, "project", "KEY", "only this Jira project; may be given again",
	  CLI_LIST, AT(setup.projects) },
	{ 0, "name", "NAME", "of the client, for people", CLI_STRING,
	  AT(setup.name) },
	{ 0, "force", NULL, "replace the file; the old one becomes FILE.old",
	  CLI_FLAG, AT(force) },
	{ 0, "offline", NULL, "do not try it at the APIs", CLI_FLAG,
	  AT(offline) },
	{ 'n', "dry-run", NULL, "print the file, write nothing", CLI_FLAG,
	  AT(dry_run) },
	{ .name = NULL },
};

static const struct cli cli = {
	"pulse-init",
	"write a first pulse.yaml and see whether it works",
	NULL,
	0,
	0,
	options,
	"  pulse init                           asks what it needs to know\n"
	"  gh auth token | pulse init --org acme --github-token-file -\n",
	NULL,
};

/* --- questions ------------------------------------------------------------ */

static bool
names_something(const struct setup *setup)
{
	return setup_has_github(setup) || setup->jira_url != NULL;
}

static void
ask_places(struct setup *setup)
{
	setup_set(&setup->org,
		  ask_line("GitHub organisation (empty: no GitHub)", NULL));
	setup_set(&setup->jira_url,
		  ask_line("Jira, such as acme.atlassian.net (empty: no Jira)",
			   NULL));
	if (setup->jira_url != NULL && setup->email == NULL)
		setup_set(&setup->email,
			  ask_line("E-mail address of the Jira account "
				   "(empty: Data Center)",
				   NULL));
}

/* --- files ---------------------------------------------------------------- */

/* NAME in secrets/ beside the settings; allocated. */
static char *
secret_path(const struct opts *opts, const char *name)
{
	size_t len = (size_t)(strrchr(opts->config, '/') - opts->config) + 1;
	size_t size = len + strlen("secrets/") + strlen(name) + 1;
	char *path = msg_calloc(size, 1);

	snprintf(path, size, "%.*ssecrets/%s", (int)len, opts->config, name);
	return path;
}

static void
place_token(const struct opts *opts, const struct tokenplace *kind,
	    const char **text)
{
	struct tokenplace place = *kind;
	char *make = secret_path(opts, kind->make), *path, *why;
	bool made = false;
	int code;

	place.given = *text;
	place.make = make;
	code = tokenplace_find(&place, &path, &made, &why);
	if (code != EX_OK)
		msg_die(code, "%s", why);
	if (made)
		printf("Wrote '%s', which only you may read.\n", path);
	setup_set(text, path);
	free(make);
}

static void
place_tokens(struct opts *opts)
{
	static const struct tokenplace github = {
		NULL,
		"github",
		"GitHub token (not shown; empty: it is in $GITHUB_TOKEN)",
		{ "GITHUB_TOKEN", "GH_TOKEN" }
	};
	static const struct tokenplace jira = {
		NULL,
		"jira",
		"Jira token (not shown; empty: it is in $JIRA_API_TOKEN)",
		{ "JIRA_API_TOKEN", "JIRA_TOKEN" }
	};
	struct setup *setup = &opts->setup;

	if (setup_has_github(setup))
		place_token(opts, &github, &setup->github_token);
	if (setup->jira_url != NULL)
		place_token(opts, &jira, &setup->jira_token);
}

static bool
is_piped(const char *file)
{
	return file != NULL && strcmp(file, "-") == 0;
}

/* Where they would be. */
static void
show_tokens(struct opts *opts)
{
	struct setup *setup = &opts->setup;

	if (is_piped(setup->github_token))
		setup_set(&setup->github_token, secret_path(opts, "github"));
	if (is_piped(setup->jira_token))
		setup_set(&setup->jira_token, secret_path(opts, "jira"));
}

static char *
read_example(void)
{
	char *path = home_share("pulse.yaml.example");
	char *text = msg_calloc(LARGEST, 1);
	FILE *in = fopen(path, "r");

	if (in == NULL || fread(text, 1, LARGEST - 1, in) == 0)
		msg_die(EX_CONFIG, "cannot read '%s': %s", path,
			strerror(errno));
	fclose(in);
	free(path);
	return text;
}

/* --- one thing after the other -------------------------------------------- */

static void
check(struct opts *opts)
{
	struct setup *setup = &opts->setup;
	char *why;

	if ((setup->org != NULL) + (setup->user != NULL) +
		    (setup->repos.count > 0) >
	    1)
		cli_misuse(&cli, "only one of --org, --user and --repo");
	if (is_piped(setup->github_token) && is_piped(setup->jira_token))
		cli_misuse(&cli, "only one token can come from standard "
				 "input");
	if (setup->jira_url != NULL)
		setup_set(&setup->jira_url, setup_url(setup->jira_url));
	if (setup->github_url != NULL)
		setup_set(&setup->github_url, setup_url(setup->github_url));
	if ((why = setup_check(setup)) != NULL)
		msg_die(EX_USAGE, "%s", why);
}

/* The file as it was gets another name, to become FILE.old when the new one has
 * taken its place; false: there is none. */
static bool
keep_aside(const char *config, const char *aside)
{
	if (access(config, F_OK) != 0)
		return false;
	if ((unlink(aside) != 0 && errno != ENOENT) || link(config, aside) != 0)
		msg_die(EX_CANTCREAT, "cannot keep '%s': %s", config,
			strerror(errno));
	return true;
}

/* A FILE.old that cannot be replaced leaves both files as they were. */
static void
become_old(const char *config, const char *aside, const char *old)
{
	int error;

	if (rename(aside, old) == 0)
		return;
	error = errno;
	if (rename(aside, config) != 0)
		msg_say("cannot put back '%s': %s; it is '%s'", config,
			strerror(errno), aside);
	msg_die(EX_CANTCREAT, "cannot keep '%s': %s", old, strerror(error));
}

static void
write_config(const struct opts *opts, const char *text)
{
	char *old, *aside;
	bool kept;
	int error;

	old = msg_text("%s.old", opts->config);
	aside = msg_text("%s.%ld", old, (long)getpid());
	kept = keep_aside(opts->config, aside);
	if (atomic_write(opts->config, text, strlen(text)) != 0) {
		error = errno;
		if (kept)
			unlink(aside);
		msg_die(EX_CANTCREAT, "cannot write '%s': %s", opts->config,
			strerror(error));
	}
	if (kept)
		become_old(opts->config, aside, old);
	printf("Wrote '%s'.\n\n", opts->config);
	free(old);
	free(aside);
}

static int
try_it(const struct opts *opts)
{
	static const char *const only[] = { "settings", "api",	 "token",
					    "quota",	"clock", NULL };
	const struct health_options what = { .config = opts->config,
					     .only = only,
					     .offline = opts->offline > 0 };
	struct findings found = { 0 };
	int code;

	fflush(stdout);
	if (!health_run(&what, &found))
		msg_die(EX_TEMPFAIL, "cannot finish: stopped by a signal");
	healthpage_print(&found, FINDING_OK, false);
	code = findings_code(&found);
	findings_free(&found);
	return code;
}

static void
tell_next(const struct setup *setup, int code)
{
	if (code != EX_OK && code != EX_PARTIAL) {
		puts("Set right what failed: edit the file and run `pulse "
		     "doctor`, or `pulse init --force`.");
		return;
	}
	puts("Next:");
	if (setup_has_github(setup))
		puts("  pulse run github_job    loads what GitHub has; again "
		     "at any time, it takes what is new");
	if (setup->jira_url != NULL)
		puts("  pulse run jira_job      the same of Jira");
	puts("  pulse metrics dora      how you deliver");
	puts("  pulse-sched             runs the jobs by itself from now on");
}

static void
choose_config(struct opts *opts)
{
	char *path = opts->config != NULL ? msg_strdup(opts->config)
					  : home_path("pulse.yaml");
	char here[PATH_MAX], *whole;

	if (*path != '/') {
		if (getcwd(here, sizeof(here)) == NULL ||
		    asprintf(&whole, "%s/%s", here, path) < 0)
			msg_die(EX_OSERR, "cannot find '%s'", path);
		free(path);
		path = whole;
	}
	opts->config = path;
	if (opts->force == 0 && opts->dry_run == 0 && access(path, F_OK) == 0)
		msg_die(EX_CANTCREAT,
			"cannot write '%s': it is there already; --force "
			"keeps it as '%s.old'",
			path, path);
}

int
main(int argc, char *argv[])
{
	struct opts opts = { 0 };
	char *example, *text;
	int code = EX_OK;

	cli_parse(&cli, &opts, argc, argv);
	signal(SIGXFSZ, SIG_IGN); /* a write beyond the limit is an error */
	choose_config(&opts);
	setup_own(&opts.setup);
	if (!names_something(&opts.setup) && ask_may())
		ask_places(&opts.setup);
	if (!names_something(&opts.setup))
		cli_misuse(&cli, "nothing to set up: give --org, --user, "
				 "--repo or --jira-url");
	check(&opts);
	if (opts.dry_run > 0)
		show_tokens(&opts);
	else
		place_tokens(&opts);
	example = read_example();
	text = setup_write(&opts.setup, example);
	if (opts.dry_run > 0) {
		fputs(text, stdout);
	} else {
		write_config(&opts, text);
		code = try_it(&opts);
		tell_next(&opts.setup, code);
	}
	free(example);
	free(text);
	free((char *)opts.config);
	setup_free(&opts.setup);
	msg_end_output();
	return code;
}
