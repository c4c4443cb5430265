/* demo-api - answer as GitHub and Jira do for a made-up organisation */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cli.h"
#include "base/clock.h"
#include "base/msg.h"
#include "base/zones.h"
#include "demo/stage.h"
#include "net/httpd.h"

struct opts {
	long repos, prs, issues, days, seed, port, latency, quota, threads;
	long jira_cap, jira_window;
	int64_t now, window;
	const char *port_file, *faults, *flavor, *zone, *app_key;
	int traps, jira_epoch, jira_admin;
};

#define WHERE(field) offsetof(struct opts, field)

static const struct cli_option options[] = {
	{ 0, "repos", "N", "repositories (12)", CLI_NUMBER, WHERE(repos) },
	{ 0, "prs", "N", "pull requests in all (600)", CLI_NUMBER, WHERE(prs) },
	{ 0, "issues", "N", "Jira issues, incidents not counted (500)",
	  CLI_NUMBER, WHERE(issues) },
	{ 0, "days", "N", "days of history (360)", CLI_NUMBER, WHERE(days) },
	{ 0, "seed", "N", "another seed is another organisation (1)",
	  CLI_NUMBER, WHERE(seed) },
	{ 0, "now", "TIME", "where the history ends (the clock's time)",
	  CLI_POINT, WHERE(now) },
	{ 0, "port", "N", "listen here, on loopback (0: any free one)",
	  CLI_NUMBER, WHERE(port) },
	{ 0, "port-file", "FILE", "write the port there once it answers",
	  CLI_STRING, WHERE(port_file) },
	{ 0, "latency-ms", "N", "wait so long before each answer (0)",
	  CLI_NUMBER, WHERE(latency) },
	{ 0, "threads", "N", "threads that answer (4)", CLI_NUMBER,
	  WHERE(threads) },
	{ 0, "faults", "FILE", "a script of what goes wrong", CLI_STRING,
	  WHERE(faults) },
	{ 0, "traps", NULL, "add repositories that answer 404, 451 and 500",
	  CLI_FLAG, WHERE(traps) },
	{ 0, "quota", "N", "GitHub requests a token and window (100000)",
	  CLI_NUMBER, WHERE(quota) },
	{ 0, "window", "DURATION", "until that quota is full again (1h)",
	  CLI_DURATION, WHERE(window) },
	{ 0, "app-key", "FILE", "public key of the GitHub App (PEM)",
	  CLI_STRING, WHERE(app_key) },
	{ 0, "flavor", "cloud|dc", "answer as this Jira does (cloud)",
	  CLI_STRING, WHERE(flavor) },
	{ 0, "tz", "ZONE", "zone of the Jira account (Europe/Berlin)",
	  CLI_STRING, WHERE(zone) },
	{ 0, "jira-admin", NULL, "the Jira account may list workflows",
	  CLI_FLAG, WHERE(jira_admin) },
	{ 0, "jira-epoch", NULL, "bulk changelogs tell times as numbers",
	  CLI_FLAG, offsetof(struct opts, jira_epoch) },
	{ 0, "jira-cap", "N", "most rows a page of Data Center (1000)",
	  CLI_NUMBER, WHERE(jira_cap) },
	{ 0, "jira-window", "N", "most rows of a search there (10000)",
	  CLI_NUMBER, WHERE(jira_window) },
	{ .name = NULL },
};

static const struct cli cli = {
	.name = "demo-api",
	.does = "answer as GitHub and Jira do for a made-up organisation",
	.options = options,
	.examples = "  demo-api --port 8080 &\n"
		    "  curl -H 'Authorization: Bearer demo-github-token' "
		    "http://127.0.0.1:8080/github/orgs/acme/repos\n",
};

