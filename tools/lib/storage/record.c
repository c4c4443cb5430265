#include "storage/record.h"

#include <stdio.h>
#include <string.h>

#include "base/msg.h"
#include "base/times.h"

struct value
record_integer(int64_t number)
{
	return (struct value){ .kind = VALUE_INTEGER, .integer = number };
}

const char *
record_text(struct record *record, const struct json_span *span,
	    struct value *value)
{
	if (span->doubled || span->type != JSON_STRING || span->len == 0)
		return "is no text";
	return values_text(span, &record->space, value);
}

bool
record_time(const struct json_span *span, int64_t *ms)
{
	return !span->doubled && span->type == JSON_STRING &&
	       times_parse(span->at, span->len, ms);
}

/* Absent, null and "" are the version of things that never change. */
static bool
read_updated(const struct json_span *span, int64_t *ms)
{
	*ms = 0;
	if (span->type == JSON_ABSENT || span->type == JSON_NULL ||
	    (span->type == JSON_STRING && span->len == 0))
		return true;
	return record_time(span, ms);
}

static const char *
read_envelope(struct record *record, const struct json_span *spans)
{
	if (spans[RULES_CLIENT].doubled ||
	    !json_int(&spans[RULES_CLIENT], &record->client) ||
	    record->client < 0)
		return "client: not a number";
	if (record_text(record, &spans[RULES_SOURCE], &record->source) != NULL)
		return "source: not text";
	if (record_text(record, &spans[RULES_SCOPE], &record->scope) != NULL)
		return "scope: not text";
	if (record_text(record, &spans[RULES_KEY], &record->key) != NULL)
		return "key: not text";
	if (!read_updated(&spans[RULES_UPDATED_AT], &record->updated))
		return "updated_at: not a time";
	if (!record_time(&spans[RULES_FETCHED_AT], &record->fetched))
		return "fetched_at: not a time";
	return NULL;
}

/* Digits without a sign or leading zeros, so that the row's key as text is the
 * envelope's again. */
static bool
integer_key(struct value *part)
{
	int64_t number = 0;
	size_t i;

	if (part->len == 0 || part->len > 18 ||
	    (part->text[0] == '0' && part->len > 1))
		return false;
	for (i = 0; i < part->len; i++) {
		if (part->text[i] < '0' || part->text[i] > '9')
			return false;
		number = number * 10 + (part->text[i] - '0');
	}
	part->kind = VALUE_INTEGER;
	part->integer = number;
	return true;
}

/* The last part is the rest, so that keys with slashes of their own work. */
static const char *
split_key(struct record *record, const struct plans_plan *plan)
{
	struct value rest = record->key;
	size_t i;

	for (i = 0; i < plan->key_count; i++) {
		const char *slash = i + 1 < plan->key_count
					    ? memchr(rest.text, '/', rest.len)
					    : rest.text + rest.len;
		struct value part = rest;
		size_t skip;

		if (slash == NULL)
			return "key: too few parts";
		part.len = (size_t)(slash - rest.text);
		skip = part.len + (i + 1 < plan->key_count);
		record->parts[i] = part;
		if (plan->table->columns[plan->keys[i]].takes ==
			    VALUE_INTEGER &&
		    !integer_key(&part))
			return "key: not a number";
		plan->values[plan->keys[i]] = part;
		rest.text += skip;
		rest.len -= skip;
	}
	return NULL;
}

static const char *
fault(struct record *record, const struct rules_field *field, const char *why)
{
	snprintf(record->fault, sizeof(record->fault), "%s: %s", field->name,
		 why);
	return record->fault;
}

static const char *
put_fields(struct record *record, struct plans_plan *plan,
	   const struct json_span *spans, uint64_t *digest)
{
	const struct rules_type *type = plan->type;
	size_t i;

	for (i = 0; i < type->field_count; i++) {
		int place = plan->places[i];
		struct value *value;
		const char *why;

		if (place < 0)
			continue;
		value = &plan->values[place];
		if (plan->instead[i] && value->kind != VALUE_NULL)
			continue;
		why = values_of(&type->fields[i], spans, &record->space, value);
		if (why != NULL)
			return fault(record, &type->fields[i], why);
		if ((size_t)place < plan->table->count &&
		    !tables_takes(&plan->table->columns[place], value))
			return fault(record, &type->fields[i], "missing");
		*digest = values_digest(*digest, value);
	}
	return NULL;
}

