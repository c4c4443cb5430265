#include "demo/search.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "demo/member.h"
#include "demo/query.h"
#include "demo/stock.h"

enum { KEPT = 64, WINDOW = 10000, CAP = 1000 };

/* The issues that a query found at one version of the model, in its order. */
struct result {
	char *jql;
	uint64_t version, hash, used;
	int32_t *rows;
	size_t count;
	unsigned readers;
};

struct search {
	pthread_mutex_t lock;
	struct result *kept[KEPT];
	uint64_t clock;
};

struct search *
search_new(void)
{
	struct search *search = msg_calloc(1, sizeof(*search));

	pthread_mutex_init(&search->lock, NULL);
	return search;
}

static void
drop(struct result *result)
{
	if (result == NULL)
		return;
	free(result->jql);
	free(result->rows);
	free(result);
}

void
search_free(struct search *search)
{
	size_t i;

	if (search == NULL)
		return;
	for (i = 0; i < KEPT; i++)
		drop(search->kept[i]);
	pthread_mutex_destroy(&search->lock);
	free(search);
}

static uint64_t
hash_of(const char *text)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (; *text != '\0'; text++)
		hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
	return hash;
}

struct ordering {
	const struct tracker *tracker;
	const struct query *query;
};

static int
in_order(const void *left, const void *right, void *arg)
{
	const struct ordering *by = arg;
	const int32_t *a = left, *b = right;

	return query_compare(by->query, &by->tracker->issues[*a],
			     &by->tracker->issues[*b]);
}

static struct result *
run(const struct tracker *tracker, const struct query *query, const char *text)
{
	struct result *result = msg_calloc(1, sizeof(*result));
	struct ordering by = { tracker, query };
	int32_t i;

	result->jql = msg_strdup(text);
	result->hash = hash_of(text);
	result->version = tracker->version;
	result->rows = msg_calloc((size_t)tracker->issue_count + 1,
				  sizeof(*result->rows));
	for (i = 0; i < tracker->issue_count; i++)
		if (!tracker->issues[i].deleted &&
		    tracker->issues[i].indexed != 0 &&
		    query_matches(query, &tracker->issues[i]))
			result->rows[result->count++] = i;
	qsort_r(result->rows, result->count, sizeof(*result->rows), in_order,
		&by);
	return result;
}

static struct result *
find(struct search *search, uint64_t hash, const char *jql, uint64_t version)
{
	struct result *found = NULL;
	size_t i;

	pthread_mutex_lock(&search->lock);
	for (i = 0; i < KEPT && found == NULL; i++) {
		struct result *kept = search->kept[i];

		if (kept != NULL && kept->hash == hash &&
		    kept->version == version && strcmp(kept->jql, jql) == 0)
			found = kept;
	}
	if (found != NULL) {
		found->readers++;
		found->used = ++search->clock;
	}
	pthread_mutex_unlock(&search->lock);
	return found;
}

/* Puts a result in the place of the one not used for longest. */
static void
keep(struct search *search, struct result *result)
{
	size_t i, oldest = KEPT;

	pthread_mutex_lock(&search->lock);
	for (i = 0; i < KEPT; i++) {
		struct result *kept = search->kept[i];

		if (kept == NULL) {
			oldest = i;
			break;
		}
		if (kept->readers == 0 &&
		    (oldest == KEPT || kept->used < search->kept[oldest]->used))
			oldest = i;
	}
	result->readers = 1;
	result->used = ++search->clock;
	if (oldest < KEPT) {
		drop(search->kept[oldest]);
		search->kept[oldest] = result;
	}
	pthread_mutex_unlock(&search->lock);
}

static void
release(struct search *search, struct result *result)
{
	bool stray = true;
	size_t i;

	pthread_mutex_lock(&search->lock);
	result->readers--;
	for (i = 0; i < KEPT; i++)
		stray &= search->kept[i] != result;
	pthread_mutex_unlock(&search->lock);
	if (stray)
		drop(result);
}

/* The rows of a query; NULL when it was refused and answered. */
static struct result *
rows_of(const struct desk_call *call, const char *text, uint64_t version)
{
	struct search *search = call->tracker->search;
	struct result *result = find(search, hash_of(text), text, version);
	struct query *query;
	char *why;

	if (result != NULL)
		return result;
	if ((query = query_parse(call->tracker, text, &why)) == NULL) {
		desk_refuse(call, 400, "%s", why);
		free(why);
		return NULL;
	}
	if (!call->dc && !query_is_bounded(query)) {
		desk_refuse(call, 400,
			    "Unbounded JQL queries are not allowed here. "
			    "Please add a search restriction to your query.");
	} else {
		result = run(call->tracker, query, text);
		keep(search, result);
	}
	query_free(query);
	return result;
}

static void
write_token(char token[80], const struct result *result, size_t at)
{
	snprintf(token, 80, "CAEaAggD%016" PRIx64 "%012" PRIx64 "%08zx",
		 result->hash, result->version, at);
}

/* Where the page begins and which version of the rows is meant. */
static bool
read_token(const char *token, const char *jql, uint64_t *version, size_t *at)
{
	uint64_t hash;

	if (token == NULL || *token == '\0')
		return true;
	return sscanf(token, "CAEaAggD%16" SCNx64 "%12" SCNx64 "%8zx", &hash,
		      version, at) == 3 &&
	       hash == hash_of(jql);
}

