/* rules: cases of a type's file and a record, with the rules it breaks, and of
 * mistakes in files, with what is said of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "records/rules.h"

struct place {
	char dir[32], file[64];
};

static int
write_file(struct place *place, const char *name, const char *text)
{
	FILE *file;

	snprintf(place->file, sizeof(place->file), "%s/%s.yaml", place->dir,
		 name);
	if ((file = fopen(place->file, "w")) == NULL)
		return -1;
	fputs(text, file);
	return fclose(file);
}

static void
join(char *out, size_t size, const struct rules_broken *broken)
{
	size_t i, len = 0;

	out[0] = '\0';
	for (i = 0; i < broken->count && len < size; i++)
		len += (size_t)snprintf(out + len, size - len, "%s%s",
					i > 0 ? "; " : "", broken->rules[i]);
}

/* One field `f` in data.f, and what its value gives. */
static const struct {
	const char *field, *value, *broken;
} fields[] = {
	{ "type: text", "\"x\"", "" },
	{ "type: text", "12.50", "" },
	{ "type: text", "null", "" },
	{ "type: text", "true", "f: not text" },
	{ "type: text", "[]", "f: not text" },
	{ "type: text, required: true", "null", "f: required" },
	{ "type: text, required: true", "\"\"", "" },
	{ "type: text", "\"\\ud83d\\ude00\"", "" },
	{ "type: text", "\"\\ud83d\"", "f: lone surrogate or \\u0000" },
	{ "type: text", "\"a\\u0000\"", "f: lone surrogate or \\u0000" },
	{ "type: text, column: false", "\"a\\u0000\"", "" },
	{ "type: json", "\"a\\u0000\"", "" },
	{ "type: integer", "-3", "" },
	{ "type: integer", "3.0", "f: not an integer" },
	{ "type: integer", "9223372036854775808", "f: not an integer" },
	{ "type: integer", "\"3\"", "f: not an integer" },
	{ "type: real", "3", "" },
	{ "type: real", "-2.5e3", "" },
	{ "type: real", "1e999", "f: not a number" },
	{ "type: boolean", "false", "" },
	{ "type: boolean", "0", "f: not a boolean" },
	{ "type: time", "\"2026-11-01T10:00:00Z\"", "" },
	{ "type: time", "\"2020-06-12T08:13:13.360+0800\"", "" },
	{ "type: time", "\"2026-11-01\"", "f: not a time" },
	{ "type: time", "1793527200", "f: not a time" },
	{ "type: date", "\"2026-11-01\"", "" },
	{ "type: date", "\"2026-02-29\"", "f: not a date" },
	{ "type: json", "{\"any\":[1]}", "" },
	{ "type: text, one_of: [open, closed]", "\"open\"", "" },
	{ "type: text, one_of: [open, closed]", "\"op\\u0065n\"", "" },
	{ "type: text, one_of: [open, closed]", "\"ope\"",
	  "f: not one of open, closed" },
	{ "type: integer, one_of: [1, 2]", "2", "" },
	{ "type: integer, one_of: [1, 2]", "3", "f: not one of 1, 2" },
	{ "type: text, pattern: '^[A-Z][A-Z0-9_]*-[1-9][0-9]*$'", "\"AB2-7\"",
	  "" },
	{ "type: text, pattern: '^[A-Z][A-Z0-9_]*-[1-9][0-9]*$'",
	  "\"AB2-7\\n\"", "f: not like ^[A-Z][A-Z0-9_]*-[1-9][0-9]*$" },
	{ "type: text, pattern: '^.$'", "\"\\u00e9\"", "" },
	{ "type: text, pattern: '^(a+)+$'",
	  "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\"",
	  "f: not like ^(a+)+$" },
	{ "type: integer, range: [0, 10]", "10", "" },
	{ "type: integer, range: [0, 10]", "11", "f: not from 0 to 10" },
	{ "type: real, range: [-1.5, 2]", "-1.6", "f: not from -1.5 to 2" },
	{ "type: text, column: other", "1", "" },
};

static const struct rules_type *
scan(const struct rules *rules, const char *line, char *out, size_t size)
{
	static struct json_span spans[64];
	struct rules_broken broken;
	struct json_error error;
	const struct rules_type *type =
		rules_scan(rules, line, strlen(line), spans, &error);

	if (type == NULL) {
		snprintf(out, size, "%s", error.why);
	} else {
		rules_check(type, spans, line, strlen(line), &broken);
		join(out, size, &broken);
	}
	return type;
}

