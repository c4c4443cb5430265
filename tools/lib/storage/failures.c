#include "storage/failures.h"

#include <stdlib.h>
#include <string.h>

#include "base/jsonw.h"
#include "base/msg.h"
#include "records/json.h"

enum { TIMES = 32 }; /* kept per item */

/* A row of the table, read, changed and written back. */
struct row {
	struct failures_failure latest; /* at 0: never failed */
	int64_t resolved;
	int64_t times[TIMES + 1]; /* the latest first */
	size_t count;
};

struct failures {
	struct store *store;
	struct store_query *look, *put, *reached, *open, *scope;
	struct row row;
	char *texts; /* class and reason of the row */
};

static const char look_sql[] =
	"SELECT class, reason, http, not_before, failed_ms, resolved_ms, times "
	"FROM failures WHERE client_id=?1 AND job_name=?2 AND scope=?3 AND "
	"entity=?4 AND key=?5";
static const char put_sql[] =
	"INSERT OR REPLACE INTO failures (client_id, job_name, scope, entity, "
	"key, class, reason, http, not_before, failed_ms, failed_at, "
	"resolved_ms, resolved_at, attempts, times) VALUES (?1,?2,?3,?4,?5,"
	"?6,?7,?8,?9,?10,nullif(?10,0)/1000,?11,"
	"CASE WHEN ?10<=?11 THEN ?11/1000 END,?12,?13)";
static const char reached_sql[] =
	"SELECT reached_ms FROM scopes WHERE client_id=?1 AND job_name=?2 AND "
	"scope=?3";
static const char open_sql[] =
	"SELECT entity FROM failures WHERE client_id=?1 AND job_name=?2 AND "
	"scope=?3 AND key='' AND resolved_ms<?4";
static const char scope_sql[] =
	"SELECT job_name, entity, key FROM failures WHERE client_id=?1 AND "
	"scope=?2";

struct failures *
failures_open(struct store *store)
{
	struct failures *failures = msg_calloc(1, sizeof(*failures));

	failures->store = store;
	failures->look = store_query(store, look_sql);
	failures->put = store_query(store, put_sql);
	failures->reached = store_query(store, reached_sql);
	failures->open = store_query(store, open_sql);
	failures->scope = store_query(store, scope_sql);
	if (failures->look != NULL && failures->put != NULL &&
	    failures->reached != NULL && failures->open != NULL &&
	    failures->scope != NULL)
		return failures;
	failures_close(failures);
	return NULL;
}

void
failures_close(struct failures *failures)
{
	if (failures == NULL)
		return;
	store_query_free(failures->look);
	store_query_free(failures->put);
	store_query_free(failures->reached);
	store_query_free(failures->open);
	store_query_free(failures->scope);
	free(failures->texts);
	free(failures);
}

static void
bind(struct store_query *query, int place, const struct value *value)
{
	store_bind_text(query, place, value->text, value->len);
}

static void
bind_item(struct store_query *query, const struct failures_item *item)
{
	store_bind_int(query, 1, item->client);
	bind(query, 2, &item->job);
	bind(query, 3, &item->scope);
	bind(query, 4, &item->entity);
	bind(query, 5, &item->key);
}

/* A time among the latest, once. */
static void
add_time(struct row *row, int64_t at)
{
	size_t i = row->count;

	while (i > 0 && row->times[i - 1] < at) {
		row->times[i] = row->times[i - 1];
		i--;
	}
	if (i > 0 && row->times[i - 1] == at) {
		memmove(&row->times[i], &row->times[i + 1],
			(row->count - i) * sizeof(row->times[0]));
		return;
	}
	row->times[i] = at;
	row->count += row->count < TIMES;
}

static void
read_times(struct row *row, const char *text, size_t len)
{
	struct json_span list = { .at = text, .len = len, .type = JSON_ARRAY };
	struct json_span key, item;
	struct json_walk walk;
	int64_t at;

	if (json_scan(NULL, text, len, NULL, NULL) != 0)
		return;
	walk = json_walk(&list);
	while (json_next(&walk, &key, &item))
		if (json_int(&item, &at))
			add_time(row, at);
}

