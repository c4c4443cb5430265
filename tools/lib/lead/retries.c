#include "lead/retries.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/jsonw.h"
#include "lead/transition.h"
#include "storage/waiting.h"

enum { PATH = 4200 };

/* NULL: there is no database, or it cannot be read now. */
static struct store *
open_database(const struct office *office)
{
	enum outcome_class class;
	struct store *store;
	char path[PATH], *why;

	snprintf(path, sizeof(path), "%s/pulse.db", office->rooms.path);
	if (access(path, F_OK) != 0)
		return NULL;
	store = store_open(path, STORE_READ, 0, &why, &class);
	if (store == NULL)
		free(why);
	return store;
}

/* The failed items that wait, of one job or of all. */
static struct store_query *
ask(struct store *store, const struct docket_entry *entry)
{
	struct waiting_which which = { .client = -1, .items = true };

	if (entry != NULL) {
		which.client = entry->client;
		which.job = entry->job;
	}
	return waiting_ask(store, &which);
}

static enum due_verdict
judge(const struct docket_entry *entry, struct store_query *query, int64_t *at)
{
	struct due_rule rule = { entry->rules.max_retries, entry->rules.retry };

	return waiting_judge(query, &rule, clock_now(), at);
}

/* An items run that left its items as they were is not repeated at once. */
static int64_t
floor_of(const struct docket_entry *entry)
{
	const struct states_row *row = &entry->row;

	return row->trigger == STATES_ITEMS && row->last_end != 0
		       ? row->last_end + entry->rules.fast_recovery
		       : 1;
}

static void
note(struct office *office, struct store_query *query)
{
	struct docket_entry *entry =
		docket_find(&office->docket, store_int(query, WAITING_CLIENT),
			    store_text(query, WAITING_JOB, NULL));
	int64_t at = 0, least;

	if (entry == NULL || judge(entry, query, &at) != DUE_AT)
		return;
	least = floor_of(entry);
	if (at < least)
		at = least;
	if (entry->items_at == 0 || at < entry->items_at)
		entry->items_at = at;
}

static void
look(struct office *office, const struct docket_entry *entry)
{
	struct store *store = open_database(office);
	struct store_query *query;

	if (store == NULL)
		return;
	query = ask(store, entry);
	while (query != NULL && store_step(query) == 1)
		note(office, query);
	store_query_free(query);
	store_close(store);
}

void
retries_look(struct office *office, struct docket_entry *entry)
{
	entry->items_at = 0;
	look(office, entry);
}

void
retries_look_all(struct office *office)
{
	size_t i;

	for (i = 0; i < office->docket.count; i++)
		office->docket.entries[i].items_at = 0;
	look(office, NULL);
}

int
retries_turn(struct office *office)
{
	struct states_event event = { .kind = STATES_ITEMS_DUE };
	struct states_answer answer;
	size_t i;

	for (i = 0; i < office->docket.count; i++) {
		struct docket_entry *entry = &office->docket.entries[i];

		if (entry->items_at == 0 || entry->items_at > office->now ||
		    entry->plan == NULL || entry->row.state != STATES_FINISHED)
			continue;
		if (transition_apply(office, entry, &event, NULL, &answer) != 0)
			return -1;
	}
	return 0;
}

static void
write_item(struct jsonw *w, struct store_query *query)
{
	static const struct {
		const char *key;
		enum waiting_column column;
	} members[] = { { "job", WAITING_JOB },
			{ "scope", WAITING_SCOPE },
			{ "entity", WAITING_ENTITY },
			{ "key", WAITING_KEY } };
	size_t i;

	w->comma = 0;
	jsonw_open(w, '{');
	jsonw_key(w, "client");
	jsonw_int(w, store_int(query, WAITING_CLIENT));
	for (i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		jsonw_key(w, members[i].key);
		jsonw_string(w,
			     store_text(query, (int)members[i].column, NULL));
	}
	jsonw_close(w, '}');
	w->comma = 0;
	jsonw_raw(w, "\n", 1);
}

char *
retries_items(struct office *office, const struct docket_entry *entry)
{
	struct store *store = open_database(office);
	struct store_query *query;
	struct jsonw w = { 0 };
	int64_t at;

	if (store == NULL)
		return NULL;
	query = ask(store, entry);
	while (query != NULL && store_step(query) == 1)
		if (judge(entry, query, &at) == DUE_AT && at <= office->now)
			write_item(&w, query);
	store_query_free(query);
	store_close(store);
	return w.text;
}
