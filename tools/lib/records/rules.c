#include "records/rules.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "base/times.h"
#include "records/checks.h"
#include "records/control.h"
#include "records/rulefile.h"

struct rules {
	struct rules_type *types;
	size_t count;
	struct rules_type other; /* of types without a file */
	size_t *last; /* the type found last: most lines are like it */
	struct checks_scratch scratch;
};

static int
is_yaml(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return entry->d_name[0] != '.' && len > 5 &&
	       strcmp(entry->d_name + len - 5, ".yaml") == 0;
}

/* The names of the lines that are not data are taken. */
static bool
is_taken(const char *name)
{
	struct json_span span = { name, strlen(name), JSON_STRING, false,
				  false };

	return control_kind(&span) != CONTROL_NONE ||
	       strcmp(name, "reject") == 0;
}

static bool
load_type(struct rules *rules, const char *dir, const char *file, char **why)
{
	struct rules_type *type = &rules->types[rules->count];
	char path[4096], name[256];

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	snprintf(name, sizeof(name), "%.*s", (int)strlen(file) - 5, file);
	if (is_taken(name)) {
		if (asprintf(why,
			     "%s:1: expected another name: lines of this "
			     "type are not data",
			     path) < 0)
			*why = NULL;
		return false;
	}
	if (!rulefile_load(type, path, why))
		return false;
	type->name = msg_strdup(name);
	type->checks->scratch = &rules->scratch;
	rules->count++;
	return true;
}

static void
make_scratch(struct rules *rules)
{
	size_t i, k, most = 1;

	for (i = 0; i < rules->count; i++)
		for (k = 0; k < rules->types[i].child_count; k++)
			if (rules->types[i].children[k].span_count > most)
				most = rules->types[i].children[k].span_count;
	rules->scratch.spans = msg_calloc(most, sizeof(struct json_span));
}

struct rules *
rules_load(const char *dir, char **why)
{
	struct rules *rules = msg_calloc(1, sizeof(*rules));
	struct dirent **files = NULL;
	int i, n = scandir(dir, &files, is_yaml, alphasort);
	bool fine = n > 0;

	*why = NULL;
	if (n <= 0 && asprintf(why, "%s: %s", dir,
			       n < 0 ? strerror(errno)
				     : "expected TYPE.yaml files in it") < 0)
		*why = NULL;
	rules->last = msg_calloc(1, sizeof(*rules->last));
	rules->types = msg_calloc(n > 0 ? (size_t)n : 0, sizeof(*rules->types));
	for (i = 0; i < n; i++) {
		fine = fine && load_type(rules, dir, files[i]->d_name, why);
		free(files[i]);
	}
	free(files);
	if (fine) {
		rulefile_envelope(&rules->other);
		rules->other.checks->scratch = &rules->scratch;
		make_scratch(rules);
		return rules;
	}
	rules_free(rules);
	return NULL;
}

void
rules_free(struct rules *rules)
{
	size_t i;

	if (rules == NULL)
		return;
	for (i = 0; i < rules->count; i++) {
		free((char *)rules->types[i].name);
		rulefile_clear(&rules->types[i]);
	}
	if (rules->other.checks != NULL)
		rulefile_clear(&rules->other);
	free(rules->types);
	free(rules->last);
	free(rules->scratch.spans);
	free(rules->scratch.text);
	free(rules);
}

static bool
is_named(const struct rules_type *type, const char *name, size_t len)
{
	return strlen(type->name) == len && memcmp(type->name, name, len) == 0;
}

const struct rules_type *
rules_type(const struct rules *rules, const char *name, size_t len)
{
	size_t i;

	if (is_named(&rules->types[*rules->last], name, len))
		return &rules->types[*rules->last];
	for (i = 0; i < rules->count; i++)
		if (is_named(&rules->types[i], name, len)) {
			*rules->last = i;
			return &rules->types[i];
		}
	return NULL;
}

const struct rules_type *
rules_at(const struct rules *rules, size_t i)
{
	return i < rules->count ? &rules->types[i] : NULL;
}

size_t
rules_spans(const struct rules *rules)
{
	size_t i, most = RULES_ENVELOPE;

	for (i = 0; i < rules->count; i++)
		if (rules->types[i].span_count > most)
			most = rules->types[i].span_count;
	return most;
}

