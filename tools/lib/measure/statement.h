/*
 * statement - SQL out of a metric's or a table's file, with what it asks for:
 * the parameters of frame.h, those of the bands, and those that its head
 * declares.
 */
#ifndef PULSE_STATEMENT_H
#define PULSE_STATEMENT_H

#include "measure/figures.h"

struct statement {
	const struct metric *file;
	const char *before; /* in front of the SQL, such as CREATE …, or "" */
	const char *sql;
	unsigned line; /* of the SQL's first line in the file */
};

/* One that reads, ready for store_step; NULL with *why "FILE:LINE: what is
 * wrong". */
struct store_query *statement_prepare(const struct figures_basis *basis,
				      const struct statement *statement,
				      char **why);
/* Runs one that gives no rows; -1 with *why. */
int statement_run(const struct figures_basis *basis,
		  const struct statement *statement, char **why);
/* Lines of SQLite's plan; -1 with *why. */
int statement_plan(const struct figures_basis *basis,
		   const struct statement *statement, FILE *out, char **why);
/* *why says the store's last error, at the statement. */
void statement_complain(const struct figures_basis *basis,
			const struct statement *statement, char **why);

#endif
