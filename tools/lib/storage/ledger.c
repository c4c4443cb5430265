#include "storage/ledger.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/jsonw.h"
#include "base/msg.h"
#include "base/times.h"
#include "records/json.h"
#include "records/values.h"
#include "storage/checkpoint.h"
#include "storage/failures.h"

enum key {
	CLIENT,
	JOB,
	SCOPE,
	AT,
	FROM,
	DATA,
	PUT,
	PART,
	END,
	ENTITY,
	KEY,
	CLASS,
	HTTP,
	REASON,
	NOT_BEFORE,
	OF,
	CHECKED,
	PASSED,
	REJECTED,
	COMPLETENESS,
	ACCURACY,
	CONSISTENCY,
	TIMELINESS,
	RULES,
	KEYS
};

static const char *const names[KEYS] = {
	"client",   "job",	   "scope",	 "at",	     "from",
	"data",	    "put",	   "part",	 "end",	     "entity",
	"key",	    "class",	   "http",	 "reason",   "not_before",
	"of",	    "checked",	   "passed",	 "rejected", "completeness",
	"accuracy", "consistency", "timeliness", "rules"
};

/* A file of cursors that is to be written again. */
struct file {
	int64_t client;
	char *job;
};

struct ledger {
	struct store *store;
	struct renames *renames;
	struct failures *failures;
	struct json_paths *paths;
	struct values_space space;
	struct json_span spans[KEYS];
	struct store_query *cursor, *store_cursor, *reach, *part, *parts,
		*quality, *cursors;
	struct value put; /* of the batch at hand, an allocated text */
	int64_t part_number;
	bool complete; /* its earlier parts are all loaded */
	uint64_t stored, held;
	struct file *files;
	size_t file_count;
};

static const struct {
	size_t where;
	const char *sql;
} queries[] = {
	{ offsetof(struct ledger, cursor),
	  "SELECT checkpoint_data FROM job_checkpoints WHERE client_id=?1 AND "
	  "job_name=?2 AND scope=?3 ORDER BY id DESC LIMIT 1" },
	{ offsetof(struct ledger, store_cursor),
	  "INSERT INTO job_checkpoints (client_id, job_name, scope, "
	  "checkpoint_data, created_at) VALUES (?1,?2,?3,?4,?5)" },
	{ offsetof(struct ledger, reach),
	  "INSERT INTO scopes (client_id, job_name, scope, reached_ms, "
	  "reached_at) VALUES (?1,?2,?3,?4,?4/1000) ON CONFLICT DO UPDATE SET "
	  "reached_ms=excluded.reached_ms, reached_at=excluded.reached_at "
	  "WHERE excluded.reached_ms>reached_ms" },
	{ offsetof(struct ledger, part),
	  "INSERT OR IGNORE INTO loads (put, part, loaded_at) VALUES "
	  "(?1,?2,?3)" },
	{ offsetof(struct ledger, parts),
	  "SELECT count(*) FROM loads WHERE put=?1 AND part>=1 AND part<?2" },
	{ offsetof(struct ledger, quality),
	  "INSERT OR REPLACE INTO data_quality (batch, client_id, "
	  "record_type, checked_at, checked, passed, rejected, completeness, "
	  "accuracy, consistency, timeliness, rules) VALUES "
	  "(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12)" },
	{ offsetof(struct ledger, cursors),
	  "SELECT scope, checkpoint_data FROM job_checkpoints AS c WHERE "
	  "client_id=?1 AND job_name=?2 AND id=(SELECT max(id) FROM "
	  "job_checkpoints AS n WHERE n.client_id=?1 AND n.job_name=?2 AND "
	  "n.scope=c.scope) AND checkpoint_data IS NOT NULL ORDER BY scope" },
};

enum { QUERIES = sizeof(queries) / sizeof(queries[0]) };

static struct store_query **
query_at(struct ledger *ledger, size_t i)
{
	return (struct store_query **)((char *)ledger + queries[i].where);
}

struct ledger *
ledger_open(struct store *store, struct renames *renames, char **why)
{
	struct ledger *ledger = msg_calloc(1, sizeof(*ledger));
	bool fine = true;
	size_t i;

	ledger->store = store;
	ledger->renames = renames;
	ledger->complete = true;
	ledger->paths = json_paths(names, KEYS);
	for (i = 0; i < QUERIES && fine; i++) {
		*query_at(ledger, i) = store_query(store, queries[i].sql);
		fine = *query_at(ledger, i) != NULL;
	}
	if (fine && (ledger->failures = failures_open(store)) != NULL)
		return ledger;
	*why = msg_strdup(store_error(store));
	ledger_close(ledger);
	return NULL;
}

static void
forget_files(struct ledger *ledger)
{
	size_t i;

	for (i = 0; i < ledger->file_count; i++)
		free(ledger->files[i].job);
	ledger->file_count = 0;
}

