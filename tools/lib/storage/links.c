#include "storage/links.h"

#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "storage/chains.h"

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
	bool stands; /* its row is there as it should be */
};

struct work {
	struct store *store;
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
	bool *stands;	 /* by commit: its row is there as it should be */
};

/* A statement whose first two parameters are the client and the repository. */
static struct store_query *
ask(const struct work *w, const char *sql)
{
	struct store_query *query = store_query(w->store, sql);

	if (query == NULL)
		return NULL;
	store_bind_int(query, 1, w->repo->client);
	store_bind_text(query, 2, w->repo->repo, strlen(w->repo->repo));
	return query;
}

static int
read_commits(struct work *w)
{
	struct store_query *query =
		ask(w, "SELECT sha FROM commits WHERE client_id = ?1"
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
	struct store_query *query =
		ask(w, "SELECT sha, parent_sha FROM commit_parents"
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
	struct store_query *query = ask(
		w, "WITH d AS MATERIALIZED (SELECT * FROM deployment_results"
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
	struct store_query *query =
		ask(w, "SELECT number, merged_at, coalesce(merge_commit_sha,"
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

static bool
is_owned(const struct work *w, uint32_t commit)
{
	return w->owner[commit] < CHAINS_HISTORY;
}

/* Runs a statement that writes one row. */
static int
write_row(const struct work *w, struct store_query *query)
{
	w->counts->changed++;
	return store_step(query) == 0 ? 0 : -1;
}

static int
write_commits(struct work *w, const struct chain *chain)
{
	struct store_query *query =
		ask(w, "INSERT INTO deployment_commits (client_id, repo,"
		       " environment, deployment_id, sha)"
		       " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE"
		       " SET deployment_id = excluded.deployment_id");
	size_t count = chains_count(w->chains);
	char sha[CHAINS_SHA_SIZE];
	uint32_t c;
	int failed = 0;

	if (query == NULL)
		return -1;
	store_bind_text(query, 3, chain->environment,
			strlen(chain->environment));
	for (c = 0; c < count && !failed; c++) {
		if (!is_owned(w, c))
			continue;
		w->counts->owned++;
		if (w->stands[c])
			continue;
		chains_sha(w->chains, c, sha);
		store_bind_int(query, 4, w->ids[chain->first + w->owner[c]]);
		store_bind_text(query, 5, sha, strlen(sha));
		failed = write_row(w, query);
	}
	store_query_free(query);
	return failed ? -1 : 0;
}

/* Rows that no longer hold, deleted when all have been read: a table must not
 * change under the statement that reads it. */
struct stale {
	char (*shas)[CHAINS_SHA_SIZE];
	size_t count, room;
};

static void
add_stale(struct stale *stale, const char *sha, size_t len)
{
	if (stale->count == stale->room) {
		stale->room = stale->room == 0 ? 64 : stale->room * 2;
		stale->shas = msg_realloc(stale->shas,
					  stale->room * sizeof(*stale->shas));
	}
	if (len >= CHAINS_SHA_SIZE)
		len = CHAINS_SHA_SIZE - 1;
	memcpy(stale->shas[stale->count], sha, len);
	stale->shas[stale->count++][len] = '\0';
}

static int
delete_stale(struct work *w, const struct chain *chain,
	     const struct stale *stale)
{
	struct store_query *query =
		ask(w, "DELETE FROM deployment_commits WHERE client_id = ?1"
		       " AND repo = ?2 AND environment = ?3 AND sha = ?4");
	int failed = 0;
	size_t i;

	if (query == NULL)
		return -1;
	store_bind_text(query, 3, chain->environment,
			strlen(chain->environment));
	for (i = 0; i < stale->count && !failed; i++) {
		store_bind_text(query, 4, stale->shas[i],
				strlen(stale->shas[i]));
		failed = write_row(w, query);
	}
	store_query_free(query);
	return failed;
}

/* Looks which rows of the chain stand already, and deletes those that must
 * go.  A row with another deployment is overwritten later. */
static int
compare_commits(struct work *w, const struct chain *chain)
{
	struct store_query *query =
		ask(w, "SELECT sha, deployment_id FROM deployment_commits"
		       " WHERE client_id = ?1 AND repo = ?2"
		       " AND environment = ?3");
	struct stale stale = { 0 };
	int row, failed;

	if (query == NULL)
		return -1;
	memset(w->stands, 0, chains_count(w->chains) * sizeof(*w->stands));
	store_bind_text(query, 3, chain->environment,
			strlen(chain->environment));
	while ((row = store_step(query)) == 1) {
		size_t len;
		const char *sha = store_text(query, 0, &len);
		uint32_t c = chains_find(w->chains, sha, len);

		if (c == CHAINS_NONE || !is_owned(w, c))
			add_stale(&stale, sha, len);
		else if (w->ids[chain->first + w->owner[c]] ==
			 store_int(query, 1))
			w->stands[c] = true;
	}
	store_query_free(query);
	failed = row != 0 || delete_stale(w, chain, &stale) != 0;
	free(stale.shas);
	return failed ? -1 : 0;
}

/* The next environment with rows after that one; 1 found, 0 none, -1. */
static int
next_environment(struct work *w, char **environment)
{
	struct store_query *query =
		ask(w, "SELECT environment FROM deployment_commits"
		       " WHERE client_id = ?1 AND repo = ?2"
		       " AND (?3 IS NULL OR environment > ?3)"
		       " ORDER BY environment LIMIT 1");
	int row;

	if (query == NULL)
		return -1;
	store_bind_text(query, 3, *environment,
			*environment == NULL ? 0 : strlen(*environment));
	row = store_step(query);
	if (row == 1) {
		char *found = msg_strdup(store_text(query, 0, NULL));

		free(*environment);
		*environment = found;
	}
	store_query_free(query);
	return row;
}

static int
delete_environment(struct work *w, const char *environment)
{
	struct store_query *query =
		ask(w, "DELETE FROM deployment_commits WHERE client_id = ?1"
		       " AND repo = ?2 AND environment = ?3");
	int row;

	if (query == NULL)
		return -1;
	store_bind_text(query, 3, environment, strlen(environment));
	row = store_step(query);
	w->counts->changed += (size_t)store_changes(w->store);
	store_query_free(query);
	return row;
}

/* Environments that no longer have a chain keep no rows. */
static int
delete_environments(struct work *w)
{
	char *environment = NULL;
	int row, failed = 0;
	size_t c;

	while (!failed && (row = next_environment(w, &environment)) != 0) {
		if (row < 0)
			break;
		for (c = 0; c < w->chain_count; c++)
			if (strcmp(w->chain[c].environment, environment) == 0)
				break;
		if (c == w->chain_count)
			failed = delete_environment(w, environment);
	}
	free(environment);
	return failed || row < 0 ? -1 : 0;
}

static struct pull *
find_pull(const struct work *w, int64_t number)
{
	size_t low = 0, high = w->pull_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (w->pulls[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low < w->pull_count && w->pulls[low].number == number
		       ? &w->pulls[low]
		       : NULL;
}

static const char *
method_of(const struct pull *pull)
{
	return pull->by_sha ? "sha" : "time";
}

/* Is a stored row (number, environment, deployment, method) what it should
 * be? */
static bool
holds(const struct work *w, struct store_query *row)
{
	struct pull *pull = find_pull(w, store_int(row, 0));

	if (pull == NULL || pull->deployment == CHAINS_NONE ||
	    strcmp(w->chain[pull->chain].environment,
		   store_text(row, 1, NULL)) != 0 ||
	    w->ids[pull->deployment] != store_int(row, 2) ||
	    strcmp(method_of(pull), store_text(row, 3, NULL)) != 0)
		return false;
	pull->stands = true;
	return true;
}

static int
delete_pulls(struct work *w, const int64_t *numbers, size_t count)
{
	struct store_query *query =
		ask(w, "DELETE FROM deployment_pull_requests"
		       " WHERE client_id = ?1 AND repo = ?2 AND number = ?3");
	int failed = 0;
	size_t i;

	if (query == NULL)
		return -1;
	for (i = 0; i < count && !failed; i++) {
		struct pull *pull = find_pull(w, numbers[i]);

		if (pull != NULL)
			pull->stands = false;
		store_bind_int(query, 3, numbers[i]);
		failed = write_row(w, query);
	}
	store_query_free(query);
	return failed;
}

static int
compare_pulls(struct work *w)
{
	struct store_query *query =
		ask(w, "SELECT number, environment, deployment_id, method"
		       " FROM deployment_pull_requests"
		       " WHERE client_id = ?1 AND repo = ?2");
	int64_t *stale = NULL;
	size_t count = 0, room = 0;
	int row, failed;

	if (query == NULL)
		return -1;
	while ((row = store_step(query)) == 1) {
		if (holds(w, query))
			continue;
		if (count == room) {
			room = room == 0 ? 64 : room * 2;
			stale = msg_realloc(stale, room * sizeof(*stale));
		}
		stale[count++] = store_int(query, 0);
	}
	store_query_free(query);
	failed = row != 0 || delete_pulls(w, stale, count) != 0;
	free(stale);
	return failed ? -1 : 0;
}

static int
write_pulls(struct work *w)
{
	struct store_query *query =
		ask(w, "INSERT INTO deployment_pull_requests (client_id, repo,"
		       " number, environment, deployment_id, method)"
		       " VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
	int failed = 0;
	size_t i;

	if (query == NULL)
		return -1;
	for (i = 0; i < w->pull_count && !failed; i++) {
		const struct pull *pull = &w->pulls[i];
		const char *environment;

		if (pull->deployment == CHAINS_NONE)
			continue;
		*(pull->by_sha ? &w->counts->by_sha : &w->counts->by_time) += 1;
		if (pull->stands)
			continue;
		environment = w->chain[pull->chain].environment;
		store_bind_int(query, 3, pull->number);
		store_bind_text(query, 4, environment, strlen(environment));
		store_bind_int(query, 5, w->ids[pull->deployment]);
		store_bind_text(query, 6, method_of(pull),
				strlen(method_of(pull)));
		failed = write_row(w, query);
	}
	store_query_free(query);
	return failed;
}

static int
link_chain(struct work *w, size_t c)
{
	const struct chain *chain = &w->chain[c];

	chains_walk(w->chains, w->heads + chain->first,
		    chain->end - chain->first, w->owner);
	if (chain->production)
		link_pulls(w, c);
	return compare_commits(w, chain) != 0 || write_commits(w, chain) != 0
		       ? -1
		       : 0;
}

static int
relink(struct work *w)
{
	size_t c;

	if (read_commits(w) != 0 || read_parents(w) != 0 ||
	    read_deployments(w) != 0 || read_pulls(w) != 0)
		return -1;
	w->owner = msg_calloc(chains_count(w->chains) + 1, sizeof(*w->owner));
	w->stands = msg_calloc(chains_count(w->chains) + 1, sizeof(*w->stands));
	for (c = 0; c < w->chain_count; c++)
		if (link_chain(w, c) != 0)
			return -1;
	w->counts->commits = chains_count(w->chains);
	w->counts->deployments = w->deployment_count;
	w->counts->chains = w->chain_count;
	w->counts->pulls = w->pull_count;
	return delete_environments(w) != 0 || compare_pulls(w) != 0 ||
			       write_pulls(w) != 0
		       ? -1
		       : 0;
}

int
links_relink(struct store *store, const struct links_repo *repo,
	     struct links_counts *counts)
{
	struct work w = { .store = store, .repo = repo, .counts = counts };
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
	free(w.stands);
	chains_close(w.chains);
	return failed;
}
