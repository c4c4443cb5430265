/*
 * waiting - what failed and waits in table failures, and when it is tried
 * again: asked by the scheduler and by retry-scan, who must agree.
 *
 *   query = waiting_ask(store, &which);           NULL: store_error
 *   while (store_step(query) == 1)
 *           ... store_text(query, WAITING_SCOPE, NULL), waiting_judge(...)
 *   store_query_free(query);
 */
#ifndef PULSE_WAITING_H
#define PULSE_WAITING_H

#include <stdbool.h>
#include <stdint.h>

#include "storage/due.h"
#include "storage/store.h"

enum waiting_column { /* times: FAILED in ms, NOT_BEFORE in seconds */
		      WAITING_CLIENT,
		      WAITING_JOB,
		      WAITING_SCOPE,
		      WAITING_ENTITY,
		      WAITING_KEY,
		      WAITING_CLASS,
		      WAITING_HTTP,
		      WAITING_ATTEMPTS,
		      WAITING_FAILED,
		      WAITING_NOT_BEFORE,
		      WAITING_REASON
};

struct waiting_which {
	int64_t client;	 /* -1: any */
	const char *job; /* NULL: any */
	bool items;	 /* not the scopes that failed as a whole */
};

/* By client, job, scope; scopes before items. */
struct store_query *waiting_ask(struct store *store,
				const struct waiting_which *which);

/* When the row that the query stands on is tried again. */
enum due_verdict waiting_judge(struct store_query *query,
			       const struct due_rule *rule, int64_t now,
			       int64_t *at);

#endif
