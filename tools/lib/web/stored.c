#include "web/stored.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/msg.h"
#include "records/json.h"
#include "storage/store.h"
#include "web/listpage.h"

enum { WAIT_MS = 50 };

static void
put_text(struct jsonw *w, const char *name, struct store_query *query,
	 int column)
{
	size_t len;
	const char *text = store_text(query, column, &len);

	jsonw_key(w, name);
	if (store_is_null(query, column) || text == NULL)
		jsonw_null(w);
	else
		jsonw_bytes(w, text, len);
}

static void
put_int(struct jsonw *w, const char *name, struct store_query *query,
	int column)
{
	jsonw_put_int(w, name, store_int(query, column));
}

static void
put_ratio(struct jsonw *w, const char *name, struct store_query *query,
	  int column)
{
	jsonw_key(w, name);
	if (store_is_null(query, column))
		jsonw_null(w);
	else
		jsonw_real(w, store_real(query, column));
}

/* Seconds since the epoch. */
static void
put_time(struct jsonw *w, const char *name, struct store_query *query,
	 int column)
{
	jsonw_key(w, name);
	if (store_is_null(query, column))
		jsonw_null(w);
	else
		jsonw_time(w, store_int(query, column) * 1000);
}

/* What was stored as JSON; null where it is none. */
static void
put_json(struct jsonw *w, const char *name, struct store_query *query,
	 int column)
{
	size_t len;
	const char *text = store_text(query, column, &len);
	struct json_error error;

	jsonw_key(w, name);
	if (text != NULL && json_scan(NULL, text, len, NULL, &error) == 0)
		jsonw_raw(w, text, len);
	else
		jsonw_null(w);
}

/* --- pulse.db ------------------------------------------------------------- */

static void
refuse(struct exchange *x, enum outcome_class class, const char *why)
{
	if (class == OUTCOME_DATABASE_LOCK) {
		httpd_set_header(x->reply, "Retry-After", "1");
		exchange_refuse(x, 503, "busy", why, "ask again soon");
	} else {
		exchange_refusef(x, 503, outcome_name(class),
				 "pulse doctor says what is amiss",
				 "cannot read 'pulse.db': %s", why);
	}
}

static bool
is_there(const struct exchange *x)
{
	struct stat st;

	return fstatat(x->web->rooms.spool, "pulse.db", &st, 0) == 0;
}

/* NULL: refused, or, where there is none yet, answered with an empty list. */
static struct store *
open_store(struct exchange *x, const char *name)
{
	enum outcome_class class;
	struct store *store;
	struct jsonw w = { 0 };
	char *path, *why;

	if (!is_there(x)) {
		listpage_begin(&w, name);
		listpage_end(x, &w, 0);
		return NULL;
	}
	path = msg_text("%s/pulse.db", x->web->rooms.path);
	store = store_open(path, STORE_READ, WAIT_MS, &why, &class);
	free(path);
	if (store == NULL) {
		refuse(x, class, why);
		free(why);
	}
	return store;
}

/* The page that list makes of the database; it returns -1: store_error. */
static void
answer(struct exchange *x, const struct listpage *page,
       int (*list)(struct store *store, const struct listpage *page,
		   struct jsonw *w, int64_t *next))
{
	struct store *store = open_store(x, page->name);
	struct jsonw w = { 0 };
	int64_t next = 0;

	if (store == NULL)
		return;
	listpage_begin(&w, page->name);
	if (list(store, page, &w, &next) == 0) {
		listpage_end(x, &w, next);
	} else {
		jsonw_free(&w);
		refuse(x, store_class(store), store_error(store));
	}
	store_close(store);
}

/* --- checkpoints ---------------------------------------------------------- */

/* The token of a page is the row that was its last one.  One more than is
 * shown says that there are more. */