void
ledger_close(struct ledger *ledger)
{
	size_t i;

	if (ledger == NULL)
		return;
	for (i = 0; i < QUERIES; i++)
		store_query_free(*query_at(ledger, i));
	failures_close(ledger->failures);
	json_paths_free(ledger->paths);
	values_free(&ledger->space);
	forget_files(ledger);
	free(ledger->files);
	free((char *)ledger->put.text);
	free(ledger);
}

uint64_t
ledger_stored(const struct ledger *ledger)
{
	return ledger->stored;
}

uint64_t
ledger_held(const struct ledger *ledger)
{
	return ledger->held;
}

/* The value of a key of the line as text; empty when there is none. */
static struct value
text_of(struct ledger *ledger, enum key key)
{
	struct value value = { .kind = VALUE_TEXT, .text = "" };

	if (values_text(&ledger->spans[key], &ledger->space, &value) != NULL)
		value = (struct value){ .kind = VALUE_TEXT, .text = "" };
	return value;
}

static int64_t
number_of(const struct ledger *ledger, enum key key)
{
	int64_t number = 0;

	json_int(&ledger->spans[key], &number);
	return number;
}

static int64_t
time_of(const struct ledger *ledger, enum key key)
{
	const struct json_span *span = &ledger->spans[key];
	int64_t ms = 0;

	if (span->type == JSON_STRING)
		times_parse(span->at, span->len, &ms);
	return ms;
}

static void
bind(struct store_query *query, int place, const struct value *value)
{
	store_bind_text(query, place, value->text, value->len);
}

/* client, job and scope of the line, the scope as it is called now. */
static int
read_scope(struct ledger *ledger, struct failures_item *item)
{
	struct value scope = text_of(ledger, SCOPE), now;
	struct renames_name name = { .at = time_of(ledger, AT) };
	char *copy;

	item->client = number_of(ledger, CLIENT);
	item->job = text_of(ledger, JOB);
	item->entity = text_of(ledger, ENTITY);
	item->key = text_of(ledger, KEY);
	name.client = item->client;
	name.name = &scope;
	if (renames_resolve(ledger->renames, &name, &now) != 0)
		return -1;
	copy = values_room(&ledger->space, now.len);
	memcpy(copy, now.text, now.len);
	item->scope = now;
	item->scope.text = copy;
	return 0;
}

static int
start_batch(struct ledger *ledger)
{
	struct value put = text_of(ledger, PUT);

	free((char *)ledger->put.text);
	ledger->put = put;
	ledger->put.text = msg_calloc(put.len + 1, 1);
	memcpy((char *)ledger->put.text, put.text, put.len);
	ledger->part_number = number_of(ledger, PART);
	bind(ledger->parts, 1, &ledger->put);
	store_bind_int(ledger->parts, 2, ledger->part_number);
	if (store_step(ledger->parts) != 1)
		return -1;
	ledger->complete =
		store_int(ledger->parts, 0) >= ledger->part_number - 1;
	store_reset(ledger->parts);
	return 0;
}

/* Only the part that was begun in this stream was loaded whole. */
static int
end_batch(struct ledger *ledger)
{
	struct value put = text_of(ledger, PUT);
	bool same = ledger->put.text != NULL && ledger->put.len == put.len &&
		    memcmp(ledger->put.text, put.text, put.len) == 0 &&
		    ledger->part_number == number_of(ledger, PART);

	free((char *)ledger->put.text);
	ledger->put.text = NULL;
	ledger->complete = true;
	if (!same)
		return 0;
	bind(ledger->part, 1, &put);
	store_bind_int(ledger->part, 2, ledger->part_number);
	store_bind_int(ledger->part, 3, clock_now() / 1000);
	return store_step(ledger->part);
}

static int
mark(struct ledger *ledger, int64_t client, const char *job, size_t len)
{
	struct file *file;
	size_t i;

	for (i = 0; i < ledger->file_count; i++) {
		file = &ledger->files[i];
		if (file->client == client && strlen(file->job) == len &&
		    memcmp(file->job, job, len) == 0)
			return 0;
	}
	ledger->files =
		msg_realloc(ledger->files,
			    (ledger->file_count + 1) * sizeof(*ledger->files));
	file = &ledger->files[ledger->file_count++];
	file->client = client;
	file->job = msg_calloc(len + 1, 1);
	memcpy(file->job, job, len);
	return 0;
}

