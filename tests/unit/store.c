/* store: statements, functions from C, errors and their classes, snapshots. */
#include "storage/store.h"
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];
static const char schema[] = "share/schema"; /* units run in the top folder */

static const char *
path(const char *name)
{
	static char text[200];

	snprintf(text, sizeof(text), "%s/%s", folder, name);
	return text;
}

static struct store *
open_it(const char *name, enum store_mode mode)
{
	struct store_place place = { path(name), schema, mode, 50,
				     STORE_WAREHOUSE };
	enum outcome_class class;
	char *why = NULL;
	struct store *store = store_open_at(&place, &why, &class);

	if (store == NULL)
		fprintf(stderr, "%s\n", why);
	free(why);
	return store;
}

static int
statements_bind_and_read(void)
{
	struct store *store = open_it("a.db", STORE_WRITE);
	struct store_query *query;
	int64_t number = 0;
	size_t len;

	CHECK(store != NULL);
	query = store_query(store, "SELECT ?1, ?2, ?3, ?4, :name");
	CHECK(query != NULL && store_columns(query) == 5);
	CHECK(store_parameter(query, ":name") == 5);
	store_bind_int(query, 1, INT64_MIN);
	store_bind_real(query, 2, 0.5);
	store_bind_text(query, 3, "a\0b", 3);
	store_bind_null(query, 4);
	store_bind_text(query, 5, NULL, 0);
	CHECK(store_step(query) == 1);
	CHECK(store_sort(query, 0) == 'i' && store_int(query, 0) == INT64_MIN);
	CHECK(store_sort(query, 1) == 'r' && store_real(query, 1) == 0.5);
	CHECK(memcmp(store_text(query, 2, &len), "a\0b", 3) == 0 && len == 3);
	CHECK(store_is_null(query, 3) && store_is_null(query, 4));
	CHECK(store_step(query) == 0);
	store_query_free(query);
	store_query_free(NULL);
	CHECK(store_number(store, "SELECT 42", &number) == 0 && number == 42);
	CHECK(store_number(store, "SELECT 1 WHERE 0", &number) == -1);
	CHECK(store_query(store, "SELEC 1") == NULL);
	CHECK(strstr(store_error(store), "syntax error") != NULL);
	CHECK(store_class(store) == OUTCOME_BUG);
	CHECK(store_run(store, "INSERT INTO meta VALUES ('data_version',1)") ==
	      -1);
	CHECK(store_refused(store));
	CHECK(store_class(store) == OUTCOME_DATA_FORMAT);
	return store_close(store) != 0 || store_close(NULL) != 0;
}

static void
twice(struct store_call *call)
{
	size_t len;

	switch (store_call_sort(call, 0)) {
	case 'i':
		store_answer_int(call, 2 * store_call_int(call, 0));
		break;
	case 'r':
		store_answer_real(call, 2 * store_call_real(call, 0));
		break;
	case 't':
		store_call_text(call, 0, &len);
		store_answer_text(call, store_call_text(call, 0, NULL), len);
		break;
	case 'n':
		break;
	default:
		store_answer_error(call, "no twice of that");
	}
}

struct sum {
	int64_t sum;
};

static void
add(struct store_call *call, void *state)
{
	((struct sum *)state)->sum += store_call_int(call, 0);
}

static void
finish(struct store_call *call, void *state)
{
	store_answer_int(call, state == NULL ? -1 : ((struct sum *)state)->sum);
}

static int
functions_from_c_work(void)
{
	static const struct store_aggregate total = { sizeof(struct sum), add,
						      finish };
	struct store *store = open_it("a.db", STORE_READ);
	int64_t number;

	CHECK(store != NULL);
	CHECK(store_add_scalar(store, "twice", 1, twice, NULL) == 0);
	CHECK(store_add_aggregate(store, "total_of", 1, &total) == 0);
	CHECK(store_number(store, "SELECT twice(21)", &number) == 0 &&
	      number == 42);
	CHECK(store_number(store, "SELECT twice(0.5) = 1.0", &number) == 0 &&
	      number == 1);
	CHECK(store_number(store, "SELECT twice('a') = 'a'", &number) == 0 &&
	      number == 1);
	CHECK(store_number(store, "SELECT twice(NULL) IS NULL", &number) == 0 &&
	      number == 1);
	CHECK(store_number(store, "SELECT twice(x'00')", &number) == -1);
	CHECK(strstr(store_error(store), "no twice of that") != NULL);
	CHECK(store_number(store,
			   "SELECT total_of(column1) FROM (VALUES (1),(2))",
			   &number) == 0 &&
	      number == 3);
	CHECK(store_number(store, "SELECT total_of(1) WHERE 0", &number) == 0 &&
	      number == -1);
	return store_close(store);
}