/* How many rows a page gets: fewer for big ones, and fewer now and then for
 * no reason that a client could know. */
static size_t
page_size(const struct desk_call *call, const struct ticket_wish *wish,
	  size_t at, uint64_t hash)
{
	int64_t most = wish->wild || wish->changelog || wish->count > 10 ? 100
		       : wish->count > 0				 ? 1000
									 : 5000;
	int64_t size = desk_number(call, "maxResults", 50);

	if (size < 1)
		size = 50;
	if (size > most)
		size = most;
	if ((hash + at / 7) % 3 == 0 && size > 3)
		size = size * 7 / 10;
	return (size_t)size;
}

static void
write_rows(const struct desk_call *call, const struct result *result,
	   const struct ticket_wish *wish, size_t at, struct jsonw *w)
{
	size_t size = page_size(call, wish, at, result->hash), i;
	size_t end = at + size < result->count ? at + size : result->count;
	char token[80];

	jsonw_open(w, '{');
	jsonw_key(w, "issues");
	jsonw_open(w, '[');
	for (i = at; i < end; i++)
		if (!call->tracker->issues[result->rows[i]].deleted)
			ticket_issue(call->tracker, result->rows[i], wish, w);
	jsonw_close(w, ']');
	if (end < result->count) {
		write_token(token, result, end);
		jsonw_put_string(w, "nextPageToken", token);
	} else if (result->hash % 2 == 0) { /* null, or not there at all */
		jsonw_put_string(w, "nextPageToken", NULL);
	}
	jsonw_put_bool(w, "isLast", end >= result->count);
	jsonw_close(w, '}');
}

void
search_by_token(const struct desk_call *call)
{
	char *text = desk_text(call, "jql");
	char *token = desk_text(call, "nextPageToken");
	uint64_t version = call->tracker->version;
	struct ticket_wish wish;
	struct jsonw w = { 0 };
	struct result *result;
	size_t at = 0;

	desk_wish(call, NULL, &wish);
	if (text == NULL)
		text = msg_strdup("");
	if (!read_token(token, text, &version, &at))
		desk_refuse(call, 400,
			    "The provided next page token is "
			    "invalid or expired.");
	else if ((result = rows_of(call, text, version)) != NULL) {
		write_rows(call, result, &wish, at, &w);
		release(call->tracker->search, result);
		desk_answer(call, 200, &w);
	}
	free(text);
	free(token);
}

void
search_count(const struct desk_call *call)
{
	char *text = desk_text(call, "jql");
	struct jsonw w = { 0 };
	struct result *result;

	if (text == NULL)
		text = msg_strdup("");
	result = rows_of(call, text, call->tracker->version);
	if (result != NULL) {
		jsonw_open(&w, '{');
		jsonw_put_int(&w, "count", (int64_t)result->count);
		jsonw_close(&w, '}');
		release(call->tracker->search, result);
		desk_answer(call, 200, &w);
	}
	free(text);
}

static void
write_offset_page(const struct desk_call *call, const struct result *result,
		  const struct desk_page *page, struct jsonw *w)
{
	struct ticket_wish wish;
	int64_t i;

	desk_wish(call, "*navigable", &wish);
	jsonw_open(w, '{');
	jsonw_put_string(w, "expand", "schema,names");
	jsonw_put_int(w, "startAt", page->start);
	jsonw_put_int(w, "maxResults", page->size);
	jsonw_put_int(w, "total", page->total);
	jsonw_key(w, "issues");
	jsonw_open(w, '[');
	for (i = page->start; i < page->end; i++)
		ticket_issue(call->tracker, result->rows[i], &wish, w);
	jsonw_close(w, ']');
	jsonw_close(w, '}');
}

void
search_by_offset(const struct desk_call *call)
{
	const struct world_config *config = &call->tracker->world->config;
	int64_t window = config->jira_window ? config->jira_window : WINDOW;
	int64_t cap = config->jira_cap ? config->jira_cap : CAP;
	char *text = desk_text(call, "jql");
	struct desk_page page;
	struct jsonw w = { 0 };
	struct result *result;

	if (text == NULL)
		text = msg_strdup("");
	result = rows_of(call, text, call->tracker->version);
	free(text);
	if (result == NULL)
		return;
	page = desk_page(call, (int64_t)result->count, 50, cap);
	if (desk_number(call, "startAt", 0) + page.size > window) {
		desk_refuse(call, 500,
			    "Result window is too large, from + size must be "
			    "less than or equal to: [%" PRId64 "] but was "
			    "[%" PRId64 "].",
			    window, page.start + page.size);
	} else {
		write_offset_page(call, result, &page, &w);
		desk_answer(call, 200, &w);
	}
	release(call->tracker->search, result);
}

void
search_gone(const struct desk_call *call)
{
	desk_refuse(call, 410,
		    "The requested API has been removed. Please migrate to the "
		    "/rest/api/3/search/jql API. A full migration guideline is "
		    "available at "
		    "https://developer.atlassian.com/changelog/#CHANGE-2046");
}
