#include "storage/waiting.h"

#include <string.h>

static const char waiting[] =
	"SELECT client_id, job_name, scope, entity, key, class, http, attempts,"
	" failed_ms, not_before, reason FROM failures WHERE resolved_at IS NULL"
	" AND (?1 IS NULL OR client_id=?1) AND (?2 IS NULL OR job_name=?2)"
	" AND (NOT ?3 OR (entity<>'' AND key<>''))"
	" ORDER BY client_id, job_name, key<>'', scope, entity, key";

struct store_query *
waiting_ask(struct store *store, const struct waiting_which *which)
{
	struct store_query *query = store_query(store, waiting);

	if (query == NULL)
		return NULL;
	store_bind_null(query, 1);
	if (which->client >= 0)
		store_bind_int(query, 1, which->client);
	store_bind_text(query, 2, which->job,
			which->job != NULL ? strlen(which->job) : 0);
	store_bind_int(query, 3, which->items);
	return query;
}

enum due_verdict
waiting_judge(struct store_query *query, const struct due_rule *rule,
	      int64_t now, int64_t *at)
{
	struct due_failure failure = {
		.class = outcome_from_name(
			store_text(query, WAITING_CLASS, NULL)),
		.attempts = store_int(query, WAITING_ATTEMPTS),
		.failed_at = store_int(query, WAITING_FAILED),
		.not_before = store_int(query, WAITING_NOT_BEFORE) * 1000,
		.seed = (uint64_t)store_int(query, WAITING_FAILED),
	};
	int column;

	for (column = WAITING_JOB; column <= WAITING_KEY; column++)
		failure.seed =
			due_seed(failure.seed, store_text(query, column, NULL));
	return due_when(rule, &failure, now, at);
}