static int
readers_cannot_write_and_writers_are_alone(void)
{
	struct store *writer = open_it("a.db", STORE_WRITE), *reader;
	struct store_place again = { path("a.db"), schema, STORE_WRITE, 30,
				     STORE_WAREHOUSE };
	enum outcome_class class;
	int64_t number;
	char *why;

	CHECK(writer != NULL);
	CHECK(store_open_at(&again, &why, &class) == NULL);
	CHECK(class == OUTCOME_DATABASE_LOCK);
	free(why);
	reader = open_it("a.db", STORE_READ);
	CHECK(reader != NULL);
	CHECK(store_run(reader, "DELETE FROM meta") == -1);
	CHECK(store_begin(writer) == 0);
	CHECK(store_run(writer, "INSERT INTO touched VALUES (1,'a/b')") == 0);
	CHECK(store_number(reader, "SELECT count(*) FROM touched", &number) ==
		      0 &&
	      number == 0);
	CHECK(store_commit(writer) == 0);
	CHECK(store_number(reader, "SELECT count(*) FROM touched", &number) ==
		      0 &&
	      number == 1);
	CHECK(store_begin(writer) == 0);
	CHECK(store_run(writer, "DELETE FROM touched") == 0);
	CHECK(store_changes(writer) == 1);
	store_rollback(writer);
	store_rollback(writer);
	CHECK(store_number(writer, "SELECT count(*) FROM touched", &number) ==
		      0 &&
	      number == 1);
	CHECK(store_close(reader) == 0);
	return store_close(writer);
}

static int
what_cannot_be_opened_says_why(void)
{
	struct store_place none = { path("no.db"), schema, STORE_READ, 0,
				    STORE_WAREHOUSE };
	struct store_place link = { NULL, schema, STORE_WRITE, 0,
				    STORE_WAREHOUSE };
	enum outcome_class class;
	char *why;

	CHECK(store_open_at(&none, &why, &class) == NULL);
	CHECK(class == OUTCOME_CONFIGURATION && why != NULL);
	free(why);
	CHECK(symlink("a.db", path("link.db")) == 0);
	link.path = path("link.db");
	CHECK(store_open_at(&link, &why, &class) == NULL);
	CHECK(class == OUTCOME_CONFIGURATION);
	free(why);
	return 0;
}

static int
a_snapshot_is_whole_and_needs_no_log(void)
{
	struct store *store = open_it("a.db", STORE_READ);
	char *copy = strdup(path("copy.db"));
	struct stat st;
	char head[20] = "";
	FILE *file;

	CHECK(store != NULL);
	CHECK(store_snapshot(store, copy) == 0);
	CHECK(store_snapshot(store, copy) == 0);
	CHECK(store_close(store) == 0);
	CHECK((file = fopen(copy, "r")) != NULL);
	CHECK(fread(head, 1, 20, file) == 20 && head[18] == 1);
	fclose(file);
	CHECK(stat(path("copy.db-wal"), &st) != 0);
	store = open_it("a.db", STORE_READ);
	CHECK(store_snapshot(store, "/proc/nowhere/copy.db") == -1);
	free(copy);
	return store_close(store);
}

/* Read as the first one is, beside it, and no third. */
static int
another_database_is_attached(void)
{
	struct store *store = open_it("copy.db", STORE_WRITE);
	int64_t number = 0;

	CHECK(store != NULL);
	CHECK(store_run(store, "CREATE TABLE other (x) STRICT") != 0);
	CHECK(store_run(store, "CREATE TABLE other (x INTEGER) STRICT;"
			       "INSERT INTO other VALUES (7)") == 0);
	CHECK(store_close(store) == 0);
	store = open_it("a.db", STORE_READ);
	CHECK(store != NULL);
	CHECK(store_attach(store, "more", path("copy.db")) == 0);
	CHECK(store_number(store, "SELECT x FROM more.other", &number) == 0);
	CHECK(number == 7);
	CHECK(store_run(store, "PRAGMA query_only=OFF;"
			       "INSERT INTO more.other VALUES (8)") != 0);
	CHECK(store_run(store, "ATTACH ':memory:' AS third") != 0);
	CHECK(store_close(store) == 0);
	return 0;
}

int
main(void)
{
	char command[] = "/tmp/pulse-store.XXXXXX";
	int failed;

	if (mkdtemp(command) == NULL)
		return 1;
	snprintf(folder, sizeof(folder), "%s", command);
	failed = statements_bind_and_read() || functions_from_c_work() ||
		 readers_cannot_write_and_writers_are_alone() ||
		 what_cannot_be_opened_says_why() ||
		 a_snapshot_is_whole_and_needs_no_log() ||
		 another_database_is_attached();
	unlink(path("a.db"));
	unlink(path("a.db.lock"));
	unlink(path("a.db-wal"));
	unlink(path("a.db-shm"));
	unlink(path("copy.db"));
	unlink(path("copy.db.lock"));
	unlink(path("copy.db-wal"));
	unlink(path("copy.db-shm"));
	unlink(path("link.db"));
	unlink(path("link.db.lock"));
	rmdir(folder);
	return failed;
}
