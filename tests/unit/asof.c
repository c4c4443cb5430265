/* asof: values at a moment, from changes in any order. */
#include "measure/asof.h"
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* at, place, was, becomes: out of order, and two at one time. */
#define CHANGES                                                                \
	"WITH c(at, place, was, becomes) AS (VALUES (20, 3, 'b', 'c'),"        \
	" (10, 1, NULL, 'a'), (20, 2, 'a', 'b'), (NULL, 9, 'x', 'y'),"         \
	" (40, 5, 'd', NULL), (30, 4, 'c', 'd')) SELECT coalesce(as_of("

static const struct {
	const char *sql, *answer;
} cases[] = {
	/* before the first: what it found, which was nothing */
	{ CHANGES "9, at, place, was, becomes), 'null') FROM c", "null" },
	/* at the very moment of a change it has happened */
	{ CHANGES "10, at, place, was, becomes), 'null') FROM c", "a" },
	{ CHANGES "19, at, place, was, becomes), 'null') FROM c", "a" },
	/* of two at one time the later place */
	{ CHANGES "20, at, place, was, becomes), 'null') FROM c", "c" },
	{ CHANGES "39, at, place, was, becomes), 'null') FROM c", "d" },
	{ CHANGES "40, at, place, was, becomes), 'null') FROM c", "null" },
	/* before all: the earlier place of two */
	{ CHANGES "9, at, place, was, becomes), 'null') FROM c"
		  " WHERE at = 20",
	  "a" },
	/* no changes, or none with a time */
	{ CHANGES "9, at, place, was, becomes), 'null') FROM c WHERE 0",
	  "null" },
	{ CHANGES "9, at, place, was, becomes), 'null') FROM c"
		  " WHERE at IS NULL",
	  "null" },
	/* numbers stay numbers */
	{ "SELECT typeof(as_of(1, column1, 0, 0, column2)) || as_of(1, column1,"
	  " 0, 0, column2) FROM (VALUES (1, 2.5))",
	  "real2.5" },
	{ "SELECT typeof(as_of(0, column1, 0, column2, 0)) || as_of(0, column1,"
	  " 0, column2, 0) FROM (VALUES (1, 7))",
	  "integer7" },
};

int
main(void)
{
	char folder[] = "/tmp/asof.XXXXXX", path[40], lock[40];
	enum outcome_class class;
	struct store *store;
	char *why = NULL;
	int failed = 0;
	size_t i;

	CHECK(mkdtemp(folder) != NULL);
	snprintf(path, sizeof(path), "%s/a.db", folder);
	snprintf(lock, sizeof(lock), "%s/a.db.lock", folder);
	store = store_open_at(&(struct store_place){ path, "share/schema",
						     STORE_WRITE, 50,
						     STORE_WAREHOUSE },
			      &why, &class);
	CHECK(store != NULL && asof_add(store) == 0);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct store_query *query = store_query(store, cases[i].sql);
		const char *text;

		CHECK(query != NULL && store_step(query) == 1);
		text = store_text(query, 0, NULL);
		if (strcmp(text, cases[i].answer) != 0) {
			printf("case %zu: %s, not %s\n", i, text,
			       cases[i].answer);
			failed = 1;
		}
		store_query_free(query);
	}
	store_close(store);
	unlink(path);
	unlink(lock);
	rmdir(folder);
	return failed;
}
