/* link-deployments - say which deployment carried which change */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/home.h"
#include "base/msg.h"
#include "base/settings.h"
#include "storage/edition.h"
#include "storage/links.h"
#include "storage/spent.h"

enum { WAIT = 60000 };

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

/* A repository that may need linking, and how it is linked now. */
struct candidate {
	int64_t client;
	char *repo, *settings; /* settings NULL: not linked yet */
	bool touched;
};

struct candidates {
	struct candidate *items;
	size_t count;
};

_Noreturn static void
die(const struct store *store, const char *subject)
{
	msg_die_class(store_class(store), 0, "cannot link '%s': %s", subject,
		      store_error(store));
}

static struct candidates
find_candidates(struct store *store)
{
	static const char sql[] =
		"WITH known(client_id, repo) AS ("
		"SELECT client_id, repo FROM touched"
		" UNION SELECT client_id, repo FROM linked_repos"
		" UNION SELECT client_id, repo FROM deployments"
		" UNION SELECT client_id, repo FROM releases)"
		"SELECT k.client_id, k.repo, l.settings, EXISTS ("
		"SELECT 1 FROM touched t WHERE t.client_id = k.client_id"
		" AND t.repo = k.repo) FROM known k LEFT JOIN linked_repos l"
		" ON l.client_id = k.client_id AND l.repo = k.repo"
		" ORDER BY 1, 2";
	struct store_query *query = store_query(store, sql);
	struct candidates found = { 0 };
	const char *settings;
	int row = query == NULL ? -1 : 0;

	while (query != NULL && (row = store_step(query)) == 1) {
		found.items = msg_realloc(
			found.items, (found.count + 1) * sizeof(*found.items));
		settings = store_text(query, 2, NULL);
		found.items[found.count++] = (struct candidate){
			.client = store_int(query, 0),
			.repo = msg_strdup(store_text(query, 1, NULL)),
			.settings =
				settings != NULL ? msg_strdup(settings) : NULL,
			.touched = store_int(query, 3) != 0,
		};
	}
	if (row != 0)
		die(store, "the repositories");
	store_query_free(query);
	return found;
}

static void
free_candidates(struct candidates *found)
{
	size_t i;

	for (i = 0; i < found->count; i++) {
		free(found->items[i].repo);
		free(found->items[i].settings);
	}
	free(found->items);
}

/* Runs a statement on one repository. */
static void
note(struct store *store, const char *sql, const struct candidate *c,
     const char *settings)
{
	struct store_query *query = store_query(store, sql);

	if (query == NULL)
		die(store, c->repo);
	store_bind_int(query, 1, c->client);
	store_bind_text(query, 2, c->repo, strlen(c->repo));
	if (settings != NULL)
		store_bind_text(query, 3, settings, strlen(settings));
	if (store_step(query) != 0)
		die(store, c->repo);
	store_query_free(query);
}

static void
say(const struct candidate *c, const struct links_counts *n)
{
	msg_say("%s: %zu commits, %zu deployments in %zu environments own %zu "
		"commit links; %zu of %zu merged pull requests linked by sha, "
		"%zu by time; %zu rows changed",
		c->repo, n->commits, n->deployments, n->chains, n->owned,
		n->by_sha, n->pulls, n->by_time, n->changed);
}

/* Links one repository whole, in one transaction. */
static void
relink(struct store *store, const struct candidate *c,
       const struct links_repo *repo, const char *settings, int verbose)
{
	struct links_counts counts;

	if (store_begin(store) != 0 ||
	    links_relink(store, repo, &counts) != 0 ||
	    (counts.changed > 0 && edition_move(store) != 0))
		die(store, c->repo);
	note(store, "DELETE FROM touched WHERE client_id = ?1 AND repo = ?2", c,
	     NULL);
	note(store,
	     "INSERT INTO linked_repos VALUES (?1, ?2, ?3)"
	     " ON CONFLICT DO UPDATE SET settings = excluded.settings",
	     c, settings);
	if (store_commit(store) != 0)
		die(store, c->repo);
	if (verbose)
		say(c, &counts);
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

/* What the links of a repository depend on besides its data. */
static char *
settings_of(const struct links_repo *repo)
{
	size_t service = services_of_repo(repo->services, repo->repo);
	char *text;

	if (asprintf(&text, "%s %s",
		     repo->releases ? "releases" : "deployments",
		     services_production(repo->services, service)) < 0)
		msg_die(EX_OSERR, "cannot link '%s': out of memory",
			repo->repo);
	return text;
}

static bool
must_link(const struct candidate *c, const char *settings, int all)
{
	return all || c->touched || c->settings == NULL ||
	       strcmp(c->settings, settings) != 0;
}

static void
link_one(struct store *store, const struct settings_client *client,
	 const struct candidate *c, const struct opts *opts)
{
	struct links_repo repo = { .client = c->client, .repo = c->repo };
	struct services *services;
	char *settings, *why;

	if ((services = services_open(client, &why)) == NULL)
		msg_die(EX_CONFIG, "cannot use 'services': %s", why);
	repo.services = services;
	repo.releases = strcmp(client->github.deployments, "releases") == 0;
	settings = settings_of(&repo);
	if (must_link(c, settings, opts->all))
		relink(store, c, &repo, settings, opts->verbose);
	free(settings);
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

int
main(int argc, char *argv[])
{
	struct settings *settings, *defaults;
	struct candidates found;
	struct opts opts = { 0 };
	struct store *store;
	char *path, *config;
	size_t i;

	cli_parse(&cli, &opts, argc, argv);
	config = home_config(opts.config);
	settings = read_settings(config);
	defaults = read_settings(NULL);
	path = opts.database != NULL ? msg_strdup(opts.database)
				     : home_path("spool/pulse.db");
	store = open_store(path);
	spent_begin(store);
	found = find_candidates(store);
	for (i = 0; i < found.count; i++)
		link_one(store,
			 client_of(settings, defaults, found.items[i].client),
			 &found.items[i], &opts);
	free_candidates(&found);
	if (spent_end(store) != 0)
		msg_say("cannot note the time in the run's folder");
	if (store_close(store) != 0)
		msg_die(EX_IOERR, "cannot close '%s': %s", path,
			strerror(errno));
	settings_free(settings);
	settings_free(defaults);
	free(config);
	free(path);
	return EX_OK;
}