static int
test_fields(struct place *place)
{
	char yaml[512], line[512], found[512], *why;
	size_t i;

	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		struct rules *rules;

		snprintf(yaml, sizeof(yaml),
			 "table: t\nunique: [client, source, key]\nfields:\n"
			 "  f: {path: data.f, %s}\n",
			 fields[i].field);
		CHECK(write_file(place, "thing", yaml) == 0);
		CHECK((rules = rules_load(place->dir, &why)) != NULL);
		snprintf(line, sizeof(line),
			 "{\"type\":\"thing\",\"client\":1,\"source\":\"s\","
			 "\"scope\":\"a\",\"key\":\"k\",\"fetched_at\":"
			 "\"2026-11-01T10:00:00Z\",\"data\":{\"f\":%s}}",
			 fields[i].value);
		CHECK(scan(rules, line, found, sizeof(found)) ==
		      rules_at(rules, 0));
		if (strcmp(found, fields[i].broken) != 0) {
			printf("{%s} %s: '%s'\n", fields[i].field,
			       fields[i].value, found);
			return 1;
		}
		rules_free(rules);
	}
	return 0;
}

static const char thing[] =
	"table: t\n"
	"unique: [client, source, scope, key]\n"
	"scope_column: repo\n"
	"key_column: number/sha\n"
	"fields:\n"
	"  state: {path: data.state, type: text, column: st, when: {data.m: "
	"merged}}\n"
	"  made: {path: data.made, type: time}\n"
	"  gone: {path: data.gone, type: time}\n"
	"  day: {path: data.day, type: date}\n"
	"  size: {path: ext.size, type: integer, column: false}\n"
	"children:\n"
	"  - {table: parts, each: data.parts, fields: {id: {path: id, type: "
	"text, required: true}}}\n"
	"  - {table: tags, each: data.tags, fields: {tag: {path: '', type: "
	"text, required: true}}}\n"
	"checks:\n"
	"  - {order: [made, gone]}\n"
	"  - {order: [day, gone]}\n"
	"  - {jq: '.data.state != \"odd\"', name: state is even}\n";

/* Envelopes and checks that need more than one field. */
static const struct {
	const char *line, *broken;
} lines[] = {
#define HEAD                                                                   \
	"{\"type\":\"thing\",\"client\":1,\"source\":\"s\",\"scope\":\"a\","   \
	"\"key\":\"k\",\"fetched_at\":\"2026-11-01T10:00:00.123Z\","
	{ HEAD "\"updated_at\":null,\"ext\":{\"size\":3},\"data\":{}}", "" },
	{ HEAD "\"updated_at\":\"\",\"data\":{}\r }", "" },
	{ HEAD "\"updated_at\":\"2026-11-01T10:00:00+0100\",\"data\":{}}", "" },
	{ HEAD "\"updated_at\":\"soon\",\"data\":{}}",
	  "updated_at: not a time" },
	{ HEAD "\"updated_at\":7,\"data\":{}}", "updated_at: not a time" },
	{ HEAD "\"data\":{},\"x\":1}", "data: not last" },
	{ HEAD "\"data\":[]}", "data: not an object" },
	{ HEAD "\"x\":1}", "data: required" },
	{ HEAD "\"ext\":7,\"data\":{}}", "ext: not an object" },
	{ HEAD "\"key\":\"k\",\"data\":{}}", "key: doubled" },
	{ HEAD "\"data\":{},\"data\":{}}",
	  "data: doubled; state: doubled; made: doubled; gone: doubled; day: "
	  "doubled" },
	{ HEAD "\"data\":{\"state\":\"a\",\"st\\u0061te\":\"b\"}}",
	  "state: doubled" },
	{ HEAD "\"data\":{\"parts\":[],\"parts\":[]}}", "parts: not a list" },
	{ HEAD "\"data\":{\"other\":1,\"other\":2}}", "" },
	{ "{\"type\":\"thing\",\"client\":0,\"source\":\"\",\"scope\":7,"
	  "\"key\":\"\\ud800\",\"fetched_at\":null,\"data\":{}}",
	  "client: not a positive integer; source: not text; scope: not text; "
	  "key: not text; fetched_at: required" },
	{ HEAD "\"data\":{\"made\":\"2026-11-01T10:00:00Z\","
	       "\"gone\":\"2026-11-01T10:00:00Z\"}}",
	  "" },
	{ HEAD "\"data\":{\"made\":\"2026-11-01T10:00:01Z\","
	       "\"gone\":\"2026-11-01T10:00:00Z\"}}",
	  "gone: before made" },
	{ HEAD "\"data\":{\"made\":\"2026-11-01T10:00:01Z\","
	       "\"gone\":\"2026-11-01T11:00:00+0100\"}}",
	  "gone: before made" },
	{ HEAD "\"data\":{\"made\":\"2026-11-01T10:00:01Z\",\"gone\":null}}",
	  "" },
	{ HEAD "\"data\":{\"day\":\"2026-11-02\","
	       "\"gone\":\"2026-11-01T23:59:59Z\"}}",
	  "gone: before day" },
	{ HEAD "\"data\":{\"state\":\"odd\"}}", "state is even" },
	{ HEAD "\"data\":{\"parts\":[{\"id\":\"1\"},{\"id\":7}],\"tags\":[]}}",
	  "" },
	{ HEAD "\"data\":{\"parts\":[{\"id\":null},{},[],3]}}",
	  "parts.id: required" },
	{ HEAD "\"data\":{\"parts\":[{\"id\":[]}],\"tags\":[\"a\",null]}}",
	  "parts.id: not text; tags.tag: required" },
	{ HEAD "\"data\":{\"parts\":{},\"tags\":null}}", "parts: not a list" },
	{ HEAD "\"data\":{}} x", "more than one value" },
};

