/*
 * store - SQLite behind one door: how Pulse opens its databases, migrates
 * them, and asks.  Other storage modules build on the statements here; only
 * this file includes sqlite3.h.
 *
 * A writer holds FILE.lock (flock) from open to close, so that pulse.db has
 * one writer at a time; WAL, synchronous=FULL.  Readers open read-only and
 * never checkpoint (SQLite 3.40 has a race between two checkpointing writers).
 * Errors: calls return -1, store_error says what happened and store_class how
 * it counts (busy: database_lock 75, full: disk 73/74, damage: 65).
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
int store_close(struct store *store);
const char *store_error(const struct store *store);
enum outcome_class store_class(const struct store *store);

int store_begin(struct store *store); /* BEGIN IMMEDIATE */
int store_commit(struct store *store);
void store_rollback(struct store *store);
int store_run(struct store *store, const char *sql); /* no results */

/* Prepared statements; text and blobs are borrowed until the next step. */
struct store_query *store_query(struct store *store, const char *sql);
void store_query_free(struct store_query *query);
void store_bind_int(struct store_query *query, int place, int64_t value);
void store_bind_real(struct store_query *query, int place, double value);
void store_bind_text(struct store_query *query, int place, const char *text,
		     size_t len); /* text NULL binds NULL */
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
int64_t store_changes(const struct store *store); /* of the last statement */

/* Copies the database as it is now to path, whole or not at all. */
int store_snapshot(struct store *store, const char *path);

#endif
