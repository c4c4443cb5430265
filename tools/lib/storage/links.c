#include "storage/links.h"

#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "storage/chains.h"
#include "storage/linkrows.h"

/* The deployments of one environment: those from first up to end. */
struct chain {
	char *environment;
	bool production;
	size_t first, end;
};

struct pull {
	int64_t number, merged_at;
	uint32_t merge;	   /* the commit, or CHAINS_NONE */
	size_t deployment; /* CHAINS_NONE: to none */
	size_t chain;
	bool by_sha;
};

struct work {
	struct linkrows rows;
	const struct links_repo *repo;
	struct links_counts *counts;
	struct chains *chains;
	struct chain *chain;
	size_t chain_count;
	int64_t *ids, *finished; /* by deployment */
	uint32_t *heads;
	size_t deployment_count, deployment_room;
	struct pull *pulls;
	size_t pull_count, pull_room;
	uint32_t *owner; /* by commit, of the chain at hand */
};

static int
read_commits(struct work *w)
{
	struct store_query *query = linkrows_ask(
		&w->rows, "SELECT sha FROM commits WHERE client_id = ?1"
			  " AND repo = ?2 AND deleted_at IS NULL");
	const char *sha;
	size_t len;
	int row;

	if (query == NULL)
		return -1;
	while ((row = store_step(query)) == 1) {
		sha = store_text(query, 0, &len);
		chains_commit(w->chains, sha, len);
	}
	store_query_free(query);
	return row;
}

/* The rows come sorted by sha, as the commits did. */
static int
read_parents(struct work *w)
{
	struct store_query *query = linkrows_ask(
		&w->rows, "SELECT sha, parent_sha FROM commit_parents"
			  " WHERE client_id = ?1 AND repo = ?2");
	const char *sha;
	size_t len;
	int row;

	if (query == NULL)
		return -1;
	while ((row = store_step(query)) == 1) {
		uint32_t commit;

		sha = store_text(query, 0, &len);
		commit = chains_find(w->chains, sha, len);
		sha = store_text(query, 1, &len);
		chains_parent(w->chains, commit, sha, len);
	}
	store_query_free(query);
	return row;
}

/* The chain of that environment, which is the last one or a new one. */
static struct chain *
chain_of(struct work *w, const char *environment, bool release)
{
	struct chain *chain =
		w->chain_count > 0 ? &w->chain[w->chain_count - 1] : NULL;
	const struct services *services = w->repo->services;

	if (chain != NULL && strcmp(chain->environment, environment) == 0)
		return chain;
	w->chain =
		msg_realloc(w->chain, (w->chain_count + 1) * sizeof(*w->chain));
	chain = &w->chain[w->chain_count++];
	*chain = (struct chain){
		.environment = msg_strdup(environment),
		.production = release ||
			      services_is_production(
				      services,
				      services_of_repo(services, w->repo->repo),
				      environment),
		.first = w->deployment_count,
		.end = w->deployment_count,
	};
	return chain;
}

static void
grow_deployments(struct work *w)
{
	size_t room = w->deployment_room == 0 ? 64 : w->deployment_room * 2;

	if (w->deployment_count < w->deployment_room)
		return;
	w->ids = msg_realloc(w->ids, room * sizeof(*w->ids));
	w->finished = msg_realloc(w->finished, room * sizeof(*w->finished));
	w->heads = msg_realloc(w->heads, room * sizeof(*w->heads));
	w->deployment_room = room;
}

static int
read_deployments(struct work *w)
{
	struct store_query *query = linkrows_ask(
		&w->rows,
		"WITH d AS MATERIALIZED (SELECT * FROM deployment_results"
		" WHERE client_id = ?1 AND repo = ?2)"
		"SELECT environment, kind = 'release', id, finished_at,"
		" coalesce(sha, '') FROM d WHERE result = 'success'"
		" AND finished_at IS NOT NULL"
		" AND (kind = 'deployment' OR ?3)"
		" ORDER BY environment, finished_at, id");
	const char *sha;
	size_t len, d;
	int row;

	if (query == NULL)
		return -1;
	store_bind_int(query, 3, w->repo->releases);
	while ((row = store_step(query)) == 1) {
		grow_deployments(w);
		d = w->deployment_count;
		chain_of(w, store_text(query, 0, NULL),
			 store_int(query, 1) != 0)
			->end++;
		w->ids[d] = store_int(query, 2);
		w->finished[d] = store_int(query, 3);
		sha = store_text(query, 4, &len);
		w->heads[d] = chains_find(w->chains, sha, len);
		w->deployment_count++;
	}
	store_query_free(query);
	return row;
}

static void
add_pull(struct work *w, struct pull pull)
{
	if (w->pull_count > 0 &&
	    w->pulls[w->pull_count - 1].number == pull.number)
		return; /* the same from a second source */
	if (w->pull_count == w->pull_room) {
		w->pull_room = w->pull_room == 0 ? 64 : w->pull_room * 2;
		w->pulls =
			msg_realloc(w->pulls, w->pull_room * sizeof(*w->pulls));
	}
	w->pulls[w->pull_count++] = pull;
}