static int
test_lines(const struct rules *rules)
{
	char found[512];
	size_t i;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		scan(rules, lines[i].line, found, sizeof(found));
		if (strcmp(found, lines[i].broken) != 0) {
			printf("%s: '%s'\n", lines[i].line, found);
			return 1;
		}
	}
	return 0;
}

/* Wherever the type stands and however it is written, it is found. */
static int
test_types(const struct rules *rules)
{
	const struct rules_type *t = rules_at(rules, 0);
	char out[512];

	CHECK(rules_type(rules, "thing", 5) == t);
	CHECK(rules_type(rules, "thin", 4) == NULL);
	CHECK(rules_type(rules, "things", 6) == NULL);
	CHECK(rules_at(rules, 1) == NULL);
	CHECK(scan(rules, "{\"a\":1,\"type\":\"thing\"}", out, 512) == t);
	CHECK(scan(rules, "{ \"type\":\"thi\\u006eg\"}", out, 512) == t);
	CHECK(scan(rules, "{\"type\":\"thing\",\"type\":\"x\"}", out, 512)
		      ->name == NULL);
	CHECK(scan(rules, "{\"type\":\"other\"}", out, 512)->name == NULL);
	CHECK(scan(rules, "{\"type\":7}", out, 512)->name == NULL);
	CHECK(scan(rules, "[]", out, 512)->name == NULL);
	CHECK(scan(rules, "{\"type\":\"thing\"", out, 512) == NULL);
	return 0;
}

static int
test_contract(const struct rules *rules)
{
	const struct rules_type *t = rules_at(rules, 0);

	CHECK(strcmp(t->name, "thing") == 0 && strcmp(t->table, "t") == 0);
	CHECK(t->per_scope && strcmp(t->scope_column, "repo") == 0);
	CHECK(strcmp(t->key_column, "number/sha") == 0);
	CHECK(t->parent_column == NULL && t->field_count == 5);
	CHECK(t->fields[0].sort == RULES_TEXT);
	CHECK(strcmp(t->fields[0].column, "st") == 0);
	CHECK(strcmp(t->fields[0].override, "merged") == 0);
	CHECK(t->fields[1].override == NULL && t->fields[4].column == NULL);
	CHECK(t->child_count == 2 && t->children[1].field_count == 1);
	CHECK(t->children[1].fields[0].span < t->children[1].span_count);
	CHECK(rules_spans(rules) == t->span_count && t->span_count <= 64);
	CHECK(rules_consistency(t) == 3);
	CHECK(!rules_is_consistency(t, "gone: before made"));
	return 0;
}

static int
test_type(struct place *place)
{
	struct rules *rules;
	char *why;

	CHECK(write_file(place, "thing", thing) == 0);
	CHECK((rules = rules_load(place->dir, &why)) != NULL);
	CHECK(test_lines(rules) == 0);
	CHECK(test_types(rules) == 0);
	CHECK(test_contract(rules) == 0);
	rules_free(rules);
	rules_free(NULL);
	return 0;
}

