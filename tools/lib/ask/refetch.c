#include "ask/refetch.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/cli.h"
#include "base/jsonw.h"
#include "base/msg.h"
#include "net/rewind.h"

/* The cursor of each scope as it is now, and as of when its data are. */
static const char current[] =
	"SELECT c.client_id, c.job_name, c.scope, c.checkpoint_data,"
	" coalesce(s.reached_ms, c.created_at * 1000) FROM job_checkpoints AS c"
	" LEFT JOIN scopes AS s ON s.client_id=c.client_id AND"
	" s.job_name=c.job_name AND s.scope=c.scope WHERE c.id=(SELECT max(id)"
	" FROM job_checkpoints AS n WHERE n.client_id=c.client_id AND"
	" n.job_name=c.job_name AND n.scope=c.scope) AND c.checkpoint_data IS"
	" NOT NULL AND (?1 IS NULL OR c.job_name=?1) AND (?2 IS NULL OR"
	" c.client_id=?2) ORDER BY 1, 2, 3";

enum column { CLIENT, JOB, SCOPE, CURSOR, REACHED };

static const char latest[] =
	"SELECT checkpoint_data FROM job_checkpoints WHERE client_id=?1 AND"
	" job_name=?2 AND scope=?3 ORDER BY id DESC LIMIT 1";

static struct store_query *
ask(const struct refetch *refetch, struct store *store)
{
	struct store_query *query = store_query(store, current);

	if (query == NULL)
		return NULL;
	store_bind_text(query, 1, refetch->job,
			refetch->job != NULL ? strlen(refetch->job) : 0);
	store_bind_null(query, 2);
	if (refetch->client >= 0)
		store_bind_int(query, 2, refetch->client);
	return query;
}

static bool
is_meant(const struct refetch *refetch, const char *scope)
{
	char **pattern;

	if (refetch->all)
		return true;
	for (pattern = refetch->patterns; *pattern != NULL; pattern++)
		if (fnmatch(*pattern, scope, 0) == 0)
			return true;
	return false;
}

static void
take_back(struct refetch *refetch, struct store_query *query)
{
	struct jsonw w = { 0 };
	size_t len;
	const char *cursor = store_text(query, CURSOR, &len);
	struct refetch_scope scope = {
		.client = store_int(query, CLIENT),
		.reached = store_int(query, REACHED),
		.job = msg_strdup(store_text(query, JOB, NULL)),
		.name = msg_strdup(store_text(query, SCOPE, NULL)),
		.from = msg_strdup(cursor),
		.again = rewind_cursor(cursor, len, refetch->since, &w),
	};

	scope.to = w.text;
	refetch->scopes = msg_realloc(refetch->scopes,
				      (refetch->count + 1) * sizeof(scope));
	refetch->scopes[refetch->count++] = scope;
}

int
refetch_read(struct refetch *refetch, struct store *store)
{
	struct store_query *query = ask(refetch, store);
	int row = -1;

	while (query != NULL && (row = store_step(query)) == 1)
		if (is_meant(refetch, store_text(query, SCOPE, NULL)))
			take_back(refetch, query);
	store_query_free(query);
	return row;
}

static const char *
unmet(const struct refetch *refetch)
{
	char **pattern;
	size_t i;

	for (pattern = refetch->patterns; *pattern != NULL; pattern++) {
		for (i = 0; i < refetch->count; i++)
			if (fnmatch(*pattern, refetch->scopes[i].name, 0) == 0)
				break;
		if (i == refetch->count)
			return *pattern;
	}
	return NULL;
}

const char *
refetch_unknown(const struct refetch *refetch, struct store *store, char **near)
{
	struct refetch every = { .all = true,
				 .job = refetch->job,
				 .client = refetch->client };
	const char *unknown = unmet(refetch), *found = NULL;
	const char **names;
	size_t i;

	*near = NULL;
	if (unknown == NULL || refetch_read(&every, store) != 0)
		return unknown;
	names = msg_calloc(every.count + 1, sizeof(*names));
	for (i = 0; i < every.count; i++)
		names[i] = every.scopes[i].name;
	found = cli_nearest(unknown, names);
	if (found != NULL)
		*near = msg_strdup(found);
	free(names);
	refetch_free(&every);
	return unknown;
}

/* At the time that the scope has reached: a later one would say that its data
 * are fresher than they are. */
static void
write_scope(const struct refetch_scope *scope, struct jsonw *w)
{
	jsonw_open(w, '{');
	jsonw_key(w, "type");
	jsonw_string(w, "checkpoint");
	jsonw_key(w, "client");
	jsonw_int(w, scope->client);
	jsonw_key(w, "job");
	jsonw_string(w, scope->job);
	jsonw_key(w, "scope");
	jsonw_string(w, scope->name);
	jsonw_key(w, "at");
	jsonw_time(w, scope->reached);
	jsonw_key(w, "from");
	jsonw_raw(w, scope->from, strlen(scope->from));
	jsonw_key(w, "data");
	jsonw_raw(w, scope->to, strlen(scope->to));
	jsonw_close(w, '}');
}

void
refetch_write(const struct refetch *refetch, FILE *out)
{
	struct jsonw w = { 0 };
	size_t i;

	for (i = 0; i < refetch->count; i++) {
		write_scope(&refetch->scopes[i], &w);
		fprintf(out, "%s\n", w.text);
		jsonw_reset(&w);
	}
	jsonw_free(&w);
}

/* 1 when the scope has another cursor than ours, 0, or -1. */
static int
is_lost(const struct refetch_scope *scope, struct store_query *query)
{
	const char *now;
	int row, lost;

	store_bind_int(query, 1, scope->client);
	store_bind_string(query, 2, scope->job);
	store_bind_string(query, 3, scope->name);
	if ((row = store_step(query)) < 0)
		return -1;
	now = row == 1 ? store_text(query, 0, NULL) : NULL;
	lost = now == NULL || strcmp(now, scope->to) != 0;
	if (row == 1)
		store_reset(query);
	return lost;
}

int
refetch_lost(const struct refetch *refetch, struct store *store)
{
	struct store_query *query = store_query(store, latest);
	int lost = 0, one = query != NULL ? 0 : -1;
	size_t i;

	for (i = 0; i < refetch->count && one >= 0; i++) {
		one = is_lost(&refetch->scopes[i], query);
		lost += one;
	}
	store_query_free(query);
	return one < 0 ? -1 : lost;
}

void
refetch_free(struct refetch *refetch)
{
	size_t i;

	for (i = 0; i < refetch->count; i++) {
		free(refetch->scopes[i].job);
		free(refetch->scopes[i].name);
		free(refetch->scopes[i].from);
		free(refetch->scopes[i].to);
	}
	free(refetch->scopes);
	refetch->scopes = NULL;
	refetch->count = 0;
}
