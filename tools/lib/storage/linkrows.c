#include "storage/linkrows.h"

#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

struct store_query *
linkrows_ask(const struct linkrows *rows, const char *sql)
{
	struct store_query *query = store_query(rows->store, sql);

	if (query == NULL)
		return NULL;
	store_bind_int(query, 1, rows->client);
	store_bind_string(query, 2, rows->repo);
	return query;
}

/* Runs a statement that writes one row. */
static int
write_row(const struct linkrows *rows, struct store_query *query)
{
	++*rows->changed;
	return store_step(query) == 0 ? 0 : -1;
}

static bool
is_owned(const struct linkrows_owned *owned, uint32_t commit)
{
	return owned->owner[commit] < CHAINS_HISTORY;
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
delete_stale(const struct linkrows *rows, const char *environment,
	     const struct stale *stale)
{
	struct store_query *query = linkrows_ask(
		rows, "DELETE FROM deployment_commits WHERE client_id = ?1"
		      " AND repo = ?2 AND environment = ?3 AND sha = ?4");
	int failed = 0;
	size_t i;

	if (query == NULL)
		return -1;
	store_bind_string(query, 3, environment);
	for (i = 0; i < stale->count && !failed; i++) {
		store_bind_string(query, 4, stale->shas[i]);
		failed = write_row(rows, query);
	}
	store_query_free(query);
	return failed;
}

/* Marks the commits whose row stands, and deletes the rows that must go.  A
 * row with another deployment is overwritten later. */
static int
compare_commits(const struct linkrows *rows, const struct linkrows_owned *owned,
		bool *stands)
{
	struct store_query *query = linkrows_ask(
		rows, "SELECT sha, deployment_id FROM deployment_commits"
		      " WHERE client_id = ?1 AND repo = ?2"
		      " AND environment = ?3");
	struct stale stale = { 0 };
	int row, failed;

	if (query == NULL)
		return -1;
	store_bind_string(query, 3, owned->environment);
	while ((row = store_step(query)) == 1) {
		size_t len;
		const char *sha = store_text(query, 0, &len);
		uint32_t c = chains_find(owned->chains, sha, len);

		if (c == CHAINS_NONE || !is_owned(owned, c))
			add_stale(&stale, sha, len);
		else if (owned->ids[owned->owner[c]] == store_int(query, 1))
			stands[c] = true;
	}
	store_query_free(query);
	failed = row != 0 || delete_stale(rows, owned->environment, &stale);
	free(stale.shas);
	return failed ? -1 : 0;
}

static int
write_commits(const struct linkrows *rows, const struct linkrows_owned *owned,
	      const bool *stands)
{
	struct store_query *query = linkrows_ask(
		rows, "INSERT INTO deployment_commits (client_id, repo,"
		      " environment, deployment_id, sha)"
		      " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE"
		      " SET deployment_id = excluded.deployment_id");
	size_t count = chains_count(owned->chains);
	char sha[CHAINS_SHA_SIZE];
	uint32_t c;
	int failed = 0;

	if (query == NULL)
		return -1;
	store_bind_string(query, 3, owned->environment);
	for (c = 0; c < count && !failed; c++) {
		if (stands[c] || !is_owned(owned, c))
			continue;
		chains_sha(owned->chains, c, sha);
		store_bind_int(query, 4, owned->ids[owned->owner[c]]);
		store_bind_string(query, 5, sha);
		failed = write_row(rows, query);
	}
	store_query_free(query);
	return failed;
}

int
linkrows_commits(const struct linkrows *rows,
		 const struct linkrows_owned *owned)
{
	bool *stands =
		msg_calloc(chains_count(owned->chains) + 1, sizeof(*stands));
	int failed = compare_commits(rows, owned, stands) != 0 ||
		     write_commits(rows, owned, stands) != 0;

	free(stands);
	return failed ? -1 : 0;
}

/* The next environment with rows after that one, NULL for the first; 1 found,
 * 0 none, -1. */
static int
next_environment(const struct linkrows *rows, char **environment)
{
	struct store_query *query = linkrows_ask(
		rows, "SELECT environment FROM deployment_commits"
		      " WHERE client_id = ?1 AND repo = ?2"
		      " AND environment > ?3 ORDER BY environment LIMIT 1");
	const char *found;
	int row;

	if (query == NULL)
		return -1;
	store_bind_string(query, 3, *environment);
	row = store_step(query);
	if (row == 1 && (found = store_text(query, 0, NULL)) != NULL) {
		char *copy = msg_strdup(found);

		free(*environment);
		*environment = copy;
	}
	store_query_free(query);
	return row;
}

static int
delete_environment(const struct linkrows *rows, const char *environment)
{
	struct store_query *query = linkrows_ask(
		rows, "DELETE FROM deployment_commits WHERE client_id = ?1"
		      " AND repo = ?2 AND environment = ?3");
	int row;

	if (query == NULL)
		return -1;
	store_bind_string(query, 3, environment);
	row = store_step(query);
	*rows->changed += (size_t)store_changes(rows->store);
	store_query_free(query);
	return row;
}

static bool
is_kept(const char *const *kept, const char *environment)
{
	for (; *kept != NULL; kept++)
		if (strcmp(*kept, environment) == 0)
			return true;
	return false;
}

int
linkrows_environments(const struct linkrows *rows, const char *const *kept)
{
	char *environment = msg_strdup("");
	int row = 1, failed = 0;

	/* A nameless environment would sort before all others. */
	if (!is_kept(kept, ""))
		failed = delete_environment(rows, "");
	while (!failed && (row = next_environment(rows, &environment)) == 1)
		if (!is_kept(kept, environment))
			failed = delete_environment(rows, environment);
	free(environment);
	return failed || row < 0 ? -1 : 0;
}

static size_t
find_pull(const struct linkrows_pull *pulls, size_t count, int64_t number)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (pulls[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && pulls[low].number == number ? low : count;
}

/* Is a stored row (number, environment, deployment, method) what the pull
 * request should have? */
static bool
holds(const struct linkrows_pull *pull, struct store_query *row)
{
	const char *environment = store_text(row, 1, NULL);
	const char *method = store_text(row, 3, NULL);

	return pull->environment != NULL && environment != NULL &&
	       method != NULL && strcmp(pull->environment, environment) == 0 &&
	       pull->deployment == store_int(row, 2) &&
	       strcmp(pull->method, method) == 0;
}

static int
delete_pulls(const struct linkrows *rows, const int64_t *numbers, size_t count)
{
	struct store_query *query = linkrows_ask(
		rows, "DELETE FROM deployment_pull_requests"
		      " WHERE client_id = ?1 AND repo = ?2 AND number = ?3");
	int failed = 0;
	size_t i;

	if (query == NULL)
		return -1;
	for (i = 0; i < count && !failed; i++) {
		store_bind_int(query, 3, numbers[i]);
		failed = write_row(rows, query);
	}
	store_query_free(query);
	return failed;
}

/* Marks the pull requests whose row stands, and deletes all rows of those that
 * have another one. */
static int
compare_pulls(const struct linkrows *rows, const struct linkrows_pull *pulls,
	      size_t count, bool *stands)
{
	struct store_query *query = linkrows_ask(
		rows, "SELECT number, environment, deployment_id, method"
		      " FROM deployment_pull_requests"
		      " WHERE client_id = ?1 AND repo = ?2 ORDER BY number");
	int64_t *stale = NULL;
	size_t stale_count = 0, room = 0;
	int row, failed;

	if (query == NULL)
		return -1;
	while ((row = store_step(query)) == 1) {
		size_t i = find_pull(pulls, count, store_int(query, 0));

		if (i < count && !stands[i] && holds(&pulls[i], query)) {
			stands[i] = true;
			continue;
		}
		if (stale_count == room) {
			room = room == 0 ? 64 : room * 2;
			stale = msg_realloc(stale, room * sizeof(*stale));
		}
		stale[stale_count++] = store_int(query, 0);
		if (i < count)
			stands[i] = false;
	}
	store_query_free(query);
	failed = row != 0 || delete_pulls(rows, stale, stale_count) != 0;
	free(stale);
	return failed ? -1 : 0;
}

static int
write_pulls(const struct linkrows *rows, const struct linkrows_pull *pulls,
	    size_t count, const bool *stands)
{
	struct store_query *query = linkrows_ask(
		rows, "INSERT INTO deployment_pull_requests (client_id, repo,"
		      " number, environment, deployment_id, method)"
		      " VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
	int failed = 0;
	size_t i;

	if (query == NULL)
		return -1;
	for (i = 0; i < count && !failed; i++) {
		if (pulls[i].environment == NULL || stands[i])
			continue;
		store_bind_int(query, 3, pulls[i].number);
		store_bind_string(query, 4, pulls[i].environment);
		store_bind_int(query, 5, pulls[i].deployment);
		store_bind_string(query, 6, pulls[i].method);
		failed = write_row(rows, query);
	}
	store_query_free(query);
	return failed;
}

int
linkrows_pulls(const struct linkrows *rows, const struct linkrows_pull *pulls,
	       size_t count)
{
	bool *stands = msg_calloc(count + 1, sizeof(*stands));
	int failed = compare_pulls(rows, pulls, count, stands) != 0 ||
		     write_pulls(rows, pulls, count, stands) != 0;

	free(stands);
	return failed ? -1 : 0;
}