/* A file, and how the complaint goes on after its name. */
static const struct {
	const char *yaml, *why;
} mistakes[] = {
	{ "tabel: x", ":1: expected one of table, unique, scope_column" },
	{ "- x", ":1: expected a record type" },
	{ "table: Pull", ":1: expected a name of a-z, 0-9 and _" },
	{ "table: x", ":1: expected unique, since there is a table" },
	{ "table: x\nunique: [client, key]", ":2: expected [client, source" },
	{ "table: x\nunique: [client, source, key]\nkey_column: a/b/c",
	  ":3: expected a column, or two" },
	{ "fields: [a]", ":1: expected a map of fields" },
	{ "fields:\n  a: x", ":2: expected a field {path: " },
	{ "fields:\n  a: {type: text}", ":2: expected a path and a type" },
	{ "fields:\n  a: {path: data.x}", ":2: expected a path and a type" },
	{ "fields:\n  a: {path: data.x, type: txt}",
	  ":2: expected one of text, integer, real" },
	{ "fields:\n  a: {path: x, type: text}",
	  ":2: expected a path that begins with data. or ext." },
	{ "fields:\n  a: {path: data..x, type: text}",
	  ":2: expected a path such as" },
	{ "fields:\n  a: {path: data.x, type: text, rang: [1, 2]}",
	  ":2: expected one of path, type, required, one_of, pattern, range, "
	  "column, when, not 'rang'" },
	{ "fields:\n  a: {path: data.x, type: text, required: yes}",
	  ":2: expected true or false" },
	{ "fields:\n  a: {path: data.x, type: text, one_of: x}",
	  ":2: expected a list of values" },
	{ "fields:\n  a: {path: data.x, type: text, pattern: '('}",
	  ":2: expected a regular expression: missing closing parenthesis" },
	{ "fields:\n  a: {path: data.x, type: time, pattern: x}",
	  ":2: expected a pattern only where type is text" },
	{ "fields:\n  a: {path: data.x, type: real, range: [2, 1]}",
	  ":2: expected a range of two numbers" },
	{ "fields:\n  a: {path: data.x, type: real, range: [1, x]}",
	  ":2: expected a range of two numbers" },
	{ "fields:\n  a: {path: data.x, type: text, range: [1, 2]}",
	  ":2: expected a range only where" },
	{ "fields:\n  a: {path: data.x, type: text, when: {data.y: a, z: b}}",
	  ":2: expected one {PATH: VALUE}" },
	{ "fields:\n  A: {path: data.x, type: text}", ":2: expected a column" },
	{ "fields:\n  a: {path: data.x, type: text}\nchecks:\n  - {order: [a, "
	  "a]}",
	  ":4: expected the name of a field of type time or date" },
	{ "checks:\n  - {jq: '.a ==', name: n}",
	  ":2: expected a jq expression: syntax error" },
	{ "checks:\n  - {name: n}", ":2: expected either order or jq" },
	{ "checks:\n  - {order: [a, b], jq: .}",
	  ":2: expected either order or jq" },
	{ "children:\n  - {table: x, fields: {a: {path: b, type: text}}}",
	  ":2: expected table, each and fields" },
	{ "children:\n  - {table: x, each: data.p, fields: {a: {path: b, typ: "
	  "text}}}",
	  ":2: expected one of path, type" },
	{ "fields: [", ":2: cannot read this as YAML" },
	{ "fields: *x", ":1: expected no alias here" },
};

static int
test_mistakes(struct place *place)
{
	char *why = NULL;
	size_t i, n;

	for (i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
		CHECK(write_file(place, "thing", mistakes[i].yaml) == 0);
		CHECK(rules_load(place->dir, &why) == NULL && why != NULL);
		n = strlen(place->file);
		if (strncmp(why, place->file, n) != 0 ||
		    strncmp(why + n, mistakes[i].why,
			    strlen(mistakes[i].why)) != 0) {
			printf("%s: '%s'\n", mistakes[i].yaml, why);
			return 1;
		}
		free(why);
	}
	unlink(place->file);
	CHECK(rules_load(place->dir, &why) == NULL);
	CHECK(strstr(why, "expected TYPE.yaml files in it") != NULL);
	free(why);
	CHECK(rules_load("/nowhere", &why) == NULL);
	CHECK(strcmp(why, "/nowhere: No such file or directory") == 0);
	free(why);
	CHECK(write_file(place, "batch", "fields: {}") == 0);
	CHECK(rules_load(place->dir, &why) == NULL);
	CHECK(strstr(why, "batch.yaml:1: expected another name") != NULL);
	free(why);
	unlink(place->file);
	return 0;
}

int
main(void)
{
	struct place place = { .dir = "/tmp/rules.XXXXXX" };
	int failed;

	CHECK(mkdtemp(place.dir) != NULL);
	failed = test_fields(&place) || test_type(&place) ||
		 test_mistakes(&place);
	unlink(place.file);
	rmdir(place.dir);
	return failed;
}
