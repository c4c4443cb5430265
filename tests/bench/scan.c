/* scan DATABASE SQL... - the rows that a metric rests on, read by hand: steps
 * through each statement, takes the last column of each row as a number, and
 * prints how many there were, their sum and their lower median.  What a
 * metric takes beside this is what SQL and the frame cost. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

struct numbers {
	double *items;
	size_t count, room;
};

static void
take(struct numbers *n, double value)
{
	if (n->count == n->room) {
		n->room = n->room * 2 + 1024;
		n->items = realloc(n->items, n->room * sizeof(*n->items));
		if (n->items == NULL)
			exit(71);
	}
	n->items[n->count++] = value;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
report(struct numbers *n)
{
	double sum = 0;
	size_t i;

	for (i = 0; i < n->count; i++)
		sum += n->items[i];
	qsort(n->items, n->count, sizeof(*n->items), compare);
	printf("%zu %.17g %.17g\n", n->count, sum,
	       n->count > 0 ? n->items[(n->count - 1) / 2] : 0);
}

int
main(int argc, char *argv[])
{
	struct numbers numbers = { 0 };
	sqlite3_stmt *rows;
	sqlite3 *db;
	int i;

	if (argc < 3 || sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READONLY,
					NULL) != SQLITE_OK)
		return 64;
	sqlite3_exec(db, "PRAGMA mmap_size=1073741824", NULL, NULL, NULL);
	for (i = 2; i < argc; i++) {
		if (sqlite3_prepare_v2(db, argv[i], -1, &rows, NULL) !=
		    SQLITE_OK) {
			fprintf(stderr, "scan: %s\n", sqlite3_errmsg(db));
			return 70;
		}
		while (sqlite3_step(rows) == SQLITE_ROW)
			take(&numbers,
			     sqlite3_column_double(
				     rows, sqlite3_column_count(rows) - 1));
		sqlite3_finalize(rows);
	}
	report(&numbers);
	return 0;
}
