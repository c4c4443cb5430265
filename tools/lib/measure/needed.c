#include "measure/needed.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/msg.h"
#include "measure/statement.h"

/* In which database a table of that name is, temp before main; 0: neither. */
static char
home_of(struct store *store, const char *name)
{
	struct store_query *query = store_query(
		store, "SELECT 't' FROM temp.sqlite_schema WHERE name = ?1"
		       " UNION ALL"
		       " SELECT 'm' FROM main.sqlite_schema WHERE name = ?1");
	char home = 0;

	if (query == NULL)
		return 0;
	store_bind_string(query, 1, name);
	if (store_step(query) == 1)
		home = *store_text(query, 0, NULL);
	store_query_free(query);
	return home;
}

static int
add_index(const struct figures_basis *basis, const struct metric *table,
	  char **why)
{
	struct statement s = { table, "", NULL, table->rows_line };
	char *columns = metric_join(&table->index, NULL), *sql;
	int failed;

	sql = msg_text("CREATE INDEX temp.%s_index ON %s (%s)", table->name,
		       table->name, columns);
	s.sql = sql;
	failed = statement_run(basis, &s, why);
	free(columns);
	free(sql);
	return failed;
}

static int
make(const struct figures_basis *basis, const struct metric *table, char **why)
{
	char before[128];
	struct statement s = { table, before, table->rows, table->rows_line };

	switch (home_of(basis->store, table->name)) {
	case 't':
		return 0;
	case 'm':
		*why = msg_text("%s:0: it bears the name of a table of the "
				"database",
				table->file);
		return -1;
	}
	if (needed_make(basis, table, why) != 0)
		return -1;
	snprintf(before, sizeof(before), "CREATE TEMP TABLE %s AS ",
		 table->name);
	if (statement_run(basis, &s, why) != 0)
		return -1;
	return table->index.count > 0 ? add_index(basis, table, why) : 0;
}

int
needed_make(const struct figures_basis *basis, const struct metric *metric,
	    char **why)
{
	size_t i;

	for (i = 0; i < metric->needs.count; i++)
		if (make(basis,
			 metric_table(basis->metrics, metric->needs.items[i]),
			 why) != 0)
			return -1;
	return 0;
}

int
needed_plan(const struct figures_basis *basis, const struct metric *metric,
	    FILE *out, char **why)
{
	size_t i;

	for (i = 0; i < metric->needs.count; i++) {
		const struct metric *table =
			metric_table(basis->metrics, metric->needs.items[i]);
		struct statement s = { table, "", table->rows,
				       table->rows_line };

		if (needed_plan(basis, table, out, why) != 0)
			return -1;
		fprintf(out, "table %s\n", table->name);
		if (statement_plan(basis, &s, out, why) != 0)
			return -1;
	}
	return 0;
}