/* Where the fields of the next row go. */
static struct value *
next_row(struct plans_child *child)
{
	size_t width = child->rules->field_count;

	if (child->count == child->size) {
		child->size = child->size * 2 + 16;
		child->rows =
			msg_realloc(child->rows,
				    child->size * width * sizeof(*child->rows));
	}
	return child->rows + width * child->count++;
}

/* The spans of one element: of its members, or of itself. */
static void
scan_element(struct plans_child *child, const struct json_span *element)
{
	const struct rules_child *rules = child->rules;
	size_t i;

	for (i = 0; i < rules->span_count; i++)
		child->spans[i] = (struct json_span){ .type = JSON_ABSENT };
	if (element->type == JSON_OBJECT)
		json_scan(rules->paths, element->at, element->len, child->spans,
			  NULL);
	for (i = 0; i < rules->field_count; i++)
		if (rules->fields[i].path[0] == '\0')
			child->spans[rules->fields[i].span] = *element;
}

static bool
row_fits(const struct plans_child *child, const struct value *row)
{
	size_t i;

	for (i = 0; i < child->table->count; i++)
		if (child->from[i].origin == PLANS_ELEMENT &&
		    !tables_takes(&child->table->columns[i],
				  &row[child->from[i].number]))
			return false;
	return true;
}

static const char *
put_child(struct record *record, struct plans_child *child,
	  const struct json_span *each, uint64_t *digest)
{
	struct json_walk walk = json_walk(each);
	struct json_span key, element;
	size_t i;

	child->count = 0;
	if (each->type != JSON_ARRAY)
		return each->type == JSON_ABSENT || each->type == JSON_NULL
			       ? NULL
			       : "not a list";
	while (json_next(&walk, &key, &element)) {
		struct value *row = next_row(child);

		scan_element(child, &element);
		for (i = 0; i < child->rules->field_count; i++) {
			const char *why = values_of(&child->rules->fields[i],
						    child->spans,
						    &record->space, &row[i]);

			if (why != NULL)
				return fault(record, &child->rules->fields[i],
					     why);
			*digest = values_digest(*digest, &row[i]);
		}
		if (!row_fits(child, row))
			return "a list's element lacks what it must have";
	}
	return NULL;
}

static const char *
put_children(struct record *record, struct plans_plan *plan,
	     const struct json_span *spans, uint64_t *digest)
{
	size_t i;

	for (i = 0; i < plan->type->child_count; i++) {
		struct plans_child *child = &plan->children[i];
		const char *why = put_child(record, child,
					    &spans[child->rules->each], digest);
		struct value count = { .kind = VALUE_INTEGER };

		if (why != NULL)
			return why;
		count.integer = (int64_t)child->count;
		*digest = values_digest(*digest, &count);
	}
	return NULL;
}

static void
put_standing(const struct record *record, struct plans_plan *plan,
	     uint64_t digest)
{
	plan->values[plan->client] = record_integer(record->client);
	plan->values[plan->source] = record->source;
	plan->values[plan->updated] = record_integer(record->updated);
	plan->values[plan->fetched] = record_integer(record->fetched);
	plan->values[plan->digest] = record_integer((int64_t)digest);
}

const char *
record_fill(struct record *record, struct plans_plan *plan,
	    const struct json_span *spans)
{
	uint64_t digest = 0;
	const char *why;

	values_reset(&record->space);
	if ((why = read_envelope(record, spans)) != NULL ||
	    (why = split_key(record, plan)) != NULL ||
	    (why = put_fields(record, plan, spans, &digest)) != NULL ||
	    (why = put_children(record, plan, spans, &digest)) != NULL)
		return why;
	put_standing(record, plan, digest);
	return NULL;
}

void
record_free(struct record *record)
{
	values_free(&record->space);
}