/* A whole file as text, allocated; NULL without a path. */
static char *
read_text(const char *path)
{
	char *text = NULL;
	size_t size = 0;
	FILE *file;

	if (path == NULL)
		return NULL;
	file = fopen(path, "re");
	if (file == NULL)
		msg_die(EX_NOINPUT, "cannot read '%s': %s", path,
			strerror(errno));
	if (getdelim(&text, &size, '\0', file) < 0) {
		if (ferror(file))
			msg_die(EX_NOINPUT, "cannot read '%s': %s", path,
				strerror(errno));
		free(text);
		text = msg_strdup("");
	}
	fclose(file);
	return text;
}

static void
write_port(const char *path, uint16_t port)
{
	FILE *file = fopen(path, "we");

	if (file == NULL)
		msg_die(EX_CANTCREAT, "cannot write '%s': %s", path,
			strerror(errno));
	fprintf(file, "%u\n", port);
	if (fclose(file) != 0)
		msg_die(EX_CANTCREAT, "cannot write '%s': %s", path,
			strerror(errno));
}

/* Answers until INT or TERM comes. */
static void
serve(const struct opts *opts, struct stage *stage)
{
	struct httpd_config config = { .port = (uint16_t)opts->port,
				       .threads = (unsigned)opts->threads,
				       .answer = stage_answer,
				       .ended = stage_ended,
				       .arg = stage };
	struct httpd *httpd;
	sigset_t signals;
	char *why = NULL;
	int number;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	httpd = httpd_start(&config, &why);
	if (httpd == NULL)
		msg_die(EX_UNAVAILABLE, "cannot listen on '127.0.0.1:%ld': %s",
			opts->port, why);
	if (opts->port_file != NULL)
		write_port(opts->port_file, httpd_port(httpd));
	else
		msg_say("http://127.0.0.1:%u/github and /jira",
			httpd_port(httpd));
	sigwait(&signals, &number);
	httpd_stop(httpd);
}

static struct stage *
open_stage(const struct opts *opts, const char *app_key)
{
	struct world_config config = {
		.seed = (uint64_t)opts->seed,
		.repos = (unsigned)opts->repos,
		.prs = (unsigned)opts->prs,
		.issues = (unsigned)opts->issues,
		.days = (unsigned)opts->days,
		.traps = opts->traps > 0,
		.now = opts->now / 1000 * 1000,
		.latency = opts->latency,
		.quota = opts->quota,
		.window = opts->window,
		.data_center = strcmp(opts->flavor, "dc") == 0,
		.zone = opts->zone,
		.app_key = app_key,
		.jira_admin = opts->jira_admin > 0,
		.jira_epoch = opts->jira_epoch > 0,
		.jira_cap = (unsigned)opts->jira_cap,
		.jira_window = (unsigned)opts->jira_window,
	};
	char *script = read_text(opts->faults), *why = NULL;
	struct stage *stage = stage_open(&config, script, &why);

	if (stage == NULL)
		msg_die(EX_DATAERR, "cannot use '%s': %s", opts->faults, why);
	free(script);
	return stage;
}

int
main(int argc, char *argv[])
{
	struct opts opts = { .repos = 12,
			     .prs = 600,
			     .issues = 500,
			     .days = 360,
			     .seed = 1,
			     .quota = 100000,
			     .window = INT64_C(3600000),
			     .threads = 4,
			     .flavor = "cloud",
			     .zone = "Europe/Berlin" };
	struct stage *stage;
	char *app_key;

	opts.now = clock_now();
	cli_parse(&cli, &opts, argc, argv);
	if (strcmp(opts.flavor, "cloud") != 0 && strcmp(opts.flavor, "dc") != 0)
		cli_misuse(&cli, "--flavor is cloud or dc");
	if (!zones_exists(opts.zone))
		cli_misuse(&cli, "--tz is a zone such as Europe/Berlin");
	if (opts.days < 2 || opts.port > UINT16_MAX || opts.threads < 1)
		cli_misuse(&cli, "--days, --port or --threads is out of range");
	app_key = read_text(opts.app_key);
	stage = open_stage(&opts, app_key);
	serve(&opts, stage);
	stage_close(stage);
	free(app_key);
	return EX_OK;
}
