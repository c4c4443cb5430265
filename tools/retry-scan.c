/* retry-scan - show what failed and when it is tried again */

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cli.h"
#include "base/clock.h"
#include "base/home.h"
#include "base/listing.h"
#include "base/msg.h"
#include "base/times.h"
#include "storage/due.h"
#include "storage/store.h"

enum { WAIT_MS = 5000 };

struct opts {
	const char *database, *client, *items;
	int json;
};

static const struct cli_option options[] = {
	{ 'd', "database", "FILE", "the database (default spool/pulse.db)",
	  CLI_STRING, offsetof(struct opts, database) },
	{ 'k', "client", "CLIENT", "only this client", CLI_STRING,
	  offsetof(struct opts, client) },
	{ 0, "items", "JOB", "print the items of JOB that are due now",
	  CLI_STRING, offsetof(struct opts, items) },
	{ 0, "json", NULL, "print one JSON object a line", CLI_FLAG,
	  offsetof(struct opts, json) },
	{ .name = NULL },
};

static const struct cli cli = {
	"retry-scan",
	"show what failed and when it is tried again",
	NULL,
	0,
	0,
	options,
	"  retry-scan --items github_job | fetch-github --items -\n",
	NULL,
};

static const char *const columns[] = {
	"client",   "job",    "scope",	    "entity", "key",	"class", "http",
	"attempts", "failed", "not_before", "next",   "reason", NULL
};

/* Open failures, those of items after those of whole scopes. */
static const char failures[] =
	"SELECT client_id, job_name, scope, entity, key, class, http, attempts,"
	" failed_ms, not_before, reason FROM failures WHERE resolved_at IS NULL"
	" AND (?1 IS NULL OR client_id=?1) AND (?2 IS NULL OR"
	" (job_name=?2 AND entity<>'' AND key<>''))"
	" ORDER BY client_id, job_name, key<>'', scope, entity, key";

enum column {
	CLIENT,
	JOB,
	SCOPE,
	ENTITY,
	KEY,
	CLASS,
	HTTP,
	ATTEMPTS,
	FAILED,
	NOT_BEFORE,
	REASON
};

static const char *
text_of(struct store_query *query, enum column column)
{
	const char *text = store_text(query, (int)column, NULL);

	return text == NULL || *text == '\0' ? NULL : text;
}

static enum due_verdict
judge(struct store_query *query, int64_t *at)
{
	struct due_failure failure = {
		.class = outcome_from_name(store_text(query, CLASS, NULL)),
		.attempts = store_int(query, ATTEMPTS),
		.failed_at = store_int(query, FAILED),
		.not_before = store_int(query, NOT_BEFORE) * 1000,
		.seed = (uint64_t)store_int(query, FAILED),
	};
	int column;

	for (column = JOB; column <= KEY; column++)
		failure.seed =
			due_seed(failure.seed, store_text(query, column, NULL));
	return due_when(&due_usual, &failure, at);
}

/* When it is tried again, in words or as a time. */
static const char *
next_try(struct store_query *query, int64_t now, char time[TIMES_SIZE])
{
	int64_t at = 0;

	if (text_of(query, KEY) == NULL)
		return "next run";
	switch (judge(query, &at)) {
	case DUE_GIVEN_UP:
		return "given up";
	case DUE_PERSON:
		return "a person";
	case DUE_AT:
	default:
		break;
	}
	if (at <= now)
		return "now";
	times_format_seconds(at, time);
	return time;
}

static void
list_time(struct listing *list, int64_t ms)
{
	char text[TIMES_SIZE];

	times_format_seconds(ms, text);
	listing_string(list, text);
}

static void
list_row(struct listing *list, struct store_query *query, const char *next)
{
	int column;

	listing_int(list, store_int(query, CLIENT));
	for (column = JOB; column <= CLASS; column++)
		listing_string(list, text_of(query, (enum column)column));
	if (store_is_null(query, HTTP))
		listing_null(list);
	else
		listing_int(list, store_int(query, HTTP));
	listing_int(list, store_int(query, ATTEMPTS));
	list_time(list, store_int(query, FAILED));
	if (store_is_null(query, NOT_BEFORE))
		listing_null(list);
	else
		list_time(list, store_int(query, NOT_BEFORE) * 1000);
	listing_string(list, next);
	listing_string(list, text_of(query, REASON));
}

static int
scan(struct store_query *query, const struct opts *opts)
{
	bool lines = opts->json || opts->items != NULL;
	struct listing *list = listing_open(
		stdout, lines ? LISTING_NDJSON : LISTING_TABLE, columns);
	int64_t now = clock_now();
	char time[TIMES_SIZE];
	int row;

	while ((row = store_step(query)) == 1) {
		const char *next = next_try(query, now, time);

		if (opts->items == NULL || strcmp(next, "now") == 0)
			list_row(list, query, next);
	}
	listing_close(list);
	return row;
}

static struct store_query *
ask(struct store *store, const struct opts *opts)
{
	struct store_query *query = store_query(store, failures);
	char *end;

	if (query == NULL)
		return NULL;
	store_bind_null(query, 1);
	if (opts->client != NULL) {
		store_bind_int(query, 1, strtoll(opts->client, &end, 10));
		if (end == opts->client || *end != '\0')
			cli_misuse(&cli, "'%s' is no client", opts->client);
	}
	store_bind_text(query, 2, opts->items,
			opts->items != NULL ? strlen(opts->items) : 0);
	return query;
}

int
main(int argc, char *argv[])
{
	struct opts opts = { 0 };
	enum outcome_class class;
	struct store_query *query;
	struct store *store;
	char *path, *why;

	cli_parse(&cli, &opts, argc, argv);
	path = opts.database != NULL ? msg_strdup(opts.database)
				     : home_path("spool/pulse.db");
	store = store_open(path, STORE_READ, WAIT_MS, &why, &class);
	if (store == NULL)
		msg_die_class(class, 0, "cannot open '%s': %s", path, why);
	query = ask(store, &opts);
	if (query == NULL || scan(query, &opts) != 0)
		msg_die_class(store_class(store), 0, "cannot read '%s': %s",
			      path, store_error(store));
	store_query_free(query);
	store_close(store);
	free(path);
	msg_end_output();
	return EX_OK;
}
