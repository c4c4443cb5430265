#include "storage/absence.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

/* A row whose standing is to be changed. */
struct absent {
	struct value keys[PLANS_KEYS]; /* texts are allocated */
	int64_t gone;		       /* ms, 0: it exists */
};

struct work {
	struct store *store;
	struct plans_plan *plan;
	struct lists *lists;
	const struct lists_place *place;
	struct absent *rows;
	size_t count, size;
	char *key; /* of the row at hand, as the envelope has it */
	size_t key_size;
};

static char *
scan_sql(const struct plans_plan *plan, bool parent)
{
	const struct tables_column *columns = plan->table->columns;
	char *sql;
	size_t len, i;
	FILE *out = open_memstream(&sql, &len);

	if (out == NULL)
		msg_die(EX_OSERR, "cannot make 'SQL': out of memory");
	fprintf(out, "SELECT fetched_ms, deleted_at");
	for (i = 0; i < plan->key_count; i++)
		fprintf(out, ", %s", columns[plan->keys[i]].name);
	fprintf(out, " FROM %s WHERE client_id=?1 AND source=?2",
		plan->table->name);
	if (plan->scope >= 0)
		fprintf(out, " AND %s=?3", columns[plan->scope].name);
	if (parent)
		fprintf(out, " AND %s=?4",
			columns[plan->keys[plan->parent]].name);
	if (fclose(out) != 0)
		msg_die(EX_OSERR, "cannot make 'SQL': out of memory");
	return sql;
}

static struct store_query *
open_scan(const struct work *work)
{
	const struct lists_place *place = work->place;
	bool parent = place->parent.len > 0 &&
		      work->plan->parent < work->plan->key_count;
	struct store_query *query = work->plan->scan[parent];

	if (query == NULL) {
		char *sql = scan_sql(work->plan, parent);

		query = store_query(work->store, sql);
		work->plan->scan[parent] = query;
		free(sql);
	}
	if (query == NULL)
		return NULL;
	store_bind_int(query, 1, place->client);
	store_bind_text(query, 2, place->source.text, place->source.len);
	if (work->plan->scope >= 0)
		store_bind_text(query, 3, place->scope.text, place->scope.len);
	if (parent)
		store_bind_text(query, 4, place->parent.text,
				place->parent.len);
	return query;
}

/* The envelope's key of the row, from its columns. */
static struct value
key_of(struct work *work, struct store_query *scan)
{
	struct value key = { .kind = VALUE_TEXT };
	size_t i;

	for (i = 0; i < work->plan->key_count; i++) {
		size_t len;
		const char *part = store_text(scan, 2 + (int)i, &len);

		if (work->key_size - key.len < len + 2) {
			work->key_size = work->key_size * 2 + len + 64;
			work->key = msg_realloc(work->key, work->key_size);
		}
		if (i > 0)
			work->key[key.len++] = '/';
		memcpy(work->key + key.len, part, len);
		key.len += len;
	}
	key.text = work->key;
	return key;
}

static void
remember(struct work *work, struct store_query *scan, int64_t gone)
{
	struct absent *row;
	size_t i;

	if (work->count == work->size) {
		work->size = work->size * 2 + 64;
		work->rows = msg_realloc(work->rows,
					 work->size * sizeof(*work->rows));
	}
	row = &work->rows[work->count++];
	row->gone = gone;
	for (i = 0; i < work->plan->key_count; i++) {
		struct value *key = &row->keys[i];
		int column = 2 + (int)i;

		key->kind = store_sort(scan, column) == 'i' ? VALUE_INTEGER
							    : VALUE_TEXT;
		key->integer = store_int(scan, column);
		key->text = msg_strdup(store_text(scan, column, &key->len));
	}
}

static int
look_at(struct work *work, struct store_query *scan)
{
	int64_t fetched = store_int(scan, 0), deleted = 0, gone;
	size_t parent = work->plan->parent;
	struct lists_place place = *work->place;
	struct value key = key_of(work, scan);
	bool was = !store_is_null(scan, 1);

	if (was)
		deleted = store_int(scan, 1);
	if (place.parent.len == 0 && parent < work->plan->key_count)
		place.parent.text =
			store_text(scan, 2 + (int)parent, &place.parent.len);
	if (lists_gone(work->lists, &place, &key, fetched, &gone) != 0)
		return -1;
	if (was != (gone != 0) || (was && deleted != gone / 1000))
		remember(work, scan, gone);
	return 0;
}

static int
change(struct work *work, struct store_query *update, const struct absent *row)
{
	const struct plans_plan *plan = work->plan;
	struct value gone = { .kind = row->gone != 0 ? VALUE_INTEGER
						     : VALUE_NULL,
			      .integer = row->gone / 1000 };
	struct value client = { .kind = VALUE_INTEGER,
				.integer = work->place->client };
	size_t i;

	tables_bind(update, (size_t)plan->client, &client);
	tables_bind(update, (size_t)plan->source, &work->place->source);
	if (plan->scope >= 0 && plan->table->columns[plan->scope].key)
		tables_bind(update, (size_t)plan->scope, &work->place->scope);
	for (i = 0; i < plan->key_count; i++)
		tables_bind(update, (size_t)plan->keys[i], &row->keys[i]);
	tables_bind(update, (size_t)plan->deleted, &gone);
	return store_step(update);
}

static int
change_all(struct work *work)
{
	static const char *const only[] = { "deleted_at", NULL };
	struct store_query *update;
	int failed = 0;
	size_t i;

	if (work->count == 0)
		return 0;
	update = tables_update(work->store, work->plan->table, only);
	if (update == NULL)
		return -1;
	for (i = 0; i < work->count && failed == 0; i++) {
		failed = change(work, update, &work->rows[i]);
		if (work->rows[i].gone != 0)
			work->plan->deletions++;
		else
			work->plan->changed++;
	}
	store_query_free(update);
	return failed;
}

int
absence_apply(struct store *store, struct plans_plan *plan, struct lists *lists,
	      const struct lists_place *place, uint64_t *changed)
{
	struct work work = { .store = store,
			     .plan = plan,
			     .lists = lists,
			     .place = place,
			     .key = msg_calloc(64, 1),
			     .key_size = 64 };
	struct store_query *scan = open_scan(&work);
	int row = -1, failed = 0;
	size_t i, k;

	if (scan != NULL)
		while (failed == 0 && (row = store_step(scan)) == 1)
			failed = look_at(&work, scan);
	if (row == 0 && failed == 0)
		failed = change_all(&work);
	else if (scan != NULL)
		store_reset(scan);
	*changed = work.count;
	for (i = 0; i < work.count; i++)
		for (k = 0; k < plan->key_count; k++)
			free((char *)work.rows[i].keys[k].text);
	free(work.rows);
	free(work.key);
	return row < 0 || failed != 0 ? -1 : 0;
}
