#include "net/envelope.h"

#include <string.h>

#include "base/times.h"

static void
begin(struct envelope *e, const char *type)
{
	jsonw_reset(&e->line);
	jsonw_open(&e->line, '{');
	jsonw_key(&e->line, "type");
	jsonw_string(&e->line, type);
}

static void
end(struct envelope *e)
{
	jsonw_close(&e->line, '}');
	e->line.comma = 0;
	jsonw_raw(&e->line, "\n", 1);
}

static void
text(struct envelope *e, const char *name, const char *value)
{
	jsonw_key(&e->line, name);
	jsonw_string(&e->line, value);
}

static void
moment(struct envelope *e, const char *name, int64_t ms)
{
	jsonw_key(&e->line, name);
	jsonw_time(&e->line, ms);
}

static void
client(struct envelope *e)
{
	jsonw_key(&e->line, "client");
	jsonw_int(&e->line, e->client);
}

/* Puts JSON of somebody else behind a name, on one line. */
static void
raw(struct envelope *e, const char *name, const char *json, size_t len)
{
	size_t i;

	jsonw_key(&e->line, name);
	jsonw_raw(&e->line, json, len);
	for (i = e->line.len - len; i < e->line.len; i++)
		if (e->line.text[i] == '\n' || e->line.text[i] == '\r')
			e->line.text[i] = ' ';
}

/* Bulk changelogs of Jira give some times as a number of ms. */
static bool
point(const struct json_span *span, int64_t *ms)
{
	if (span == NULL)
		return false;
	if (span->type == JSON_NUMBER)
		return json_int(span, ms);
	return span->type == JSON_STRING &&
	       times_parse(span->at, span->len, ms);
}

void
envelope_record(struct envelope *e, const struct source_record *record,
		int64_t at)
{
	int64_t updated;

	begin(e, record->type);
	client(e);
	text(e, "source", e->source);
	text(e, "scope", record->scope);
	text(e, "key", record->key);
	if (point(record->updated_at, &updated))
		moment(e, "updated_at", updated);
	moment(e, "fetched_at", at);
	if (record->ext != NULL)
		raw(e, "ext", record->ext, strlen(record->ext));
	raw(e, "data", record->bytes, record->len);
	end(e);
}

void
envelope_checkpoint(struct envelope *e, const struct envelope_step *step,
		    int64_t at)
{
	begin(e, "checkpoint");
	client(e);
	text(e, "job", e->job);
	text(e, "scope", step->scope);
	moment(e, "at", at);
	jsonw_key(&e->line, "from");
	if (step->from == NULL)
		jsonw_null(&e->line);
	else
		jsonw_raw(&e->line, step->from, step->from_len);
	jsonw_key(&e->line, "data");
	jsonw_raw(&e->line, step->cursor, step->cursor_len);
	end(e);
}

void
envelope_keys(struct envelope *e, const struct source_keys *keys, int64_t at)
{
	size_t i;

	begin(e, "keys");
	text(e, "of", keys->of);
	client(e);
	text(e, "source", e->source);
	text(e, "scope", keys->scope);
	text(e, "parent", keys->parent);
	moment(e, "at", at);
	jsonw_key(&e->line, "keys");
	jsonw_open(&e->line, '[');
	for (i = 0; i < keys->count; i++)
		jsonw_string(&e->line, keys->keys[i]);
	jsonw_close(&e->line, ']');
	end(e);
}

void
envelope_failure(struct envelope *e, const struct source_failure *failure,
		 int64_t at)
{
	begin(e, "failure");
	client(e);
	text(e, "job", e->job);
	text(e, "scope", failure->scope);
	text(e, "entity", failure->entity);
	text(e, "key", failure->key);
	text(e, "class", outcome_name(failure->class));
	jsonw_key(&e->line, "http");
	if (failure->http != 0)
		jsonw_int(&e->line, failure->http);
	else
		jsonw_null(&e->line);
	text(e, "reason", failure->reason);
	moment(e, "at", at);
	if (failure->not_before != 0) {
		moment(e, "not_before", failure->not_before);
	} else {
		jsonw_key(&e->line, "not_before");
		jsonw_null(&e->line);
	}
	end(e);
}

void
envelope_resolved(struct envelope *e, const struct source_item *item,
		  int64_t at)
{
	begin(e, "resolved");
	client(e);
	text(e, "job", e->job);
	text(e, "scope", item->scope);
	text(e, "entity", item->entity);
	text(e, "key", item->key);
	moment(e, "at", at);
	end(e);
}