/* Copies, since the statement that lends the texts is run again. */
static void
keep_texts(struct failures *failures)
{
	struct failures_failure *latest = &failures->row.latest;
	char *texts = msg_calloc(latest->class.len + latest->reason.len + 1, 1);

	if (latest->class.len > 0)
		memcpy(texts, latest->class.text, latest->class.len);
	if (latest->reason.len > 0)
		memcpy(texts + latest->class.len, latest->reason.text,
		       latest->reason.len);
	latest->class.text = texts;
	latest->reason.text = texts + latest->class.len;
	free(failures->texts);
	failures->texts = texts;
}

static int
read_row(struct failures *failures, const struct failures_item *item)
{
	struct store_query *look = failures->look;
	struct row *row = &failures->row;
	const char *times;
	size_t len;
	int found;

	*row = (struct row){ .latest.item = *item };
	bind_item(look, item);
	if ((found = store_step(look)) < 0)
		return -1;
	if (found == 1) {
		row->latest.class.text =
			store_text(look, 0, &row->latest.class.len);
		row->latest.reason.text =
			store_text(look, 1, &row->latest.reason.len);
		row->latest.http = store_int(look, 2);
		row->latest.not_before = store_int(look, 3) * 1000;
		row->latest.at = store_int(look, 4);
		row->resolved = store_int(look, 5);
		times = store_text(look, 6, &len);
		read_times(row, times, len);
	}
	keep_texts(failures);
	store_reset(look);
	return 0;
}

static void
bind_some(struct store_query *query, int place, int64_t value)
{
	if (value != 0)
		store_bind_int(query, place, value);
	else
		store_bind_null(query, place);
}

static int
write_row(struct failures *failures)
{
	struct store_query *put = failures->put;
	struct row *row = &failures->row;
	struct jsonw times = { 0 };
	int64_t attempts = 0;
	size_t i;
	int result;

	jsonw_open(&times, '[');
	for (i = 0; i < row->count; i++) {
		jsonw_int(&times, row->times[i]);
		attempts += row->times[i] > row->resolved;
	}
	jsonw_close(&times, ']');
	bind_item(put, &row->latest.item);
	if (row->latest.at != 0) {
		bind(put, 6, &row->latest.class);
		bind(put, 7, &row->latest.reason);
	} else {
		store_bind_null(put, 6);
		store_bind_null(put, 7);
	}
	bind_some(put, 8, row->latest.http);
	bind_some(put, 9, row->latest.not_before / 1000);
	store_bind_int(put, 10, row->latest.at);
	store_bind_int(put, 11, row->resolved);
	store_bind_int(put, 12, attempts);
	store_bind_text(put, 13, times.text, times.len);
	result = store_step(put);
	jsonw_free(&times);
	return result;
}

static int
compare(const struct value *a, const struct value *b)
{
	size_t len = a->len < b->len ? a->len : b->len;
	int order = len == 0 ? 0 : memcmp(a->text, b->text, len);

	return order != 0 ? order : (a->len > b->len) - (a->len < b->len);
}

/* The later one; of two at the same time always the same one. */
static bool
supersedes(const struct failures_failure *a, const struct failures_failure *b)
{
	int order;

	if (a->at != b->at)
		return a->at > b->at;
	if ((order = compare(&a->class, &b->class)) != 0 ||
	    (order = compare(&a->reason, &b->reason)) != 0)
		return order > 0;
	if (a->http != b->http)
		return a->http > b->http;
	return a->not_before > b->not_before;
}

/* When the scope last got on, which resolves what failed of it as a whole. */
static int
add_reached(struct failures *failures, const struct failures_item *item)
{
	int found;

	if (item->key.len > 0)
		return 0;
	store_bind_int(failures->reached, 1, item->client);
	bind(failures->reached, 2, &item->job);
	bind(failures->reached, 3, &item->scope);
	if ((found = store_step(failures->reached)) == 1) {
		int64_t reached = store_int(failures->reached, 0);

		if (reached > failures->row.resolved)
			failures->row.resolved = reached;
		store_reset(failures->reached);
	}
	return found < 0 ? -1 : 0;
}

int
failures_add(struct failures *failures, const struct failures_failure *failure)
{
	struct row *row = &failures->row;

	if (read_row(failures, &failure->item) != 0 ||
	    add_reached(failures, &failure->item) != 0)
		return -1;
	add_time(row, failure->at);
	if (supersedes(failure, &row->latest))
		row->latest = *failure;
	return write_row(failures);
}

