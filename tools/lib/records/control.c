#include "records/control.h"

#include <stdlib.h>

#include "base/msg.h"
#include "base/times.h"

enum sort {
	TEXT,
	MAYBE_TEXT,
	COUNT,
	MAYBE_COUNT,
	TIME,
	MAYBE_TIME,
	OBJECT,
	MAYBE_OBJECT,
	LIST,
	MAYBE_TRUE,
	ANYTHING
};

enum { MOST_KEYS = 12 };

/* Every key a line may have, with the rule that a wrong value breaks. */
static const struct shape {
	const char *type;
	struct {
		const char *key;
		enum sort sort;
		const char *broken;
	} keys[MOST_KEYS];
} shapes[] = {
	[CONTROL_BATCH] = { "batch",
			    { { "put", TEXT, "put: not text" },
			      { "part", COUNT, "part: not a number" },
			      { "end", MAYBE_TRUE, "end: not true" } } },
	[CONTROL_BATCH_END] = { "batch", { { NULL, ANYTHING, NULL } } },
	[CONTROL_CHECKPOINT] = { "checkpoint",
				 { { "client", COUNT, "client: not a number" },
				   { "job", TEXT, "job: not text" },
				   { "scope", TEXT, "scope: not text" },
				   { "at", TIME, "at: not a time" },
				   { "from", MAYBE_OBJECT,
				     "from: not an object" },
				   { "data", OBJECT,
				     "data: not an object" } } },
	[CONTROL_KEYS] = { "keys",
			   { { "of", TEXT, "of: not text" },
			     { "client", COUNT, "client: not a number" },
			     { "source", TEXT, "source: not text" },
			     { "scope", TEXT, "scope: not text" },
			     { "parent", MAYBE_TEXT, "parent: not text" },
			     { "at", TIME, "at: not a time" },
			     { "keys", LIST, "keys: not a list of texts" } } },
	[CONTROL_FAILURE] = { "failure",
			      { { "client", COUNT, "client: not a number" },
				{ "job", TEXT, "job: not text" },
				{ "scope", TEXT, "scope: not text" },
				{ "entity", MAYBE_TEXT, "entity: not text" },
				{ "key", MAYBE_TEXT, "key: not text" },
				{ "class", TEXT, "class: not text" },
				{ "http", MAYBE_COUNT, "http: not a number" },
				{ "reason", TEXT, "reason: not text" },
				{ "at", TIME, "at: not a time" },
				{ "not_before", MAYBE_TIME,
				  "not_before: not a time" } } },
	[CONTROL_RESOLVED] = { "resolved",
			       { { "client", COUNT, "client: not a number" },
				 { "job", TEXT, "job: not text" },
				 { "scope", TEXT, "scope: not text" },
				 { "entity", MAYBE_TEXT, "entity: not text" },
				 { "key", MAYBE_TEXT, "key: not text" },
				 { "at", TIME, "at: not a time" } } },
	[CONTROL_QUALITY] = { "quality",
			      { { "of", TEXT, "of: not text" },
				{ "checked", COUNT, "checked: not a number" },
				{ "passed", COUNT, "passed: not a number" },
				{ "rejected", COUNT,
				  "rejected: not a number" } } },
};

struct control {
	struct json_paths *paths[CONTROL_NONE];
};

static size_t
key_count(const struct shape *shape)
{
	size_t n = 0;

	while (n < MOST_KEYS && shape->keys[n].key != NULL)
		n++;
	return n;
}

struct control *
control_new(void)
{
	struct control *control = msg_calloc(1, sizeof(*control));
	const char *wanted[MOST_KEYS];
	size_t i, k;

	for (i = 0; i < CONTROL_NONE; i++) {
		size_t n = key_count(&shapes[i]);

		for (k = 0; k < n; k++)
			wanted[k] = shapes[i].keys[k].key;
		control->paths[i] = json_paths(wanted, n);
	}
	return control;
}

void
control_free(struct control *control)
{
	size_t i;

	if (control == NULL)
		return;
	for (i = 0; i < CONTROL_NONE; i++)
		json_paths_free(control->paths[i]);
	free(control);
}

enum control_kind
control_kind(const struct json_span *type)
{
	size_t i;

	for (i = 0; i < CONTROL_NONE; i++)
		if (json_is(type, shapes[i].type))
			return (enum control_kind)i;
	return CONTROL_NONE;
}

static bool
is_list_of_texts(const struct json_span *span)
{
	struct json_walk walk = json_walk(span);
	struct json_span key, value;

	if (span->type != JSON_ARRAY)
		return false;
	while (json_next(&walk, &key, &value))
		if (!json_is_storable(&value))
			return false;
	return true;
}

static bool
fits(enum sort sort, const struct json_span *span)
{
	bool none = span->type == JSON_ABSENT || span->type == JSON_NULL;
	int64_t number;

	if (none)
		return sort == MAYBE_TEXT || sort == MAYBE_COUNT ||
		       sort == MAYBE_TIME || sort == MAYBE_OBJECT ||
		       sort == MAYBE_TRUE;
	switch (sort) {
	case TEXT:
	case MAYBE_TEXT:
		return json_is_storable(span);
	case COUNT:
	case MAYBE_COUNT:
		return json_int(span, &number) && number >= 0;
	case TIME:
	case MAYBE_TIME:
		return span->type == JSON_STRING &&
		       times_parse(span->at, span->len, &number);
	case OBJECT:
	case MAYBE_OBJECT:
		return span->type == JSON_OBJECT;
	case LIST:
		return is_list_of_texts(span);
	case MAYBE_TRUE:
		return span->type == JSON_TRUE;
	case ANYTHING:
		break;
	}
	return true;
}

const char *
control_broken(struct control *control, enum control_kind *kind,
	       const char *line, size_t len)
{
	const struct shape *shape = &shapes[*kind];
	struct json_span spans[MOST_KEYS];
	size_t i, n = key_count(shape);

	json_scan(control->paths[*kind], line, len, spans, NULL);
	for (i = 0; i < n; i++)
		if (spans[i].doubled || !fits(shape->keys[i].sort, &spans[i]))
			return shape->keys[i].broken;
	if (*kind == CONTROL_BATCH && spans[2].type == JSON_TRUE)
		*kind = CONTROL_BATCH_END;
	return NULL;
}
