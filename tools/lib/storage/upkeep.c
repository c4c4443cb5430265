#include "storage/upkeep.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

enum { HISTORY = 50, RESOLVED_DAYS = 90 };

static int
give_up(struct store *store, char **why, enum outcome_class *class)
{
	*why = msg_strdup(store_error(store));
	*class = store_class(store);
	return -1;
}

/* SQLite says "ok" or its first complaint. */
int
upkeep_check(struct store *store, char **why, enum outcome_class *class)
{
	struct store_query *query = store_query(store, "PRAGMA quick_check(1)");
	const char *said;

	if (query == NULL || store_step(query) != 1) {
		store_query_free(query);
		return give_up(store, why, class);
	}
	said = store_text(query, 0, NULL);
	if (strcmp(said, "ok") == 0) {
		store_query_free(query);
		return 0;
	}
	*class = OUTCOME_DATA_FORMAT;
	if (asprintf(why,
		     "%s: it is damaged; move it away and load the batches "
		     "kept in queue/*/*/done again",
		     said) < 0)
		*why = NULL;
	store_query_free(query);
	return -1;
}

static int
drop(struct store *store, const char *sql, int64_t bound, int64_t *count)
{
	struct store_query *query = store_query(store, sql);
	int row;

	if (query == NULL)
		return -1;
	store_bind_int(query, 1, bound);
	row = store_step(query);
	store_query_free(query);
	*count = store_changes(store);
	return row;
}

static int
tidy(struct store *store, int64_t now, struct upkeep_counts *counts)
{
	return store_begin(store) != 0 ||
			       drop(store,
				    "DELETE FROM job_checkpoints WHERE id IN "
				    "(SELECT id FROM (SELECT id, row_number() "
				    "OVER (PARTITION BY client_id, job_name, "
				    "scope ORDER BY id DESC) AS n FROM "
				    "job_checkpoints) WHERE n > ?1)",
				    HISTORY, &counts->checkpoints) != 0 ||
			       drop(store,
				    "DELETE FROM failures WHERE resolved_at "
				    "IS NOT NULL AND resolved_at < ?1",
				    now - (int64_t)RESOLVED_DAYS * 86400,
				    &counts->failures) != 0 ||
			       store_commit(store) != 0
		       ? -1
		       : 0;
}

int
upkeep_run(struct store *store, int64_t now, struct upkeep_counts *counts,
	   char **why, enum outcome_class *class)
{
	*counts = (struct upkeep_counts){ 0 };
	if (upkeep_check(store, why, class) != 0)
		return -1;
	if (tidy(store, now, counts) != 0 ||
	    store_run(store, "PRAGMA analysis_limit=2000; ANALYZE") != 0 ||
	    store_number(store, "PRAGMA freelist_count", &counts->pages) != 0 ||
	    store_run(store, "PRAGMA incremental_vacuum") != 0 ||
	    store_run(store, "PRAGMA wal_checkpoint(TRUNCATE)") != 0) {
		give_up(store, why, class);
		store_rollback(store);
		return -1;
	}
	return 0;
}
