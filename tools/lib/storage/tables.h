/*
 * tables - what a table of the database looks like, and statements over all of
 * its columns.
 *
 * In every statement made here parameter ?N is column N-1 of the table, so
 * that a row of values is bound the same way whatever is asked of it.
 */
#ifndef PULSE_TABLES_H
#define PULSE_TABLES_H

#include <stdbool.h>
#include <stddef.h>

#include "records/values.h"
#include "storage/store.h"

struct tables_column {
	char *name;
	enum values_kind takes;
	bool required; /* NOT NULL */
	bool key;      /* part of the primary key */
};

struct tables_table {
	char *name;
	struct tables_column *columns;
	size_t count;
};

/* NULL when there is no such table or it cannot be read (store_error). */
struct tables_table *tables_read(struct store *store, const char *name);
void tables_free(struct tables_table *table);

/* -1 when there is none. */
int tables_column(const struct tables_table *table, const char *name,
		  size_t len);

/* Does the value fit the column? */
bool tables_takes(const struct tables_column *column,
		  const struct value *value);

/* Binds the value to ?N of column. */
void tables_bind(struct store_query *query, size_t column,
		 const struct value *value);

/* INSERT; a row that is there already is left alone (keep) or replaced. */
struct store_query *tables_insert(struct store *store,
				  const struct tables_table *table, bool keep);
/* SELECT of the columns named in what, by the primary key. */
struct store_query *tables_look(struct store *store,
				const struct tables_table *table,
				const char *what);
/* UPDATE by the primary key: of all columns that are not in it, or of those
 * in the NULL-ended only. */
struct store_query *tables_update(struct store *store,
				  const struct tables_table *table,
				  const char *const *only);

#endif
