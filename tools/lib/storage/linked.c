#include "storage/linked.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "base/outcome.h"

int
linked_client(struct store *store, int64_t *client)
{
	struct store_query *query = store_query(
		store, "SELECT min(id) FROM ("
		       "SELECT min(client_id) AS id FROM touched"
		       " WHERE client_id > ?1 UNION ALL"
		       " SELECT min(client_id) FROM linked_repos"
		       " WHERE client_id > ?1 UNION ALL"
		       " SELECT min(client_id) FROM production_incidents"
		       " WHERE client_id > ?1 UNION ALL"
		       " SELECT min(client_id) FROM deployments"
		       " WHERE client_id > ?1 UNION ALL"
		       " SELECT min(client_id) FROM releases"
		       " WHERE client_id > ?1 UNION ALL"
		       " SELECT min(client_id) FROM issues"
		       " WHERE client_id > ?1 UNION ALL"
		       " SELECT min(client_id) FROM github_issues"
		       " WHERE client_id > ?1)");
	int found = -1;

	if (query == NULL)
		return -1;
	store_bind_int(query, 1, *client);
	if (store_step(query) == 1) {
		found = !store_is_null(query, 0);
		*client = store_int(query, 0);
	}
	store_query_free(query);
	return found;
}

int
linked_read(struct store *store, int64_t client, struct linked *linked)
{
	struct store_query *query = store_query(
		store, "WITH known(repo) AS ("
		       "SELECT repo FROM touched WHERE client_id = ?1"
		       " UNION SELECT repo FROM linked_repos"
		       " WHERE client_id = ?1"
		       " UNION SELECT repo FROM deployments"
		       " WHERE client_id = ?1"
		       " UNION SELECT repo FROM releases WHERE client_id = ?1)"
		       "SELECT k.repo, l.settings, coalesce(l.digest, 0),"
		       " EXISTS (SELECT 1 FROM touched t WHERE"
		       " t.client_id = ?1 AND t.repo = k.repo)"
		       " FROM known k LEFT JOIN linked_repos l"
		       " ON l.client_id = ?1 AND l.repo = k.repo ORDER BY 1");
	const char *settings;
	int row;

	*linked = (struct linked){ 0 };
	if (query == NULL)
		return -1;
	store_bind_int(query, 1, client);
	while ((row = store_step(query)) == 1) {
		linked->items = msg_realloc(linked->items,
					    (linked->count + 1) *
						    sizeof(*linked->items));
		settings = store_text(query, 1, NULL);
		linked->items[linked->count++] = (struct linked_repo){
			.repo = msg_strdup(store_text(query, 0, NULL)),
			.settings =
				settings != NULL ? msg_strdup(settings) : NULL,
			.digest = store_int(query, 2),
			.touched = store_int(query, 3) != 0,
		};
	}
	store_query_free(query);
	return row;
}

void
linked_free(struct linked *linked)
{
	size_t i;

	for (i = 0; i < linked->count; i++) {
		free(linked->items[i].repo);
		free(linked->items[i].settings);
	}
	free(linked->items);
	*linked = (struct linked){ 0 };
}

char *
linked_settings(const struct deployments_repo *repo)
{
	size_t service = services_of_repo(repo->services, repo->repo);

	return msg_text("%s\nservice %s\nproduction %s\nrework %s",
			repo->releases ? "releases" : "deployments",
			service == SERVICES_NONE
				? ""
				: services_at(repo->services, service)->name,
			services_production(repo->services, service),
			services_rework(repo->services, service));
}

bool
linked_is_stale(const struct linked_repo *linked, const char *settings)
{
	return linked->touched || linked->settings == NULL ||
	       strcmp(linked->settings, settings) != 0;
}

static int
run(struct store *store, const char *sql, const struct deployments_repo *repo,
    const char *settings, int64_t digest)
{
	struct store_query *query = store_query(store, sql);
	int row;

	if (query == NULL)
		return -1;
	store_bind_int(query, 1, repo->client);
	store_bind_string(query, 2, repo->repo);
	if (settings != NULL) {
		store_bind_string(query, 3, settings);
		store_bind_int(query, 4, digest);
	}
	row = store_step(query);
	store_query_free(query);
	return row;
}

int
linked_note(struct store *store, const struct deployments_repo *repo,
	    const char *settings, int64_t digest)
{
	if (run(store, "DELETE FROM touched WHERE client_id = ?1 AND repo = ?2",
		repo, NULL, 0) != 0)
		return -1;
	return run(store,
		   "INSERT INTO linked_repos (client_id, repo, settings,"
		   " digest) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE"
		   " SET settings = excluded.settings, digest = excluded.digest"
		   " WHERE (settings, digest) IS NOT"
		   " (excluded.settings, excluded.digest)",
		   repo, settings, digest);
}

int
linked_count_stale(struct store *store, int64_t client,
		   const struct services *services, bool releases,
		   size_t *count)
{
	struct linked linked;
	int failed = linked_read(store, client, &linked);
	size_t i;

	*count = 0;
	for (i = 0; i < linked.count; i++) {
		struct deployments_repo repo = { client, linked.items[i].repo,
						 services, releases };
		char *settings = linked_settings(&repo);

		*count += linked_is_stale(&linked.items[i], settings);
		free(settings);
	}
	linked_free(&linked);
	return failed;
}
