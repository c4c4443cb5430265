#include "storage/tables.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

static enum values_kind
kind_of(const char *declared)
{
	if (strcmp(declared, "INTEGER") == 0)
		return VALUE_INTEGER;
	return strcmp(declared, "REAL") == 0 ? VALUE_REAL : VALUE_TEXT;
}

static void
add_column(struct tables_table *table, struct store_query *query)
{
	struct tables_column *column;

	table->columns = msg_realloc(
		table->columns, (table->count + 1) * sizeof(*table->columns));
	column = &table->columns[table->count++];
	column->name = msg_strdup(store_text(query, 0, NULL));
	column->takes = kind_of(store_text(query, 1, NULL));
	column->required = store_int(query, 2) != 0;
	column->key = store_int(query, 3) != 0;
}

struct tables_table *
tables_read(struct store *store, const char *name)
{
	struct store_query *query =
		store_query(store, "SELECT name, type, \"notnull\", pk "
				   "FROM pragma_table_info(?1)");
	struct tables_table *table;
	int row;

	if (query == NULL)
		return NULL;
	table = msg_calloc(1, sizeof(*table));
	table->name = msg_strdup(name);
	store_bind_string(query, 1, name);
	while ((row = store_step(query)) == 1)
		add_column(table, query);
	store_query_free(query);
	if (row == 0 && table->count > 0)
		return table;
	tables_free(table);
	return NULL;
}

void
tables_free(struct tables_table *table)
{
	size_t i;

	if (table == NULL)
		return;
	for (i = 0; i < table->count; i++)
		free(table->columns[i].name);
	free(table->columns);
	free(table->name);
	free(table);
}

int
tables_column(const struct tables_table *table, const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < table->count; i++)
		if (strlen(table->columns[i].name) == len &&
		    memcmp(table->columns[i].name, name, len) == 0)
			return (int)i;
	return -1;
}

bool
tables_takes(const struct tables_column *column, const struct value *value)
{
	if (value->kind == VALUE_NULL)
		return !column->required;
	return value->kind == column->takes ||
	       (column->takes == VALUE_REAL && value->kind == VALUE_INTEGER);
}

void
tables_bind(struct store_query *query, size_t column, const struct value *value)
{
	int place = (int)column + 1;

	switch (value->kind) {
	case VALUE_INTEGER:
		store_bind_int(query, place, value->integer);
		break;
	case VALUE_REAL:
		store_bind_real(query, place, value->real);
		break;
	case VALUE_TEXT:
		store_bind_text(query, place, value->text, value->len);
		break;
	case VALUE_NULL:
	default:
		store_bind_null(query, place);
	}
}

/* SQL under way; the names in it come from the database's own schema. */
struct sql {
	FILE *out;
	char *text;
	size_t len;
};

static void
start(struct sql *sql)
{
	sql->out = open_memstream(&sql->text, &sql->len);
	if (sql->out == NULL)
		msg_die(EX_OSERR, "cannot make 'SQL': out of memory");
}

static struct store_query *
finish(struct sql *sql, struct store *store)
{
	struct store_query *query;

	if (fclose(sql->out) != 0)
		msg_die(EX_OSERR, "cannot make 'SQL': out of memory");
	query = store_query(store, sql->text);
	free(sql->text);
	return query;
}

static void
by_key(struct sql *sql, const struct tables_table *table)
{
	const char *joint = " WHERE";
	size_t i;

	for (i = 0; i < table->count; i++) {
		if (!table->columns[i].key)
			continue;
		fprintf(sql->out, "%s %s=?%zu", joint, table->columns[i].name,
			i + 1);
		joint = " AND";
	}
}

struct store_query *
tables_insert(struct store *store, const struct tables_table *table, bool keep)
{
	struct sql sql;
	size_t i;

	start(&sql);
	fprintf(sql.out, "INSERT %sINTO %s VALUES (", keep ? "" : "OR REPLACE ",
		table->name);
	for (i = 0; i < table->count; i++)
		fprintf(sql.out, "%s?%zu", i > 0 ? "," : "", i + 1);
	fprintf(sql.out, ")%s", keep ? " ON CONFLICT DO NOTHING" : "");
	return finish(&sql, store);
}

struct store_query *
tables_look(struct store *store, const struct tables_table *table,
	    const char *what)
{
	struct sql sql;

	start(&sql);
	fprintf(sql.out, "SELECT %s FROM %s", what, table->name);
	by_key(&sql, table);
	return finish(&sql, store);
}

static bool
wanted(const struct tables_column *column, const char *const *only)
{
	if (only == NULL)
		return !column->key;
	while (*only != NULL && strcmp(*only, column->name) != 0)
		only++;
	return *only != NULL;
}

struct store_query *
tables_update(struct store *store, const struct tables_table *table,
	      const char *const *only)
{
	const char *joint = "SET";
	struct sql sql;
	size_t i;

	start(&sql);
	fprintf(sql.out, "UPDATE %s ", table->name);
	for (i = 0; i < table->count; i++) {
		if (!wanted(&table->columns[i], only))
			continue;
		fprintf(sql.out, "%s %s=?%zu", joint, table->columns[i].name,
			i + 1);
		joint = ",";
	}
	by_key(&sql, table);
	return finish(&sql, store);
}