static int
read_pulls(struct work *w)
{
	struct store_query *query = linkrows_ask(
		&w->rows, "SELECT number, merged_at, coalesce(merge_commit_sha,"
			  " '') FROM pull_requests WHERE client_id = ?1"
			  " AND repo = ?2 AND merged_at IS NOT NULL"
			  " AND deleted_at IS NULL ORDER BY number");
	const char *sha;
	size_t len;
	int row;

	if (query == NULL)
		return -1;
	while ((row = store_step(query)) == 1) {
		struct pull pull = { .number = store_int(query, 0),
				     .merged_at = store_int(query, 1),
				     .deployment = CHAINS_NONE };

		sha = store_text(query, 2, &len);
		pull.merge = chains_find(w->chains, sha, len);
		add_pull(w, pull);
	}
	store_query_free(query);
	return row;
}

/* Takes a deployment that may have carried the pull request. */
static void
offer(const struct work *w, struct pull *pull, size_t chain, size_t deployment,
      bool by_sha)
{
	size_t d = pull->deployment;

	if (d != CHAINS_NONE && pull->by_sha && !by_sha)
		return;
	if (d != CHAINS_NONE && pull->by_sha == by_sha &&
	    (w->finished[d] < w->finished[deployment] ||
	     (w->finished[d] == w->finished[deployment] &&
	      w->ids[d] < w->ids[deployment])))
		return;
	pull->deployment = deployment;
	pull->chain = chain;
	pull->by_sha = by_sha;
}

static void
link_pulls(struct work *w, size_t c)
{
	const struct chain *chain = &w->chain[c];
	size_t count = chain->end - chain->first, i;

	for (i = 0; i < w->pull_count; i++) {
		struct pull *pull = &w->pulls[i];
		uint32_t owner = pull->merge == CHAINS_NONE
					 ? CHAINS_NONE
					 : w->owner[pull->merge];
		bool by_sha = owner != CHAINS_NONE;

		if (owner == CHAINS_HISTORY)
			continue;
		if (!by_sha)
			owner = chains_guess(w->heads + chain->first,
					     w->finished + chain->first, count,
					     pull->merge, pull->merged_at);
		if (owner != CHAINS_NONE)
			offer(w, pull, c, chain->first + owner, by_sha);
	}
}

static int
link_chain(struct work *w, size_t c)
{
	const struct chain *chain = &w->chain[c];
	struct linkrows_owned owned = { chain->environment, w->chains, w->owner,
					w->ids + chain->first };
	size_t i, count = chains_count(w->chains);

	chains_walk(w->chains, w->heads + chain->first,
		    chain->end - chain->first, w->owner);
	for (i = 0; i < count; i++)
		w->counts->owned += w->owner[i] < CHAINS_HISTORY;
	if (chain->production)
		link_pulls(w, c);
	return linkrows_commits(&w->rows, &owned);
}

static int
link_chains(struct work *w)
{
	const char **kept = msg_calloc(w->chain_count + 1, sizeof(char *));
	int failed = 0;
	size_t c;

	w->owner = msg_calloc(chains_count(w->chains) + 1, sizeof(*w->owner));
	for (c = 0; c < w->chain_count && !failed; c++) {
		failed = link_chain(w, c);
		kept[c] = w->chain[c].environment;
	}
	if (!failed)
		failed = linkrows_environments(&w->rows, kept);
	free(kept);
	return failed;
}

static int
write_pulls(struct work *w)
{
	struct linkrows_pull *rows =
		msg_calloc(w->pull_count + 1, sizeof(*rows));
	size_t i;
	int failed;

	for (i = 0; i < w->pull_count; i++) {
		const struct pull *pull = &w->pulls[i];

		rows[i].number = pull->number;
		if (pull->deployment == CHAINS_NONE)
			continue;
		rows[i].environment = w->chain[pull->chain].environment;
		rows[i].deployment = w->ids[pull->deployment];
		rows[i].method = pull->by_sha ? "sha" : "time";
		w->counts->by_sha += pull->by_sha;
		w->counts->by_time += !pull->by_sha;
	}
	failed = linkrows_pulls(&w->rows, rows, w->pull_count);
	free(rows);
	return failed;
}

/* 1 when there is a deployment; else nobody needs the history. */
static int
has_deployments(const struct work *w)
{
	struct store_query *query = linkrows_ask(
		&w->rows, "SELECT 1 FROM deployment_results"
			  " WHERE client_id = ?1 AND repo = ?2 LIMIT 1");
	int row = query == NULL ? -1 : store_step(query);

	store_query_free(query);
	return row;
}

static int
relink(struct work *w)
{
	int some = has_deployments(w);

	if (some < 0 || (some > 0 && read_commits(w) != 0) ||
	    (some > 0 && read_parents(w) != 0) || read_deployments(w) != 0 ||
	    read_pulls(w) != 0 || link_chains(w) != 0)
		return -1;
	w->counts->commits = chains_count(w->chains);
	w->counts->deployments = w->deployment_count;
	w->counts->chains = w->chain_count;
	w->counts->pulls = w->pull_count;
	return write_pulls(w);
}

int
links_relink(struct store *store, const struct links_repo *repo,
	     struct links_counts *counts)
{
	struct work w = { .rows = { store, repo->client, repo->repo,
				    &counts->changed },
			  .repo = repo,
			  .counts = counts };
	size_t c;
	int failed;

	*counts = (struct links_counts){ 0 };
	w.chains = chains_open();
	failed = relink(&w);
	for (c = 0; c < w.chain_count; c++)
		free(w.chain[c].environment);
	free(w.chain);
	free(w.ids);
	free(w.finished);
	free(w.heads);
	free(w.pulls);
	free(w.owner);
	chains_close(w.chains);
	return failed;
}
