/* link-deployments - say which deployment carried which change */
#include <errno.h>
#include <malloc.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/home.h"
#include "base/msg.h"
#include "base/settings.h"
#include "storage/classes.h"
#include "storage/edition.h"
#include "storage/incidents.h"
#include "storage/linked.h"
#include "storage/links.h"
#include "storage/spent.h"

enum { WAIT = 60000, MANY = 100000 };

struct opts {
	const char *database, *config;
	int all, verbose;
};

static const struct cli_option options[] = {
	{ 'd', "database", "FILE",
	  "the database (default PULSE_HOME/spool/pulse.db)", CLI_STRING,
	  offsetof(struct opts, database) },
	{ 'c', "config", "FILE", "pulse.yaml, for services and production",
	  CLI_STRING, offsetof(struct opts, config) },
	{ 0, "all", NULL, "link every repository again, changed or not",
	  CLI_FLAG, offsetof(struct opts, all) },
	{ 'v', "verbose", NULL, "say what each repository came to", CLI_FLAG,
	  offsetof(struct opts, verbose) },
	{ .name = NULL },
};

static const struct cli cli = {
	.name = "link-deployments",
	.does = "say which deployment carried which change",
	.options = options,
	.examples = "  link-deployments -v\n",
};

/* What is at work on; changes are committed some repositories at a time. */
struct job {
	struct store *store;
	const struct opts *opts;
	size_t changed; /* rows since the last commit */
};

_Noreturn static void
die(const struct store *store, const char *subject)
{
	msg_die_class(store_class(store), 0, "cannot link '%s': %s", subject,
		      store_error(store));
}

static void
say(const char *repo, const struct links_counts *n)
{
	msg_say("%s: %zu commits, %zu deployments in %zu environments own %zu "
		"commit links; %zu of %zu merged pull requests linked by sha, "
		"%zu by time; %zu rows changed",
		repo, n->commits, n->deployments, n->chains, n->owned,
		n->by_sha, n->pulls, n->by_time, n->changed);
}

static void
commit(struct job *job, const char *subject)
{
	if ((job->changed > 0 && edition_move(job->store) != 0) ||
	    store_commit(job->store) != 0)
		die(job->store, subject);
	job->changed = 0;
}

/* A commit waits for the disk, so one per repository would be slow. */
static void
commit_many(struct job *job, const char *subject)
{
	if (job->changed < MANY)
		return;
	commit(job, subject);
	if (store_begin(job->store) != 0)
		die(job->store, subject);
}

/* Links one repository whole. */
static void
relink(struct job *job, const struct deployments_repo *repo, int64_t digest,
       const char *settings)
{
	struct links_counts counts;

	if (job->opts->all)
		digest = 0;
	if (links_relink(job->store, repo, &digest, &counts) != 0 ||
	    linked_note(job->store, repo, settings, digest) != 0)
		die(job->store, repo->repo);
	job->changed += counts.changed;
	commit_many(job, repo->repo);
	if (job->opts->verbose)
		say(repo->repo, &counts);
}

/* A client that pulse.yaml does not know has the defaults. */
static const struct settings_client *
client_of(const struct settings *settings, const struct settings *defaults,
	  int64_t id)
{
	size_t i;

	for (i = 0; i < settings->client_count; i++)
		if (settings->clients[i].id == id)
			return &settings->clients[i];
	return &defaults->clients[0];
}

static void
link_repos(struct job *job, int64_t client, const struct services *services,
	   bool releases)
{
	struct linked linked;
	size_t i;

	if (linked_read(job->store, client, &linked) != 0)
		die(job->store, "the repositories");
	for (i = 0; i < linked.count; i++) {
		const struct linked_repo *known = &linked.items[i];
		struct deployments_repo repo = { client, known->repo, services,
						 releases };
		char *settings = linked_settings(&repo);

		if (job->opts->all || linked_is_stale(known, settings))
			relink(job, &repo, known->digest, settings);
		free(settings);
	}
	linked_free(&linked);
}

/* Incidents are few, so all are looked at again. */
static void
link_incidents(struct job *job, int64_t client, const struct services *services,
	       const struct config *status_mapping)
{
	struct classes *classes =
		classes_open(job->store, client, status_mapping);
	size_t changed;

	if (classes == NULL || classes_add(job->store, classes) != 0 ||
	    incidents_relink(job->store, client, services, &changed) != 0)
		die(job->store, "the incidents");
	classes_close(classes);
	job->changed += changed;
	if (job->opts->verbose && changed > 0)
		msg_say("incidents: %zu rows changed", changed);
}

static void
link_client(struct job *job, const struct settings_client *client, int64_t id)
{
	bool releases = strcmp(client->github.deployments, "releases") == 0;
	struct services *services;
	char *why;

	if ((services = services_open(client, &why)) == NULL)
		msg_die(EX_CONFIG, "cannot use 'services': %s", why);
	if (store_begin(job->store) != 0)
		die(job->store, "the repositories");
	link_repos(job, id, services, releases);
	link_incidents(job, id, services, client->jira.status_mapping);
	commit(job, "the incidents");
	services_close(services);
}

static struct settings *
read_settings(const char *path)
{
	struct settings *settings;
	char *why;

	if ((settings = settings_load(path, &why)) == NULL)
		msg_die(EX_CONFIG, "cannot use '%s': %s", path, why);
	return settings;
}

static void
link_clients(struct job *job, const struct settings *settings)
{
	struct settings *defaults = read_settings(NULL);
	int64_t id = INT64_MIN;
	int found;

	while ((found = linked_client(job->store, &id)) == 1)
		link_client(job, client_of(settings, defaults, id), id);
	if (found < 0)
		die(job->store, "the clients");
	settings_free(defaults);
}

static struct store *
open_store(const char *path)
{
	enum outcome_class class;
	struct store *store;
	char *why;

	if (access(path, F_OK) != 0 && errno == ENOENT)
		msg_die(EX_CONFIG,
			"cannot open '%s': no such database; load makes it",
			path);
	if ((store = store_open(path, STORE_WRITE, WAIT, &why, &class)) == NULL)
		msg_die_class(class, 0, "cannot open '%s': %s", path, why);
	return store;
}

/* It reads far more than it writes, and what one repository took in memory the
 * next one takes again: neither need be asked of the kernel each time. */
static void
prepare(struct store *store)
{
	mallopt(M_MMAP_THRESHOLD, 64 << 20);
	mallopt(M_TRIM_THRESHOLD, 256 << 20);
	mallopt(M_TOP_PAD, 16 << 20);
	if (store_run(store, "PRAGMA mmap_size=1073741824") != 0)
		die(store, "the database");
}

int
main(int argc, char *argv[])
{
	struct settings *settings;
	struct opts opts = { 0 };
	struct store *store;
	char *path, *config;

	cli_parse(&cli, &opts, argc, argv);
	config = home_config(opts.config);
	settings = read_settings(config);
	path = opts.database != NULL ? msg_strdup(opts.database)
				     : home_path("spool/pulse.db");
	store = open_store(path);
	prepare(store);
	spent_begin(store);
	link_clients(&(struct job){ store, &opts, 0 }, settings);
	if (spent_end(store) != 0)
		msg_say("cannot note the time in the run's folder");
	if (store_close(store) != 0)
		msg_die(EX_IOERR, "cannot close '%s': %s", path,
			strerror(errno));
	settings_free(settings);
	free(config);
	free(path);
	return EX_OK;
}
