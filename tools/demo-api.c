/* demo-api - answer as GitHub and Jira do for a made-up organisation */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/clock.h"
#include "base/msg.h"
#include "base/zones.h"
#include "demo/backstage.h"
#include "demo/github.h"
#include "demo/tracker.h"
#include "demo/world.h"
#include "net/httpd.h"

struct opts {
	long repos, prs, issues, seed, latency, port, days, quota, threads;
	int64_t now, window;
	const char *port_file, *faults, *flavor, *zone, *app_key;
	long jira_cap, jira_window;
	int traps, jira_admin;
};

static const struct cli_option options[] = {
	{ 0, "repos", "N", "repositories (12)", CLI_NUMBER,
	  offsetof(struct opts, repos) },
	{ 0, "prs", "N", "pull requests in all (600)", CLI_NUMBER,
	  offsetof(struct opts, prs) },
	{ 0, "issues", "N", "Jira issues, incidents not counted (500)",
	  CLI_NUMBER, offsetof(struct opts, issues) },
	{ 0, "days", "N", "days of history (360)", CLI_NUMBER,
	  offsetof(struct opts, days) },
	{ 0, "seed", "N", "another seed is another organisation (1)",
	  CLI_NUMBER, offsetof(struct opts, seed) },
	{ 0, "now", "TIME", "where the history ends (the clock's time)",
	  CLI_POINT, offsetof(struct opts, now) },
	{ 0, "port", "N", "listen here on loopback (0: any free one)",
	  CLI_NUMBER, offsetof(struct opts, port) },
	{ 0, "port-file", "FILE", "write the port there once it answers",
	  CLI_STRING, offsetof(struct opts, port_file) },
	{ 0, "latency-ms", "N", "wait so long before each answer (0)",
	  CLI_NUMBER, offsetof(struct opts, latency) },
	{ 0, "quota", "N", "requests per token and window (100000)", CLI_NUMBER,
	  offsetof(struct opts, quota) },
	{ 0, "window", "DURATION", "until a quota is full again (1h)",
	  CLI_DURATION, offsetof(struct opts, window) },
	{ 0, "traps", NULL, "add repositories that answer 404, 451 and 500",
	  CLI_FLAG, offsetof(struct opts, traps) },
	{ 0, "faults", "FILE", "a script of what goes wrong", CLI_STRING,
	  offsetof(struct opts, faults) },
	{ 0, "flavor", "cloud|dc", "answer as this Jira does (cloud)",
	  CLI_STRING, offsetof(struct opts, flavor) },
	{ 0, "tz", "ZONE", "zone of the Jira account (Europe/Berlin)",
	  CLI_STRING, offsetof(struct opts, zone) },
	{ 0, "jira-admin", NULL, "the Jira account may list workflows",
	  CLI_FLAG, offsetof(struct opts, jira_admin) },
	{ 0, "jira-cap", "N", "rows a page at most in Data Center (1000)",
	  CLI_NUMBER, offsetof(struct opts, jira_cap) },
	{ 0, "jira-window", "N", "rows a query at most there (10000)",
	  CLI_NUMBER, offsetof(struct opts, jira_window) },
	{ 0, "threads", "N", "threads that answer (4)", CLI_NUMBER,
	  offsetof(struct opts, threads) },
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

struct service {
	struct backstage backstage;
	pthread_rwlock_t lock;
};

/* The target under the name that a person would write in a fault's match. */
static void
plain_path(const struct world *world, const struct httpd_request *request,
	   char *out, size_t size)
{
	const char *by_id = "/github/repositories/", *rest;
	const struct repo *repo = NULL;
	char *end = NULL;

	if (strncmp(request->target, by_id, strlen(by_id)) == 0)
		repo = github_repo_by_id(
			world->github,
			strtoull(request->target + strlen(by_id), &end, 10));
	rest = repo != NULL ? end : request->target;
	snprintf(out, size, "%s%s%s", repo != NULL ? "/github/repos/" : "",
		 repo != NULL ? repo->full_name : "", rest);
}

/* The true answer, unless the script of faults says something else. */
static void
answer_api(const struct service *service, const struct httpd_request *request,
	   struct httpd_reply *reply)
{
	struct world *world = service->backstage.world;
	struct faults_hit hit;
	char path[2048];

	httpd_delay(reply, world->config.latency);
	plain_path(world, request, path, sizeof(path));
	if (faults_before(service->backstage.faults, path, request, reply,
			  &hit))
		return;
	if (hit.exhaust)
		github_exhaust(world, request, hit.exhausted);
	if (!demo_github(world, request, reply) &&
	    !demo_jira(world, request, reply))
		httpd_status(reply, 404);
	faults_after(&hit, request, reply);
}

static void
answer(void *arg, const struct httpd_request *request,
       struct httpd_reply *reply)
{
	struct service *service = arg;
	bool own = strncmp(request->path, "/__demo/", 8) == 0;

	if (own && strcmp(request->method, "POST") == 0)
		pthread_rwlock_wrlock(&service->lock);
	else
		pthread_rwlock_rdlock(&service->lock);
	visits_begin(service->backstage.visits);
	if (!own) {
		answer_api(service, request, reply);
		visits_note(service->backstage.visits, request->method,
			    request->path, httpd_get_status(reply));
	} else if (!backstage_answer(&service->backstage, request, reply)) {
		httpd_status(reply, 404);
	}
	pthread_rwlock_unlock(&service->lock);
}

static void
ended(void *arg)
{
	struct service *service = arg;

	visits_end(service->backstage.visits);
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
		msg_die(EX_IOERR, "cannot write '%s': %s", path,
			strerror(errno));
}

static void
serve(const struct opts *opts, struct service *service)
{
	struct httpd_config config = { .port = (uint16_t)opts->port,
				       .threads = (unsigned)opts->threads,
				       .answer = answer,
				       .ended = ended,
				       .arg = service };
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

static struct world *
found(const struct opts *opts)
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
		.jira_admin = opts->jira_admin > 0,
		.jira_cap = (unsigned)opts->jira_cap,
		.jira_window = (unsigned)opts->jira_window,
	};
	struct world *world = world_new(&config);

	world->github = github_new(world);
	github_open(world);
	world->tracker = tracker_new(world);
	return world;
}

