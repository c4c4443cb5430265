#include "storage/lineage.h"

#include <stdlib.h>
#include <string.h>

static struct store_query *
ask(struct store *store, const char *sql, int64_t client, const char *repo)
{
	struct store_query *query = store_query(store, sql);

	if (query == NULL)
		return NULL;
	store_bind_int(query, 1, client);
	store_bind_string(query, 2, repo);
	return query;
}

/* Deleted commits keep their rows in commit_parents; they are few. */
static struct shas *
read_deleted(struct store *store, int64_t client, const char *repo)
{
	struct store_query *query =
		ask(store,
		    "SELECT sha FROM commits c INDEXED BY commits_deleted"
		    " WHERE client_id = ?1 AND repo = ?2"
		    " AND deleted_at IS NOT NULL AND NOT EXISTS (SELECT 1"
		    " FROM commits n WHERE n.client_id = c.client_id"
		    " AND n.repo = c.repo AND n.sha = c.sha"
		    " AND n.deleted_at IS NULL) ORDER BY sha",
		    client, repo);
	struct shas *deleted = shas_open();
	struct shas_key key;
	const char *sha;
	int row = -1;
	size_t len;

	while (query != NULL && (row = store_step(query)) == 1) {
		sha = store_text(query, 0, &len);
		if (shas_key(sha, len, &key))
			shas_add(deleted, &key);
	}
	store_query_free(query);
	if (row == 0)
		return deleted;
	shas_close(deleted);
	return NULL;
}

static bool
is_deleted(struct shas *deleted, const char *sha, size_t len)
{
	struct shas_key key;

	return shas_count(deleted) > 0 && shas_key(sha, len, &key) &&
	       shas_find(deleted, &key) != SHAS_NONE;
}

/* In the order of shas, which chains like. */
static int
read_parents(struct store_query *query, struct shas *deleted,
	     struct chains *chains)
{
	const char *sha, *parent;
	size_t len, parent_len;
	int row;

	while ((row = store_step(query)) == 1) {
		sha = store_text(query, 0, &len);
		if (is_deleted(deleted, sha, len))
			continue;
		parent = store_text(query, 1, &parent_len);
		chains_parent(chains, chains_commit(chains, sha, len), parent,
			      parent_len);
	}
	return row;
}

struct chains *
lineage_read(struct store *store, int64_t client, const char *repo)
{
	struct shas *deleted = read_deleted(store, client, repo);
	struct chains *chains = chains_open();
	struct store_query *query =
		ask(store,
		    "SELECT sha, parent_sha FROM commit_parents"
		    " WHERE client_id = ?1 AND repo = ?2 ORDER BY sha",
		    client, repo);

	if (deleted == NULL || query == NULL ||
	    read_parents(query, deleted, chains) != 0) {
		chains_close(chains);
		chains = NULL;
	}
	store_query_free(query);
	shas_close(deleted);
	return chains;
}

int
lineage_complete(struct store *store, int64_t client, const char *repo,
		 struct chains *chains)
{
	struct store_query *query =
		ask(store,
		    "SELECT 1 FROM commits WHERE client_id = ?1 AND repo = ?2"
		    " AND sha = ?3 AND deleted_at IS NULL",
		    client, repo);
	char(*shas)[CHAINS_SHA_SIZE];
	size_t count, i;
	int row = 0;

	if (query == NULL)
		return -1;
	count = chains_unknown(chains, &shas);
	for (i = 0; i < count && row >= 0; i++) {
		size_t len = strlen(shas[i]);

		store_bind_text(query, 3, shas[i], len);
		row = store_step(query);
		if (row == 1)
			chains_commit(chains, shas[i], len);
		store_reset(query);
	}
	store_query_free(query);
	free(shas);
	return row < 0 ? -1 : 0;
}
