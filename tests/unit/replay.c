/* replay: the states between changes, edit by edit. */
#include "measure/replay.h"
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Two values, 1 and 5 at the start: out of order, two changes of one edit, an
 * edit that changes nothing, and one back and forth within a second. */
#define CHANGES                                                                \
	"WITH c(at, edit, place, first, second) AS (VALUES"                    \
	" (30, 8, 0, NULL, 2.5), (10, 1, 0, 0, NULL), (20, 3, 1, NULL, 7),"    \
	" (20, 3, 0, 1, 6), (25, 5, 0, 1, 7), (30, 9, 0, NULL, 7))"            \
	" SELECT coalesce(replay(at, edit, place, "

static const struct {
	const char *sql, *answer;
} cases[] = {
	{ CHANGES "1, first, 5, second), 'null') FROM c",
	  "[[10,1,1,0,5,5],[20,3,0,1,5,7],[30,8,1,1,7,2.5],[30,9,1,1,2.5,7]]" },
	{ CHANGES "1, first), 'null') FROM c", "[[10,1,1,0],[20,3,0,1]]" },
	/* nothing is other than it was */
	{ CHANGES "1, first), 'null') FROM c WHERE edit >= 5", "[]" },
	{ CHANGES "1, first), 'null') FROM c WHERE 0", "null" },
};

int
main(void)
{
	char folder[] = "/tmp/replay.XXXXXX", path[40], lock[40];
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
	CHECK(store != NULL && replay_add(store) == 0);
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