/* 1 when the stored cursor is what the line starts from, 0, or -1. */
static int
follows(struct ledger *ledger, const struct failures_item *item)
{
	const struct json_span *from = &ledger->spans[FROM];
	const char *stored = NULL;
	size_t len = 0;
	int row;

	store_bind_int(ledger->cursor, 1, item->client);
	bind(ledger->cursor, 2, &item->job);
	bind(ledger->cursor, 3, &item->scope);
	if ((row = store_step(ledger->cursor)) < 0)
		return -1;
	if (row == 1)
		stored = store_text(ledger->cursor, 0, &len);
	if (from->type == JSON_OBJECT)
		row = stored != NULL && len == from->len &&
		      memcmp(stored, from->at, len) == 0;
	else
		row = stored == NULL;
	store_reset(ledger->cursor);
	return row;
}

static int
reach(struct ledger *ledger, const struct failures_item *item, int64_t at)
{
	store_bind_int(ledger->reach, 1, item->client);
	bind(ledger->reach, 2, &item->job);
	bind(ledger->reach, 3, &item->scope);
	store_bind_int(ledger->reach, 4, at);
	if (store_step(ledger->reach) != 0)
		return -1;
	return failures_reached(ledger->failures, item, at);
}

static int
take_checkpoint(struct ledger *ledger)
{
	const struct json_span *data = &ledger->spans[DATA];
	struct failures_item item;
	int64_t at = time_of(ledger, AT);
	int fits;

	if (read_scope(ledger, &item) != 0 || reach(ledger, &item, at) != 0)
		return -1;
	if ((fits = follows(ledger, &item)) < 0)
		return -1;
	if (!fits || !ledger->complete) {
		ledger->held++;
		return 0;
	}
	store_bind_int(ledger->store_cursor, 1, item.client);
	bind(ledger->store_cursor, 2, &item.job);
	bind(ledger->store_cursor, 3, &item.scope);
	store_bind_text(ledger->store_cursor, 4, data->at, data->len);
	store_bind_int(ledger->store_cursor, 5, at / 1000);
	if (store_step(ledger->store_cursor) != 0)
		return -1;
	ledger->stored++;
	return mark(ledger, item.client, item.job.text, item.job.len);
}

static int
take_failure(struct ledger *ledger, bool resolved)
{
	struct failures_failure failure = { .at = time_of(ledger, AT) };

	if (read_scope(ledger, &failure.item) != 0)
		return -1;
	if (resolved)
		return failures_resolve(ledger->failures, &failure.item,
					failure.at);
	failure.class = text_of(ledger, CLASS);
	failure.reason = text_of(ledger, REASON);
	failure.http = number_of(ledger, HTTP);
	failure.not_before = time_of(ledger, NOT_BEFORE);
	return failures_add(ledger->failures, &failure);
}

static void
bind_share(struct ledger *ledger, int place, enum key key)
{
	double share;

	if (json_real(&ledger->spans[key], &share))
		store_bind_real(ledger->quality, place, share);
	else
		store_bind_null(ledger->quality, place);
}

static int
take_quality(struct ledger *ledger)
{
	struct value of = text_of(ledger, OF), at = text_of(ledger, AT);
	const struct json_span *rules = &ledger->spans[RULES];
	char batch[200];
	int i;

	snprintf(batch, sizeof(batch), "%.*s.%ld",
		 ledger->put.text != NULL ? (int)ledger->put.len : (int)at.len,
		 ledger->put.text != NULL ? ledger->put.text : at.text,
		 ledger->put.text != NULL ? (long)ledger->part_number : 0L);
	store_bind_string(ledger->quality, 1, batch);
	store_bind_int(ledger->quality, 2, number_of(ledger, CLIENT));
	bind(ledger->quality, 3, &of);
	store_bind_int(ledger->quality, 4, time_of(ledger, AT) / 1000);
	for (i = 0; i < 3; i++)
		store_bind_int(ledger->quality, 5 + i,
			       number_of(ledger, CHECKED + i));
	for (i = 0; i < 4; i++)
		bind_share(ledger, 8 + i, COMPLETENESS + i);
	store_bind_text(ledger->quality, 12,
			rules->type == JSON_OBJECT ? rules->at : NULL,
			rules->len);
	return store_step(ledger->quality);
}

int
ledger_line(struct ledger *ledger, enum control_kind kind, const char *line,
	    size_t len)
{
	values_reset(&ledger->space);
	if (json_scan(ledger->paths, line, len, ledger->spans, NULL) != 0)
		return 0;
	switch (kind) {
	case CONTROL_BATCH:
		return start_batch(ledger);
	case CONTROL_BATCH_END:
		return end_batch(ledger);
	case CONTROL_CHECKPOINT:
		return take_checkpoint(ledger);
	case CONTROL_FAILURE:
		return take_failure(ledger, false);
	case CONTROL_RESOLVED:
		return take_failure(ledger, true);
	case CONTROL_QUALITY:
		return take_quality(ledger);
	case CONTROL_KEYS:
	case CONTROL_NONE:
	default:
		return 0;
	}
}

