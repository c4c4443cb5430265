/*
 * rules - share/records/TYPE.yaml: what a record must be, and which columns it
 * has.  Format: pulse-records(5).
 *
 *   struct rules *rules = rules_load(dir, &why);
 *   type = rules_type(rules, name, len);             NULL: unknown type
 *   rules_scan(type, line, len, spans, &error);      one span per field
 *   rules_check(type, spans, line, len, broken, N);  which rules it breaks
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
	const char *override;
	size_t override_span;
};

/* Rows of another table under one record: `children:` */
struct rules_child {
	const char *table;
	size_t each; /* span of the array; each element is one row */
	struct json_paths *paths;
	struct rules_field *fields; /* paths inside the element; "" = itself */
	size_t field_count;
};

struct rules_type {
	const char *name;
	const char *file;
	const char *table;
	bool per_scope; /* unique by (client, source, scope, key), else (client,
			   source, key) */
	const char *scope_column; /* of the table, or NULL */
	const char *key_column;	  /* that holds the envelope's key, or NULL */
	const char
		*parent_column; /* that a keys line's parent names, or NULL */
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
/* The types in file order: 0 to count-1, NULL after that. */
const struct rules_type *rules_at(const struct rules *rules, size_t i);

/*
 * The names of the rules that a record breaks, such as "title: required" or
 * "merged_at: before created_at"; at most size of them.  Returns how many.
 * The texts belong to rules and live as long.
 */
size_t rules_check(const struct rules_type *type, const struct json_span *spans,
		   const char *line, size_t len, const char **broken,
		   size_t size);

#endif
