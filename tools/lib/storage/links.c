#include "storage/links.h"

#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "records/values.h"
#include "storage/chains.h"
#include "storage/lineage.h"
#include "storage/linkrows.h"
#include "storage/production.h"

/* The successes of one environment: those from first up to end. */
struct chain {
	const char *environment;
	bool production;
	size_t first, end;
};

struct pull {
	int64_t number, merged_at;
	uint32_t wanted;   /* its merge commit, or CHAINS_NONE */
	uint32_t merge;	   /* the same as a commit */
	size_t deployment; /* CHAINS_NONE: to none */
	size_t chain;
	bool by_sha;
};

struct work {
	struct linkrows rows;
	const struct deployments_repo *repo;
	struct links_counts *counts;
	struct deployments list;
	struct chains *chains;
	struct chain *chain;
	size_t chain_count;
	int64_t *ids, *finished; /* by success */
	uint32_t *heads;
	size_t success_count;
	struct pull *pulls;
	size_t pull_count, pull_room;
	uint32_t *owner; /* by commit, of the chain at hand */
};

/* Cuts the successes into chains; they come sorted by environment. */
static void
make_chains(struct work *w)
{
	size_t i, count = w->list.count + 1, s = 0;

	w->ids = msg_calloc(count, sizeof(*w->ids));
	w->finished = msg_calloc(count, sizeof(*w->finished));
	w->heads = msg_calloc(count, sizeof(*w->heads));
	w->chain = msg_calloc(count, sizeof(*w->chain));
	for (i = 0; i < w->list.count; i++) {
		const struct deployment *d = &w->list.items[i];
		struct chain *last = &w->chain[w->chain_count];

		if (!d->success)
			continue;
		if (w->chain_count == 0 ||
		    strcmp(last[-1].environment, d->environment) != 0) {
			*last = (struct chain){ d->environment, d->production,
						s, s };
			w->chain_count++;
			last++;
		}
		w->ids[s] = d->id;
		w->finished[s] = d->finished_at;
		w->heads[s] = d->sha == NULL ? CHAINS_NONE
					     : chains_want(w->chains, d->sha,
							   strlen(d->sha));
		last[-1].end = ++s;
	}
	w->success_count = s;
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
		pull.wanted = chains_want(w->chains, sha, len);
		add_pull(w, pull);
	}
	store_query_free(query);
	return row;
}

/* From what was wanted to the commits that there are. */
static int
find_commits(struct work *w)
{
	size_t i;

	if (w->chain_count == 0)
		return 0;
	if (lineage_complete(w->rows.store, w->rows.client, w->rows.repo,
			     w->chains) != 0)
		return -1;
	for (i = 0; i < w->success_count; i++)
		w->heads[i] = chains_wanted(w->chains, w->heads[i]);
	for (i = 0; i < w->pull_count; i++)
		w->pulls[i].merge =
			chains_wanted(w->chains, w->pulls[i].wanted);
	return 0;
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

static void
walk(struct work *w, size_t c)
{
	const struct chain *chain = &w->chain[c];

	chains_walk(w->chains, w->heads + chain->first,
		    chain->end - chain->first, w->owner);
}

static int64_t
add_number(int64_t digest, int64_t number)
{
	struct value value = { .kind = VALUE_INTEGER, .integer = number };

	return (int64_t)values_digest((uint64_t)digest, &value);
}

static int64_t
add_bytes(int64_t digest, const void *bytes, size_t len)
{
	struct value value = { .kind = VALUE_TEXT, .text = bytes, .len = len };

	return (int64_t)values_digest((uint64_t)digest, &value);
}

/* Who owns what in a chain; a commit goes by its sha, as its number may be
 * another one the next time. */
static int64_t
digest_chain(const struct work *w, size_t c, int64_t digest)
{
	size_t count = chains_count(w->chains), i;
	const struct chain *chain = &w->chain[c];

	digest = add_bytes(digest, chain->environment,
			   strlen(chain->environment));
	for (i = 0; i < count; i++) {
		const struct shas_key *sha;

		if (w->owner[i] >= CHAINS_HISTORY)
			continue;
		sha = chains_key(w->chains, (uint32_t)i);
		digest = add_bytes(digest, sha->bytes, sha->len);
		digest = add_number(digest, w->ids[chain->first + w->owner[i]]);
		w->counts->owned++;
	}
	return digest;
}

/* Links pull requests along all chains; returns the digest of the commits. */
static int64_t
link_chains(struct work *w)
{
	int64_t digest = 1;
	size_t c;

	w->owner = msg_calloc(chains_count(w->chains) + 1, sizeof(*w->owner));
	for (c = 0; c < w->chain_count; c++) {
		walk(w, c);
		digest = digest_chain(w, c, digest);
		if (w->chain[c].production)
			link_pulls(w, c);
	}
	return digest != 0 ? digest : 1;
}

static int
write_chain(struct work *w, size_t c)
{
	const struct chain *chain = &w->chain[c];
	struct linkrows_owned owned = { chain->environment, w->chains, w->owner,
					w->ids + chain->first };

	walk(w, c);
	return linkrows_commits(&w->rows, &owned);
}

static int
write_commits(struct work *w)
{
	const char **kept = msg_calloc(w->chain_count + 1, sizeof(char *));
	int failed = 0;
	size_t c;

	for (c = 0; c < w->chain_count && !failed; c++) {
		failed = write_chain(w, c);
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

/* Without deployments nobody needs the history. */
static int
read_lineage(struct work *w)
{
	if (w->list.count == 0)
		w->chains = chains_open();
	else
		w->chains = lineage_read(w->rows.store, w->rows.client,
					 w->rows.repo);
	return w->chains != NULL ? 0 : -1;
}

static int
relink(struct work *w, int64_t *digest)
{
	int64_t before = *digest;

	if (deployments_read(w->rows.store, w->repo, &w->list) != 0 ||
	    read_lineage(w) != 0)
		return -1;
	make_chains(w);
	if (read_pulls(w) != 0 || find_commits(w) != 0)
		return -1;
	*digest = link_chains(w);
	w->counts->commits = chains_count(w->chains);
	w->counts->deployments = w->success_count;
	w->counts->chains = w->chain_count;
	w->counts->pulls = w->pull_count;
	if (*digest != before && write_commits(w) != 0)
		return -1;
	return write_pulls(w);
}

static const char *
service_of(const struct deployments_repo *repo)
{
	size_t service = services_of_repo(repo->services, repo->repo);

	return service != SERVICES_NONE
		       ? services_at(repo->services, service)->name
		       : NULL;
}

int
links_relink(struct store *store, const struct deployments_repo *repo,
	     int64_t *digest, struct links_counts *counts)
{
	struct work w = { .rows = { store, repo->client, repo->repo,
				    &counts->changed },
			  .repo = repo,
			  .counts = counts };
	int failed;

	*counts = (struct links_counts){ 0 };
	failed = relink(&w, digest) != 0 ||
		 production_write(&w.rows, service_of(repo), &w.list) != 0;
	deployments_free(&w.list);
	free(w.chain);
	free(w.ids);
	free(w.finished);
	free(w.heads);
	free(w.pulls);
	free(w.owner);
	chains_close(w.chains);
	return failed ? -1 : 0;
}
