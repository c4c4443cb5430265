/*
 * rules - share/records/TYPE.yaml: what a record must be, and which columns it
 * has.  Format: pulse-records(5).
 *
 *   struct rules *rules = rules_load(dir, &why);
 *   struct json_span *spans = calloc(rules_spans(rules), sizeof(*spans));
 *   type = rules_scan(rules, line, len, spans, &error);   NULL: no JSON
 *   if (type->name == NULL) ...                           no file for its type
 *   rules_check(type, spans, line, len, &broken);         which rules it breaks
 *   rules_free(rules);
 *
 * spans[RULES_KEY] and so on are the envelope, spans[type->fields[i].span] the
 * fields.  Everything handed out belongs to rules.
 */
#ifndef PULSE_RULES_H
#define PULSE_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "records/json.h"

/* Spans 0 to RULES_ENVELOPE-1 of every type, before those of its fields. */
enum rules_envelope {
	RULES_TYPE,
	RULES_CLIENT,
	RULES_SOURCE,
	RULES_SCOPE,
	RULES_KEY,
	RULES_UPDATED_AT,
	RULES_FETCHED_AT,
	RULES_EXT,
	RULES_DATA,
	RULES_ENVELOPE
};

enum rules_sort { /* how a field is stored */
		  RULES_TEXT,
		  RULES_INTEGER,
		  RULES_REAL,
		  RULES_BOOLEAN, /* 0 or 1 */
		  RULES_TIME,	 /* integer seconds since the epoch */
		  RULES_DATE, /* 2026-11-01, as integer seconds at UTC midnight
			       */
		  RULES_JSON  /* the value's own text */
};

struct rules_field {
	const char *name;   /* as in the YAML */
	const char *path;   /* in the record, such as data.user.login */
	const char *column; /* NULL: checked, not stored */
	enum rules_sort sort;
	size_t span; /* its place in spans */
	/* `when: {PATH: VALUE}`: the column is VALUE while PATH is neither
	 * absent, null nor false. */
	const char *override; /* NULL without it */
	size_t override_span;
	struct checks_field *check;
};

/* Rows of another table under one record: `children:` */
struct rules_child {
	const char *table;
	size_t each; /* span of the array; each element is one row */
	struct json_paths *paths;
	struct rules_field *fields; /* paths inside the element; "" = itself */
	size_t field_count;
	size_t span_count; /* what paths fill */
	char *not_list;	   /* the rule that `each` breaks */
};

struct rules_type {
	const char *name; /* NULL: of a type without a file */
	const char *file;
	const char *table; /* NULL: not stored */
	bool per_scope;	   /* unique by (client, source, scope, key), else
			      (client, source, key) */
	const char *scope_column; /* of the table, or NULL */
	const char *key_column; /* that holds the key, two as in number/sha when
				 * it has two parts, or NULL */
	const char *parent_column; /* that a keys line's parent names, or NULL
				    */
	struct rules_field *fields;
	size_t field_count;
	size_t span_count; /* RULES_ENVELOPE and all that fields need */
	struct rules_child *children;
	size_t child_count;
	struct rules_checks *checks;
	struct json_paths *paths;
};

struct rules;

/* NULL with *why "FILE:LINE: what was expected" (allocated). */
struct rules *rules_load(const char *dir, char **why);
void rules_free(struct rules *rules);
const struct rules_type *rules_type(const struct rules *rules, const char *name,
				    size_t len);
/* The types in the order of their file names: 0 to count-1, NULL after. */
const struct rules_type *rules_at(const struct rules *rules, size_t i);

/* The most spans that rules_scan fills. */
size_t rules_spans(const struct rules *rules);

/*
 * Checks that the line is JSON and finds its type and spans, in one pass over
 * the bytes when "type" comes first, as fetchers write it.  NULL with *error
 * when it is no JSON.  A line that is no record, and a record of a type that
 * has no file, come back as the type whose name is NULL, with the envelope.
 */
const struct rules_type *rules_scan(const struct rules *rules, const char *line,
				    size_t len, struct json_span *spans,
				    struct json_error *error);

enum { RULES_MOST = 16 };

struct rules_broken { /* the first of them, when there are more */
	const char *rules[RULES_MOST];
	size_t count;
};

/*
 * Which rules a record breaks, those of the envelope included, such as "title:
 * required" or "merged_at: before created_at".  The texts live as long as
 * rules, and the same rule has always the same pointer.
 */
void rules_check(const struct rules_type *type, const struct json_span *spans,
		 const char *line, size_t len, struct rules_broken *broken);

/* How many order and jq rules a type has, and whether this is one of them. */
size_t rules_consistency(const struct rules_type *type);
bool rules_is_consistency(const struct rules_type *type, const char *rule);

#endif
