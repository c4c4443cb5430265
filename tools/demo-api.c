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
#include "demo/github.h"
#include "demo/world.h"
#include "net/httpd.h"

struct opts {
	long repos, prs, issues, seed, latency, port, days, quota, threads;
	int64_t now, window;
	const char *port_file, *faults, *flavor, *zone, *app_key;
	int traps;
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
	{ 0, "flavor", "cloud|dc", "answer as this Jira does (cloud)",
	  CLI_STRING, offsetof(struct opts, flavor) },
	{ 0, "tz", "ZONE", "zone of the Jira account (Europe/Berlin)",
	  CLI_STRING, offsetof(struct opts, zone) },
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
	struct world *world;
	pthread_rwlock_t lock;
};

static void
answer(void *arg, const struct httpd_request *request,
       struct httpd_reply *reply)
{
	struct service *service = arg;
	struct world *world = service->world;

	pthread_rwlock_rdlock(&service->lock);
	httpd_delay(reply, world->config.latency);
	if (!demo_github(world, request, reply))
		httpd_status(reply, 404);
	pthread_rwlock_unlock(&service->lock);
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
	};
	struct world *world = world_new(&config);

	world->github = github_new(world);
	github_open(world);
	return world;
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
	service.world = found(&opts);
	serve(&opts, &service);
	github_close(service.world);
	world_free(service.world);
	return EX_OK;
}
