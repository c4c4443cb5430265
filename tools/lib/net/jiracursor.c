#include "net/jiracursor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "base/times.h"
#include "records/json.h"

enum {
	OF,
	UPDATED,
	SEEN,
	KEYS_AT,
	KEYS_COUNT,
	WALK,
	SINCE,
	STARTED,
	CREATED,
	MONTHS,
	AFTER,
	ZONE,
	WANTED
};

static const char *const want[WANTED] = {
	"of",		"updated",     "seen",	     "keys.at",
	"keys.count",	"walk",	       "walk.since", "walk.started",
	"walk.created", "walk.months", "walk.after", "walk.zone",
};

/* An absent time is 0; false when it is something else. */
static bool
read_time(const struct json_span *span, int64_t *ms)
{
	*ms = 0;
	if (span->type == JSON_ABSENT || span->type == JSON_NULL)
		return true;
	return span->type == JSON_STRING &&
	       times_parse(span->at, span->len, ms);
}

static bool
read_text(const struct json_span *span, char out[JIRACURSOR_TEXT])
{
	int64_t len;

	*out = '\0';
	if (span->type == JSON_ABSENT)
		return true;
	if (span->type != JSON_STRING || span->len >= JIRACURSOR_TEXT)
		return false;
	if ((len = json_decode(span, out)) < 0)
		return false;
	out[len] = '\0';
	return true;
}

static bool
read_count(const struct json_span *span, int64_t *number)
{
	*number = 0;
	return span->type == JSON_ABSENT ||
	       (json_int(span, number) && *number >= 0);
}

static bool
read_seen(struct jiracursor *cursor, const struct json_span *list)
{
	struct json_walk walk, pair;
	struct json_span key, each, id, updated;
	char text[JIRACURSOR_TEXT];
	int64_t ms;

	if (list->type == JSON_ABSENT)
		return true;
	if (list->type != JSON_ARRAY)
		return false;
	walk = json_walk(list);
	while (json_next(&walk, &key, &each)) {
		if (each.type != JSON_ARRAY)
			return false;
		pair = json_walk(&each);
		if (!json_next(&pair, &key, &id) ||
		    !json_next(&pair, &key, &updated) ||
		    !read_text(&id, text) || !read_time(&updated, &ms))
			return false;
		jiracursor_see(cursor, text, ms);
	}
	return true;
}

static bool
read_walk(struct jiracursor *cursor, const struct json_span *spans)
{
	cursor->walking = spans[WALK].type == JSON_OBJECT;
	return read_time(&spans[SINCE], &cursor->since) &&
	       read_time(&spans[STARTED], &cursor->started) &&
	       read_time(&spans[CREATED], &cursor->created) &&
	       read_count(&spans[MONTHS], &cursor->months) &&
	       read_text(&spans[AFTER], cursor->after) &&
	       read_text(&spans[ZONE], cursor->zone) &&
	       (!cursor->walking || cursor->started != 0);
}

bool
jiracursor_read(struct jiracursor *cursor, const char *text, size_t len)
{
	struct json_paths *paths = json_paths(want, WANTED);
	struct json_span spans[WANTED];
	struct json_error error;
	bool ours;

	*cursor = (struct jiracursor){ 0 };
	ours = json_scan(paths, text, len, spans, &error) == 0 &&
	       read_text(&spans[OF], cursor->of) &&
	       read_time(&spans[UPDATED], &cursor->updated) &&
	       read_seen(cursor, &spans[SEEN]) &&
	       read_time(&spans[KEYS_AT], &cursor->keys_at) &&
	       read_count(&spans[KEYS_COUNT], &cursor->keys_count) &&
	       read_walk(cursor, spans);
	json_paths_free(paths);
	if (!ours)
		jiracursor_free(cursor);
	return ours;
}

static void
write_time(struct jsonw *out, const char *name, int64_t ms)
{
	jsonw_key(out, name);
	if (ms == 0)
		jsonw_null(out);
	else
		jsonw_time(out, ms);
}

static void
write_text(struct jsonw *out, const char *name, const char *text)
{
	jsonw_key(out, name);
	jsonw_string(out, text);
}

static void
write_count(struct jsonw *out, const char *name, int64_t number)
{
	jsonw_key(out, name);
	jsonw_int(out, number);
}

static void
write_seen(const struct jiracursor *cursor, struct jsonw *out)
{
	size_t i;

	jsonw_key(out, "seen");
	jsonw_open(out, '[');
	for (i = 0; i < cursor->seen_count; i++) {
		jsonw_open(out, '[');
		jsonw_string(out, cursor->seen[i].id);
		jsonw_time(out, cursor->seen[i].updated);
		jsonw_close(out, ']');
	}
	jsonw_close(out, ']');
}

static void
write_walk(const struct jiracursor *cursor, struct jsonw *out)
{
	jsonw_key(out, "walk");
	jsonw_open(out, '{');
	write_time(out, "since", cursor->since);
	write_time(out, "started", cursor->started);
	write_time(out, "created", cursor->created);
	write_count(out, "months", cursor->months);
	write_text(out, "after", cursor->after);
	write_text(out, "zone", cursor->zone);
	jsonw_close(out, '}');
}

void
jiracursor_write(const struct jiracursor *cursor, struct jsonw *out)
{
	jsonw_open(out, '{');
	write_text(out, "of", cursor->of);
	write_time(out, "updated", cursor->updated);
	write_seen(cursor, out);
	if (cursor->keys_at != 0) {
		jsonw_key(out, "keys");
		jsonw_open(out, '{');
		write_time(out, "at", cursor->keys_at);
		write_count(out, "count", cursor->keys_count);
		jsonw_close(out, '}');
	}
	if (cursor->walking)
		write_walk(cursor, out);
	jsonw_close(out, '}');
}

void
jiracursor_see(struct jiracursor *cursor, const char *id, int64_t updated)
{
	size_t count = cursor->seen_count;

	if ((count & (count - 1)) == 0)
		cursor->seen = msg_realloc(cursor->seen,
					   (count > 0 ? 2 * count : 1) *
						   sizeof(*cursor->seen));
	snprintf(cursor->seen[count].id, sizeof(cursor->seen[count].id), "%s",
		 id);
	cursor->seen[count].updated = updated;
	cursor->seen_count++;
}

void
jiracursor_free(struct jiracursor *cursor)
{
	free(cursor->seen);
	*cursor = (struct jiracursor){ 0 };
}