/* The type that the line says first, if it does. */
static const struct rules_type *
guess(const struct rules *rules, const char *line, size_t len)
{
	static const char front[] = "{\"type\":\"";
	const size_t skip = sizeof(front) - 1;
	const struct rules_type *type = NULL;
	const char *quote;

	if (len > skip && memcmp(line, front, skip) == 0 &&
	    (quote = memchr(line + skip, '"', len - skip)) != NULL)
		type = rules_type(rules, line + skip,
				  (size_t)(quote - line) - skip);
	return type != NULL ? type : &rules->other;
}

/* The type of a line whose spans are known. */
static const struct rules_type *
named(const struct rules *rules, const struct json_span *spans)
{
	const struct json_span *name = &spans[RULES_TYPE];
	const struct rules_type *type = NULL;
	char *text;

	if (name->type != JSON_STRING || name->doubled)
		return &rules->other;
	if (!name->escaped) {
		type = rules_type(rules, name->at, name->len);
	} else if ((text = json_text(name)) != NULL) {
		type = rules_type(rules, text, strlen(text));
		free(text);
	}
	return type != NULL ? type : &rules->other;
}

const struct rules_type *
rules_scan(const struct rules *rules, const char *line, size_t len,
	   struct json_span *spans, struct json_error *error)
{
	const struct rules_type *first = guess(rules, line, len), *type;

	if (json_scan(first->paths, line, len, spans, error) != 0)
		return NULL;
	type = named(rules, spans);
	if (type != first)
		json_scan(type->paths, line, len, spans, error);
	return type;
}

static void
add(struct rules_broken *broken, const char *rule)
{
	size_t i;

	for (i = 0; i < broken->count; i++)
		if (broken->rules[i] == rule)
			return;
	if (broken->count < RULES_MOST)
		broken->rules[broken->count++] = rule;
}

enum envelope_sort { A_TEXT, A_NUMBER, A_TIME, MAYBE_TIME, MAYBE_OBJECT };

static const struct envelope_rule {
	enum envelope_sort sort;
	const char *missing, *wrong, *doubled;
} envelope[RULES_ENVELOPE] = {
	[RULES_TYPE] = { A_TEXT, "type: required", "type: not text",
			 "type: doubled" },
	[RULES_CLIENT] = { A_NUMBER, "client: required",
			   "client: not a positive integer",
			   "client: doubled" },
	[RULES_SOURCE] = { A_TEXT, "source: required", "source: not text",
			   "source: doubled" },
	[RULES_SCOPE] = { A_TEXT, "scope: required", "scope: not text",
			  "scope: doubled" },
	[RULES_KEY] = { A_TEXT, "key: required", "key: not text",
			"key: doubled" },
	[RULES_UPDATED_AT] = { MAYBE_TIME, NULL, "updated_at: not a time",
			       "updated_at: doubled" },
	[RULES_FETCHED_AT] = { A_TIME, "fetched_at: required",
			       "fetched_at: not a time",
			       "fetched_at: doubled" },
	[RULES_EXT] = { MAYBE_OBJECT, NULL, "ext: not an object",
			"ext: doubled" },
	[RULES_DATA] = { MAYBE_OBJECT, "data: required", "data: not an object",
			 "data: doubled" },
};

/* Text that can be stored and is not empty. */
static bool
is_name(const struct json_span *span)
{
	return span->len > 0 && json_is_storable(span);
}

static bool
fits(enum envelope_sort sort, const struct json_span *span)
{
	int64_t number;

	switch (sort) {
	case A_TEXT:
		return is_name(span);
	case A_NUMBER:
		return json_int(span, &number) && number > 0;
	case MAYBE_TIME:
		if (span->type == JSON_STRING && span->len == 0)
			return true;
		/* fall through */
	case A_TIME:
		return span->type == JSON_STRING &&
		       times_parse(span->at, span->len, &number);
	case MAYBE_OBJECT:
		break;
	}
	return span->type == JSON_OBJECT;
}

