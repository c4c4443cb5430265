/*
 * columns - structs as rows of a table of state.db, by one list of their
 * fields: the list makes the SQL, binds and reads.
 *
 *   static const struct columns_field fields[] = {
 *     { "retry_count", COLUMNS_INT, offsetof(struct states_row, retry_count) },
 *     { .name = NULL },
 *   };
 *   sql = columns_sql("UPDATE jobs SET @sets WHERE client_id=?", fields);
 *   place = columns_bind(query, 1, fields, &row);      the next free place
 *   columns_read(query, 0, fields, &row);
 *
 * Words (states, reasons ...) are stored as text, so that the database can be
 * read without this program.  What is nothing in C (a time of 0, an empty text,
 * a client of -1) is NULL there.
 */
#ifndef PULSE_COLUMNS_H
#define PULSE_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "storage/store.h"

enum columns_sort {
	COLUMNS_INT,	/* int64_t */
	COLUMNS_TIME,	/* int64_t, 0: nothing; ids as well */
	COLUMNS_CLIENT, /* int64_t, -1: nothing */
	COLUMNS_CODE,	/* int */
	COLUMNS_BOOL,
	COLUMNS_TEXT, /* char[size] */
	COLUMNS_STATE,
	COLUMNS_STATE_OR_NONE, /* int, -1: nothing */
	COLUMNS_REASON,
	COLUMNS_WANT,
	COLUMNS_RESULT,
	COLUMNS_TIER,
	COLUMNS_CLASS,
	COLUMNS_HOW,
	COLUMNS_BREAKER,
	COLUMNS_OVERRIDE
};

struct columns_field {
	const char *name; /* ends the list when NULL */
	enum columns_sort sort;
	size_t where, size; /* offset in the struct; size of a text */
};

/* The text with @names (a, b), @places (?, ?) and @sets (a=?, b=?) put in;
 * allocated. */
char *columns_sql(const char *text, const struct columns_field *fields);

/* What is bound is borrowed until the query has been stepped. */
int columns_bind(struct store_query *query, int place,
		 const struct columns_field *fields, const void *from);

/* Reads from a column on; false when there is a word that nobody knows.  Fields
 * whose column is NULL become nothing. */
bool columns_read(struct store_query *query, int column,
		  const struct columns_field *fields, void *into);

size_t columns_count(const struct columns_field *fields);

/* Makes the texts of a struct valid UTF-8, each bad byte a `?`. */
void columns_clean(const struct columns_field *fields, void *row);

#endif
