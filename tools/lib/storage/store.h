/*
 * store - SQLite behind one door: how Pulse opens its databases and asks.
 * Other storage modules build on the statements here; only this file includes
 * sqlite3.h.
 *
 *   store = store_open(path, STORE_WRITE, 30000, &why, &class);
 *   query = store_query(store, "SELECT repo FROM pull_requests WHERE ...");
 *   while ((row = store_step(query)) == 1) ... store_text(query, 0, &len)
 *   store_query_free(query);
 *   store_close(store);
 *
 * A writer holds FILE.lock (flock) from open to close, so that pulse.db has
 * one writer at a time; WAL, synchronous=FULL, and the newest schema of
 * share/schema.  Readers open read-only and never checkpoint (SQLite 3.40 has
 * a race between two checkpointing writers); they need the newest schema too.
 * Errors: calls return -1, store_error says what happened and store_class how
 * it counts (busy: database_lock 75, no room: disk 74, damage: 65).
 */
#ifndef PULSE_STORE_H
#define PULSE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/outcome.h"

struct store;
struct store_query;

enum store_mode { STORE_READ, STORE_WRITE };

/* Waits up to wait_ms for the writer's lock.  STORE_WRITE makes the file and
 * brings it up to the newest migration of share/schema.  NULL with *why
 * (allocated) and *class. */
struct store *store_open(const char *path, enum store_mode mode,
			 int64_t wait_ms, char **why,
			 enum outcome_class *class);
/* The same with the migrations of another folder; one database is not taken
 * for the other. */
enum store_kind { STORE_WAREHOUSE, STORE_STATE }; /* pulse.db, state.db */
struct store_place {
	const char *path, *schema;
	enum store_mode mode;
	int64_t wait_ms;
	enum store_kind kind;
};
struct store *store_open_at(const struct store_place *place, char **why,
			    enum outcome_class *class);
int store_close(struct store *store); /* NULL is fine */
const char *store_error(const struct store *store);
/* Where in the statement the last error lies, in bytes, or -1. */
int store_error_offset(const struct store *store);
enum outcome_class store_class(const struct store *store);
/* True when the last error was about a value that its column does not take,
 * not about the database. */
bool store_refused(const struct store *store);

/* From now on, what statements and commits take: ms. */
void store_measure(struct store *store);
int64_t store_spent(const struct store *store);

int store_begin(struct store *store); /* BEGIN IMMEDIATE */
int store_commit(struct store *store);
void store_rollback(struct store *store);
/* One or more statements without results. */
int store_run(struct store *store, const char *sql);
/* The first value of the first row as a number; -1 also without a row. */
int store_number(struct store *store, const char *sql, int64_t *number);

/* Prepared statements; text and blobs are borrowed until the next step, bound
 * text must live until the statement is reset. */
struct store_query *store_query(struct store *store, const char *sql);
void store_query_free(struct store_query *query); /* NULL is fine */
void store_bind_int(struct store_query *query, int place, int64_t value);
void store_bind_real(struct store_query *query, int place, double value);
void store_bind_text(struct store_query *query, int place, const char *text,
		     size_t len); /* text NULL binds NULL */
/* One that ends in a NUL, or NULL. */
void store_bind_string(struct store_query *query, int place, const char *text);
void store_bind_null(struct store_query *query, int place);
/* 1 row, 0 end, -1 error; after 0 and -1 it is reset. */
int store_step(struct store_query *query);
void store_reset(struct store_query *query);
int store_columns(const struct store_query *query);
const char *store_column_name(const struct store_query *query, int column);
bool store_is_null(struct store_query *query, int column);
int64_t store_int(struct store_query *query, int column);
double store_real(struct store_query *query, int column);
const char *store_text(struct store_query *query, int column, size_t *len);
/* 'i', 'r', 't', 'b' or 'n': how SQLite holds the value. */
char store_sort(struct store_query *query, int column);
int store_parameter(const struct store_query *query, const char *name);
/* Its SQL, without what stood behind it: a query is one statement. */
const char *store_statement(const struct store_query *query);
bool store_only_reads(const struct store_query *query);
int64_t store_changes(const struct store *store); /* of the last statement */

/* Another database, opened as this one is, as NAME.TABLE; not within a
 * transaction. */
int store_attach(struct store *store, const char *name, const char *path);

/*
 * SQL functions from C.  A scalar is called with its arguments and answers at
 * most once; no answer is NULL.  An aggregate's step is called for each row
 * with a state of state_size bytes, zeroed before the first; finish answers
 * from it (state is NULL when there were no rows) and frees what it holds.
 */
struct store_call;
struct store_aggregate {
	size_t state_size;
	void (*step)(struct store_call *call, void *state);
	void (*finish)(struct store_call *call, void *state);
};
/* arguments: how many, -1: any number.  The context is the caller's and must
 * live as long as the store.  -1 on failure. */
int store_add_scalar(struct store *store, const char *name, int arguments,
		     void (*scalar)(struct store_call *call), void *context);
void *store_call_context(const struct store_call *call);
int store_add_aggregate(struct store *store, const char *name, int arguments,
			const struct store_aggregate *aggregate);
int store_call_count(const struct store_call *call);
/* As store_sort, store_int …, of argument i from 0. */
char store_call_sort(const struct store_call *call, int i);
int64_t store_call_int(const struct store_call *call, int i);
double store_call_real(const struct store_call *call, int i);
const char *store_call_text(const struct store_call *call, int i, size_t *len);
void store_answer_int(struct store_call *call, int64_t value);
void store_answer_real(struct store_call *call, double value);
void store_answer_text(struct store_call *call, const char *text, size_t len);
const void *store_call_bytes(const struct store_call *call, int i, size_t *len);
void store_answer_bytes(struct store_call *call, const void *bytes, size_t len);
void store_answer_error(struct store_call *call, const char *why);

/* Of the library behind it: "3.40.1". */
const char *store_library(void);

/* Rewrites the file without its free pages, beside it on disk first, and
 * empties the log.  Drops temporary tables. */
int store_vacuum(struct store *store);

/* Copies the database as it is now to path, whole or not at all; the copy
 * needs no write access to be read. */
int store_snapshot(struct store *store, const char *path);
/* Is the file a pulse.db that no program has open for writing: such a copy? */
bool store_is_copy(const char *path);

#endif