int
failures_resolve(struct failures *failures, const struct failures_item *item,
		 int64_t at)
{
	int64_t before;

	if (read_row(failures, item) != 0)
		return -1;
	before = failures->row.resolved;
	if (add_reached(failures, item) != 0)
		return -1;
	if (at > failures->row.resolved)
		failures->row.resolved = at;
	if (failures->row.resolved == before)
		return 0;
	return write_row(failures);
}

/* The texts of up to three columns of all rows of a query, one after the
 * other. */
struct found {
	struct value *texts;
	size_t count;
	int row; /* how the query ended */
};

static struct found
gather(struct store_query *query)
{
	struct found found = { NULL, 0, 0 };
	int i, columns = store_columns(query);

	while ((found.row = store_step(query)) == 1) {
		found.texts = msg_realloc(found.texts,
					  (found.count + (size_t)columns) *
						  sizeof(*found.texts));
		for (i = 0; i < columns; i++) {
			struct value *text = &found.texts[found.count++];

			*text = (struct value){ .kind = VALUE_TEXT };
			text->text =
				msg_strdup(store_text(query, i, &text->len));
		}
	}
	return found;
}

static void
free_found(struct found *found)
{
	size_t i;

	for (i = 0; i < found->count; i++)
		free((char *)found->texts[i].text);
	free(found->texts);
}

int
failures_reached(struct failures *failures, const struct failures_item *scope,
		 int64_t at)
{
	struct failures_item item = *scope;
	struct found found;
	int failed = 0;
	size_t i;

	store_bind_int(failures->open, 1, item.client);
	bind(failures->open, 2, &item.job);
	bind(failures->open, 3, &item.scope);
	store_bind_int(failures->open, 4, at);
	found = gather(failures->open);
	item.key = (struct value){ .kind = VALUE_TEXT, .text = "" };
	for (i = 0; i < found.count && failed == 0; i++) {
		item.entity = found.texts[i];
		failed = failures_resolve(failures, &item, at);
	}
	free_found(&found);
	return found.row < 0 || failed != 0 ? -1 : 0;
}

/* One item's failures are added to those of the item under the new name. */
static int
move_one(struct failures *failures, const struct failures_item *from,
	 const struct value *to)
{
	struct failures_item item = *from;
	struct row old;
	char *texts;
	size_t i;
	int failed;

	if (read_row(failures, from) != 0)
		return -1;
	old = failures->row;
	texts = failures->texts;
	failures->texts = NULL;
	item.scope = *to;
	failed = read_row(failures, &item);
	old.latest.item = item;
	for (i = 0; i < old.count; i++)
		add_time(&failures->row, old.times[i]);
	if (supersedes(&old.latest, &failures->row.latest))
		failures->row.latest = old.latest;
	if (old.resolved > failures->row.resolved)
		failures->row.resolved = old.resolved;
	if (failed == 0)
		failed = write_row(failures);
	free(texts);
	return failed;
}

static int
drop(struct failures *failures, int64_t client, const struct value *scope)
{
	struct store_query *query = store_query(
		failures->store, "DELETE FROM failures WHERE client_id=?1 AND "
				 "scope=?2");
	int row;

	if (query == NULL)
		return -1;
	store_bind_int(query, 1, client);
	bind(query, 2, scope);
	row = store_step(query);
	store_query_free(query);
	return row;
}

int
failures_move(struct failures *failures, int64_t client,
	      const struct value *from, const struct value *to)
{
	struct failures_item item = { .client = client, .scope = *from };
	struct found found;
	int failed = 0;
	size_t i;

	store_bind_int(failures->scope, 1, client);
	bind(failures->scope, 2, from);
	found = gather(failures->scope);
	for (i = 0; i + 2 < found.count && failed == 0; i += 3) {
		item.job = found.texts[i];
		item.entity = found.texts[i + 1];
		item.key = found.texts[i + 2];
		failed = move_one(failures, &item, to);
	}
	free_found(&found);
	if (found.row < 0 || failed != 0)
		return -1;
	return drop(failures, client, from);
}
