#include "storage/production.h"

#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

enum column {
	COLUMN_ID,
	COLUMN_KIND,
	COLUMN_SERVICE,
	COLUMN_ENVIRONMENT,
	COLUMN_SHA,
	COLUMN_STARTED,
	COLUMN_FINISHED,
	COLUMN_RESULT,
	COLUMN_REWORK
};

/* A deployment that should have a row. */
struct want {
	const struct deployment *deployment;
	bool stands;
};

struct wants {
	struct want *items; /* by id */
	size_t count;
	const char *service;
};

static int
compare(const void *a, const void *b)
{
	int64_t x = ((const struct want *)a)->deployment->id;
	int64_t y = ((const struct want *)b)->deployment->id;

	return (x > y) - (x < y);
}

/* Each id once, should a second source have it too. */
static struct wants
make_wants(const struct deployments *list, const char *service)
{
	struct wants wants = { .service = service };
	size_t i, count = 0;

	wants.items = msg_calloc(list->count + 1, sizeof(*wants.items));
	for (i = 0; i < list->count; i++)
		if (list->items[i].production)
			wants.items[count++].deployment = &list->items[i];
	qsort(wants.items, count, sizeof(*wants.items), compare);
	for (i = 0; i < count; i++)
		if (i == 0 ||
		    compare(&wants.items[i], &wants.items[i - 1]) != 0)
			wants.items[wants.count++] = wants.items[i];
	return wants;
}

static struct want *
find(const struct wants *wants, int64_t id)
{
	struct deployment named = { .id = id };
	struct want key = { .deployment = &named };

	return bsearch(&key, wants->items, wants->count, sizeof(key), compare);
}

static bool
is_text(struct store_query *row, enum column column, const char *text)
{
	const char *stored = store_text(row, column, NULL);

	if (stored == NULL || text == NULL)
		return stored == text;
	return strcmp(stored, text) == 0;
}

static const char *
kind_of(const struct deployment *d)
{
	return d->release ? "release" : "deployment";
}

static const char *
result_of(const struct deployment *d)
{
	return d->success ? "success" : "failure";
}

static bool
holds(const struct deployment *d, const char *service, struct store_query *row)
{
	return is_text(row, COLUMN_KIND, kind_of(d)) &&
	       is_text(row, COLUMN_SERVICE, service) &&
	       is_text(row, COLUMN_ENVIRONMENT, d->environment) &&
	       is_text(row, COLUMN_SHA, d->sha) &&
	       store_is_null(row, COLUMN_STARTED) == !d->has_start &&
	       store_int(row, COLUMN_STARTED) == d->started_at &&
	       store_int(row, COLUMN_FINISHED) == d->finished_at &&
	       is_text(row, COLUMN_RESULT, result_of(d)) &&
	       is_text(row, COLUMN_REWORK, d->rework);
}

static int
delete_rows(const struct linkrows *rows, const int64_t *ids, size_t count)
{
	struct store_query *query = linkrows_ask(
		rows, "DELETE FROM production_deployments WHERE client_id = ?1"
		      " AND repo = ?2 AND id = ?3");
	int row = 0;
	size_t i;

	if (query == NULL)
		return -1;
	for (i = 0; i < count && row == 0; i++) {
		store_bind_int(query, 3, ids[i]);
		row = store_step(query);
		++*rows->changed;
	}
	store_query_free(query);
	return row;
}

/* Marks what stands and deletes what nobody wants. */
static int
compare_rows(const struct linkrows *rows, const struct wants *wants)
{
	struct store_query *query = linkrows_ask(
		rows, "SELECT id, kind, service, environment, sha, started_at,"
		      " finished_at, result, rework FROM production_deployments"
		      " WHERE client_id = ?1 AND repo = ?2");
	int64_t *stale = NULL;
	size_t count = 0;
	int row, failed;

	if (query == NULL)
		return -1;
	while ((row = store_step(query)) == 1) {
		int64_t id = store_int(query, COLUMN_ID);
		struct want *want = find(wants, id);

		if (want != NULL) {
			want->stands =
				holds(want->deployment, wants->service, query);
			continue;
		}
		stale = msg_realloc(stale, (count + 1) * sizeof(*stale));
		stale[count++] = id;
	}
	store_query_free(query);
	failed = row != 0 || delete_rows(rows, stale, count) != 0;
	free(stale);
	return failed ? -1 : 0;
}

static void
bind(struct store_query *query, const struct deployment *d, const char *service)
{
	store_bind_int(query, 3, d->id);
	store_bind_string(query, 4, kind_of(d));
	store_bind_string(query, 5, service);
	store_bind_string(query, 6, d->environment);
	store_bind_string(query, 7, d->sha);
	if (d->has_start)
		store_bind_int(query, 8, d->started_at);
	else
		store_bind_null(query, 8);
	store_bind_int(query, 9, d->finished_at);
	store_bind_string(query, 10, result_of(d));
	store_bind_string(query, 11, d->rework);
}

static int
write_rows(const struct linkrows *rows, const struct wants *wants)
{
	struct store_query *query = linkrows_ask(
		rows,
		"REPLACE INTO production_deployments (client_id, repo, id,"
		" kind, service, environment, sha, started_at, finished_at,"
		" result, rework)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)");
	int row = 0;
	size_t i;

	if (query == NULL)
		return -1;
	for (i = 0; i < wants->count && row == 0; i++) {
		if (wants->items[i].stands)
			continue;
		bind(query, wants->items[i].deployment, wants->service);
		row = store_step(query);
		++*rows->changed;
	}
	store_query_free(query);
	return row;
}

int
production_write(const struct linkrows *rows, const char *service,
		 const struct deployments *list)
{
	struct wants wants = make_wants(list, service);
	int failed = compare_rows(rows, &wants) != 0 ||
		     write_rows(rows, &wants) != 0;

	free(wants.items);
	return failed ? -1 : 0;
}