/* Nothing but the closing brace follows: a reader may cut data out there. */
static bool
is_last(const struct json_span *data, const char *line, size_t len)
{
	const char *p = data->at + data->len, *end = line + len;

	while (p < end && (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n'))
		p++;
	return p < end && *p == '}';
}

static void
check_envelope(const struct json_span *spans, const char *line, size_t len,
	       struct rules_broken *broken)
{
	size_t i;

	for (i = 0; i < RULES_ENVELOPE; i++) {
		const struct envelope_rule *rule = &envelope[i];
		bool missing = spans[i].type == JSON_ABSENT ||
			       spans[i].type == JSON_NULL;

		if (spans[i].doubled)
			add(broken, rule->doubled);
		else if (missing && rule->missing != NULL)
			add(broken, rule->missing);
		else if (!missing && !fits(rule->sort, &spans[i]))
			add(broken, rule->wrong);
	}
	if (spans[RULES_DATA].type == JSON_OBJECT &&
	    !spans[RULES_DATA].doubled &&
	    !is_last(&spans[RULES_DATA], line, len))
		add(broken, "data: not last");
}

static void
check_fields(const struct rules_field *fields, size_t count,
	     const struct json_span *spans, struct checks_scratch *scratch,
	     struct rules_broken *broken)
{
	size_t i;

	for (i = 0; i < count; i++) {
		enum checks_fault fault = checks_value(
			&fields[i], &spans[fields[i].span], scratch);

		if (fault != CHECKS_FAULTS)
			add(broken, fields[i].check->says[fault]);
	}
}

static void
check_child(const struct rules_child *child, const struct json_span *spans,
	    struct checks_scratch *scratch, struct rules_broken *broken)
{
	const struct json_span *list = &spans[child->each];
	struct json_walk walk = json_walk(list);

	if (list->type == JSON_ABSENT || list->type == JSON_NULL)
		return;
	if (list->type != JSON_ARRAY || list->doubled) {
		add(broken, child->not_list);
		return;
	}
	while (json_element(child->paths, &walk, scratch->spans))
		check_fields(child->fields, child->field_count, scratch->spans,
			     scratch, broken);
}

/* Times as GitHub sends them compare as bytes; others are read. */
static bool
is_ordered(const struct rules_type *type, const struct checks_order *order,
	   const struct json_span *spans)
{
	const struct rules_field *one = &type->fields[order->first];
	const struct rules_field *two = &type->fields[order->second];
	const struct json_span *a = &spans[one->span], *b = &spans[two->span];
	int64_t before, after;

	if (a->type == JSON_STRING && b->type == JSON_STRING && a->len == 20 &&
	    b->len == 20 && a->at[19] == 'Z' && b->at[19] == 'Z')
		return memcmp(a->at, b->at, 20) <= 0;
	if (!checks_time(one, a, &before) || !checks_time(two, b, &after))
		return true;
	return before <= after;
}

static void
check_jq(const struct rules_checks *checks, const char *line, size_t len,
	 struct rules_broken *broken)
{
	const char *why;
	size_t i;

	for (i = 0; i < checks->jq_count; i++)
		if (filter_test(checks->jqs[i].filter, line, len, &why) != 1)
			add(broken, checks->jqs[i].says);
}

void
rules_check(const struct rules_type *type, const struct json_span *spans,
	    const char *line, size_t len, struct rules_broken *broken)
{
	const struct rules_checks *checks = type->checks;
	bool is_record;
	size_t i;

	broken->count = 0;
	check_envelope(spans, line, len, broken);
	is_record = broken->count == 0;
	check_fields(type->fields, type->field_count, spans, checks->scratch,
		     broken);
	for (i = 0; i < type->child_count; i++)
		check_child(&type->children[i], spans, checks->scratch, broken);
	for (i = 0; i < checks->order_count; i++)
		if (!is_ordered(type, &checks->orders[i], spans))
			add(broken, checks->orders[i].says);
	if (is_record)
		check_jq(checks, line, len, broken);
}

size_t
rules_consistency(const struct rules_type *type)
{
	return type->checks->order_count + type->checks->jq_count;
}

bool
rules_is_consistency(const struct rules_type *type, const char *rule)
{
	const struct rules_checks *checks = type->checks;
	size_t i;

	for (i = 0; i < checks->order_count; i++)
		if (checks->orders[i].says == rule)
			return true;
	for (i = 0; i < checks->jq_count; i++)
		if (checks->jqs[i].says == rule)
			return true;
	return false;
}