static void
read_script(struct faults *faults, const char *path)
{
	FILE *file = fopen(path, "re");
	char *text = NULL, *why = NULL;
	size_t size = 0;
	ssize_t len;

	if (file == NULL)
		msg_die(EX_NOINPUT, "cannot read '%s': %s", path,
			strerror(errno));
	len = getdelim(&text, &size, '\0', file);
	if (ferror(file))
		msg_die(EX_IOERR, "cannot read '%s': %s", path,
			strerror(errno));
	fclose(file);
	if (len > 0 && faults_load(faults, text, (size_t)len, &why) != 0)
		msg_die(EX_DATAERR, "cannot use '%s': %s", path, why);
	free(text);
}

static void
open_service(struct service *service, const struct opts *opts)
{
	service->backstage.faults = faults_new();
	service->backstage.visits = visits_new();
	if (opts->faults != NULL)
		read_script(service->backstage.faults, opts->faults);
	service->backstage.world = found(opts);
}

static void
close_service(struct service *service)
{
	struct world *world = service->backstage.world;

	tracker_free(world->tracker);
	github_close(world);
	world_free(world);
	faults_free(service->backstage.faults);
	visits_free(service->backstage.visits);
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
			     .window = 3600 * 1000,
			     .threads = 4,
			     .flavor = "cloud",
			     .zone = "Europe/Berlin" };
	struct service service = { .lock = PTHREAD_RWLOCK_INITIALIZER };

	opts.now = clock_now();
	cli_parse(&cli, &opts, argc, argv);
	if (strcmp(opts.flavor, "cloud") != 0 && strcmp(opts.flavor, "dc") != 0)
		cli_misuse(&cli, "--flavor is cloud or dc");
	if (!zones_exists(opts.zone))
		cli_misuse(&cli, "--tz is a zone such as Europe/Berlin");
	open_service(&service, &opts);
	serve(&opts, &service);
	close_service(&service);
	return EX_OK;
}