/* Where the new name has a history of its own, that one stays. */
static const char *const moves[] = {
	"DELETE FROM job_checkpoints WHERE client_id=?1 AND scope=?2 AND "
	"job_name IN (SELECT job_name FROM job_checkpoints WHERE client_id=?1 "
	"AND scope=?3)",
	"UPDATE job_checkpoints SET scope=?3 WHERE client_id=?1 AND scope=?2 "
	"RETURNING job_name",
	"INSERT INTO scopes (client_id, job_name, scope, reached_at, "
	"reached_ms) SELECT client_id, job_name, ?3, reached_at, reached_ms "
	"FROM scopes WHERE client_id=?1 AND scope=?2 ON CONFLICT DO UPDATE "
	"SET reached_at=excluded.reached_at, reached_ms=excluded.reached_ms "
	"WHERE excluded.reached_ms>reached_ms",
	"DELETE FROM scopes WHERE client_id=?1 AND scope=?2",
};

/* What either name had reached resolves what had failed under the other. */
static int
reach_again(struct ledger *ledger, const struct renames_move *move)
{
	struct store_query *query = store_query(
		ledger->store, "SELECT job_name, reached_ms FROM scopes WHERE "
			       "client_id=?1 AND scope=?2");
	struct failures_item item = { .client = move->client,
				      .scope = move->to };
	int row = -1, failed = 0;

	if (query == NULL)
		return -1;
	store_bind_int(query, 1, move->client);
	bind(query, 2, &move->to);
	while (failed == 0 && (row = store_step(query)) == 1) {
		item.job.text = store_text(query, 0, &item.job.len);
		failed = failures_reached(ledger->failures, &item,
					  store_int(query, 1));
	}
	store_query_free(query);
	return row < 0 || failed != 0 ? -1 : 0;
}

int
ledger_move(struct ledger *ledger, const struct renames_move *move)
{
	size_t i;
	int row = 0;

	for (i = 0; i < sizeof(moves) / sizeof(moves[0]) && row == 0; i++) {
		struct store_query *query =
			store_query(ledger->store, moves[i]);

		if (query == NULL)
			return -1;
		store_bind_int(query, 1, move->client);
		bind(query, 2, &move->from);
		bind(query, 3, &move->to);
		while ((row = store_step(query)) == 1) {
			size_t len;
			const char *job = store_text(query, 0, &len);

			mark(ledger, move->client, job, len);
		}
		store_query_free(query);
	}
	if (row != 0 || failures_move(ledger->failures, move->client,
				      &move->from, &move->to) != 0)
		return -1;
	return reach_again(ledger, move);
}

/* The clients that have a file of that job in folder. */
static void
mark_files(struct ledger *ledger, const char *folder, const char *job)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	char path[4096], *end;

	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL) {
		int64_t client = strtoll(entry->d_name, &end, 10);

		snprintf(path, sizeof(path), "%s/%s/%s.json", folder,
			 entry->d_name, job);
		if (end != entry->d_name && *end == '\0' &&
		    access(path, F_OK) == 0)
			mark(ledger, client, job, strlen(job));
	}
	closedir(dir);
}

int
ledger_mark(struct ledger *ledger, const char *folder, const char *job)
{
	struct store_query *query =
		store_query(ledger->store, "SELECT DISTINCT client_id FROM "
					   "job_checkpoints WHERE job_name=?1");
	int row;

	if (query == NULL)
		return -1;
	store_bind_string(query, 1, job);
	while ((row = store_step(query)) == 1)
		mark(ledger, store_int(query, 0), job, strlen(job));
	store_query_free(query);
	mark_files(ledger, folder, job);
	return row;
}

static int
publish(struct ledger *ledger, const char *folder, const struct file *file)
{
	struct jsonw w = { 0 };
	char client[32];
	int row, failed;

	store_bind_int(ledger->cursors, 1, file->client);
	store_bind_string(ledger->cursors, 2, file->job);
	jsonw_open(&w, '{');
	while ((row = store_step(ledger->cursors)) == 1) {
		size_t len;
		const char *cursor = store_text(ledger->cursors, 1, &len);

		jsonw_key(&w, store_text(ledger->cursors, 0, NULL));
		jsonw_raw(&w, cursor, len);
	}
	jsonw_close(&w, '}');
	snprintf(client, sizeof(client), "%lld", (long long)file->client);
	errno = 0;
	failed = row < 0 || checkpoint_replace(folder, client, file->job,
					       w.text, w.len) != 0;
	jsonw_free(&w);
	return failed ? -1 : 0;
}

int
ledger_publish(struct ledger *ledger, const char *folder)
{
	size_t i;

	for (i = 0; i < ledger->file_count; i++)
		if (publish(ledger, folder, &ledger->files[i]) != 0)
			return -1;
	forget_files(ledger);
	return 0;
}
