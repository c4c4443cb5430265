#include "records/values.h"

#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "base/times.h"

enum { CHUNK = 64 << 10 };

struct values_chunk {
	struct values_chunk *older;
	size_t size;
	char text[];
};

static char *
room(struct values_space *space, size_t len)
{
	struct values_chunk *chunk = space->chunks;

	if (chunk == NULL || chunk->size - space->used < len) {
		size_t size = len > CHUNK ? len : CHUNK;

		chunk = msg_calloc(1, sizeof(*chunk) + size);
		chunk->size = size;
		chunk->older = space->chunks;
		space->chunks = chunk;
		space->used = 0;
	}
	return chunk->text + space->used;
}

static void
free_from(struct values_chunk *chunk)
{
	while (chunk != NULL) {
		struct values_chunk *older = chunk->older;

		free(chunk);
		chunk = older;
	}
}

void
values_reset(struct values_space *space)
{
	space->used = 0;
	if (space->chunks == NULL || space->chunks->older == NULL)
		return;
	free_from(space->chunks->older);
	space->chunks->older = NULL;
}

void
values_free(struct values_space *space)
{
	free_from(space->chunks);
	*space = (struct values_space){ 0 };
}

char *
values_room(struct values_space *space, size_t len)
{
	char *text = room(space, len);

	space->used += len;
	return text;
}

const char *
values_text(const struct json_span *span, struct values_space *space,
	    struct value *value)
{
	int64_t len;
	char *text;

	if (span->type != JSON_STRING && span->type != JSON_NUMBER)
		return "not text";
	value->kind = VALUE_TEXT;
	value->text = span->at;
	value->len = span->len;
	if (!span->escaped)
		return NULL;
	text = room(space, span->len);
	if ((len = json_decode(span, text)) < 0)
		return "text that cannot be stored";
	space->used += (size_t)len;
	value->text = text;
	value->len = (size_t)len;
	return NULL;
}

static const char *
integer_of(const struct json_span *span, struct value *value)
{
	value->kind = VALUE_INTEGER;
	return json_int(span, &value->integer) ? NULL : "not an integer";
}

static const char *
real_of(const struct json_span *span, struct value *value)
{
	value->kind = VALUE_REAL;
	return json_real(span, &value->real) ? NULL : "not a number";
}

static const char *
boolean_of(const struct json_span *span, struct value *value)
{
	value->kind = VALUE_INTEGER;
	value->integer = span->type == JSON_TRUE;
	return span->type == JSON_TRUE || span->type == JSON_FALSE
		       ? NULL
		       : "not a boolean";
}

static const char *
time_of(const struct json_span *span, bool date, struct value *value)
{
	const char *why = date ? "not a date" : "not a time";
	int64_t ms;

	if (span->type != JSON_STRING || span->escaped)
		return why;
	if (date ? !times_parse_date(span->at, span->len, &ms)
		 : !times_parse(span->at, span->len, &ms))
		return why;
	value->kind = VALUE_INTEGER;
	value->integer = ms >= 0 ? ms / 1000 : -((999 - ms) / 1000);
	return NULL;
}

/* The value as it stands in the record, a string with its quotes. */
static const char *
json_of(const struct json_span *span, struct value *value)
{
	size_t quote = span->type == JSON_STRING;

	value->kind = VALUE_TEXT;
	value->text = span->at - quote;
	value->len = span->len + 2 * quote;
	return NULL;
}

static bool
overridden(const struct rules_field *field, const struct json_span *spans)
{
	enum json_type type;

	if (field->override == NULL)
		return false;
	type = spans[field->override_span].type;
	return type != JSON_ABSENT && type != JSON_NULL && type != JSON_FALSE;
}

const char *
values_of(const struct rules_field *field, const struct json_span *spans,
	  struct values_space *space, struct value *value)
{
	const struct json_span *span = &spans[field->span];

	value->kind = VALUE_NULL;
	if (span->doubled)
		return "given twice";
	if (overridden(field, spans)) {
		value->kind = VALUE_TEXT;
		value->text = field->override;
		value->len = strlen(field->override);
		return NULL;
	}
	if (span->type == JSON_ABSENT || span->type == JSON_NULL)
		return NULL;
	switch (field->sort) {
	case RULES_INTEGER:
		return integer_of(span, value);
	case RULES_REAL:
		return real_of(span, value);
	case RULES_BOOLEAN:
		return boolean_of(span, value);
	case RULES_TIME:
	case RULES_DATE:
		return time_of(span, field->sort == RULES_DATE, value);
	case RULES_JSON:
		return json_of(span, value);
	case RULES_TEXT:
	default:
		return values_text(span, space, value);
	}
}

static uint64_t
mix(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t
add(uint64_t digest, uint64_t word)
{
	return mix(digest ^ 0x9e3779b97f4a7c15u, word ^ 0xe7037ed1a0b428dbu);
}

static uint64_t
add_text(uint64_t digest, const char *text, size_t len)
{
	uint64_t word;

	for (; len >= sizeof(word); len -= sizeof(word)) {
		memcpy(&word, text, sizeof(word));
		digest = add(digest, word);
		text += sizeof(word);
	}
	word = 0;
	memcpy(&word, text, len);
	return add(digest, word);
}

uint64_t
values_digest(uint64_t digest, const struct value *value)
{
	uint64_t word = (uint64_t)value->integer;

	switch (value->kind) {
	case VALUE_INTEGER:
		return add(add(digest, 1), word);
	case VALUE_REAL:
		memcpy(&word, &value->real, sizeof(word));
		return add(add(digest, 2), word);
	case VALUE_TEXT:
		return add_text(add(digest, 3 + value->len), value->text,
				value->len);
	case VALUE_NULL:
	default:
		return add(digest, 0);
	}
}