static const char newest[] =
	"WITH last AS (SELECT client_id, job_name, scope FROM job_checkpoints"
	" WHERE id = ?1)"
	" SELECT c.client_id, c.job_name, c.scope, max(c.id),"
	" c.checkpoint_data, c.created_at,"
	" (SELECT s.reached_at FROM scopes s WHERE s.client_id = c.client_id"
	" AND s.job_name = c.job_name AND s.scope = c.scope)"
	" FROM job_checkpoints c"
	" WHERE (?1 = 0 OR (c.client_id, c.job_name, c.scope) >"
	" (SELECT client_id, job_name, scope FROM last))"
	" AND (?2 < 0 OR c.client_id = ?2)"
	" GROUP BY c.client_id, c.job_name, c.scope"
	" ORDER BY c.client_id, c.job_name, c.scope LIMIT ?3";

static void
put_checkpoint(struct jsonw *w, struct store_query *query)
{
	jsonw_open(w, '{');
	put_int(w, "client", query, 0);
	put_text(w, "job", query, 1);
	put_text(w, "scope", query, 2);
	put_json(w, "cursor", query, 4);
	put_time(w, "at", query, 5);
	put_time(w, "reached", query, 6);
	jsonw_close(w, '}');
}

static int
list_checkpoints(struct store *store, const struct listpage *page,
		 struct jsonw *w, int64_t *next)
{
	struct store_query *query = store_query(store, newest);
	int64_t last = 0;
	size_t count = 0;
	int row = -1;

	if (query == NULL)
		return -1;
	store_bind_int(query, 1, page->after);
	store_bind_int(query, 2, page->client);
	store_bind_int(query, 3, (int64_t)page->limit + 1);
	while ((row = store_step(query)) == 1) {
		if (++count > page->limit)
			*next = last;
		else
			put_checkpoint(w, query);
		last = store_int(query, 3);
	}
	store_query_free(query);
	return row;
}

void
stored_checkpoints(struct exchange *x)
{
	struct listpage page = { .name = "checkpoints" };

	if (listpage_read(&page, x))
		answer(x, &page, list_checkpoints);
}

/* --- quality -------------------------------------------------------------- */

/* The columns beside max() are those of its row. */
static const char reports[] =
	"SELECT client_id, record_type, max(checked_at), batch, checked,"
	" passed, rejected, completeness, accuracy, consistency, timeliness,"
	" rules, count(*), sum(checked), sum(rejected) FROM data_quality"
	" WHERE ?1 < 0 OR client_id = ?1 GROUP BY client_id, record_type";

static void
put_report(struct jsonw *w, struct store_query *query)
{
	jsonw_open(w, '{');
	put_int(w, "client", query, 0);
	put_text(w, "type", query, 1);
	put_time(w, "at", query, 2);
	put_text(w, "batch", query, 3);
	put_int(w, "checked", query, 4);
	put_int(w, "passed", query, 5);
	put_int(w, "rejected", query, 6);
	put_ratio(w, "completeness", query, 7);
	put_ratio(w, "accuracy", query, 8);
	put_ratio(w, "consistency", query, 9);
	put_ratio(w, "timeliness", query, 10);
	put_json(w, "rules", query, 11);
	put_int(w, "batches", query, 12);
	put_int(w, "checked_ever", query, 13);
	put_int(w, "rejected_ever", query, 14);
	jsonw_close(w, '}');
}

/* All on one page: there are few types. */
static int
list_reports(struct store *store, const struct listpage *page, struct jsonw *w,
	     int64_t *next)
{
	struct store_query *query = store_query(store, reports);
	int row = -1;

	*next = 0;
	if (query == NULL)
		return -1;
	store_bind_int(query, 1, page->client);
	while ((row = store_step(query)) == 1)
		put_report(w, query);
	store_query_free(query);
	return row;
}

void
stored_quality(struct exchange *x)
{
	struct listpage page = { .name = "quality" };

	if (exchange_client(x, &page.client))
		answer(x, &page, list_reports);
}
