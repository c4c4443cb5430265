/* values: what a span becomes in a column, and the number of a row. */
#include "records/values.h"
#include "check.h"

#include <stdio.h>
#include <string.h>

static struct json_span
span_of(const char *json)
{
	static const char *const want[] = { "v" };
	struct json_paths *paths = json_paths(want, 1);
	struct json_span span;
	struct json_error error;

	if (json_scan(paths, json, strlen(json), &span, &error) != 0)
		span.type = JSON_OBJECT;
	json_paths_free(paths);
	return span;
}

/* The value of {"v":…} as a column of that sort. */
static const char *
read(enum rules_sort sort, const char *json, struct values_space *space,
     struct value *value)
{
	struct rules_field field = { .name = "v", .sort = sort };
	struct json_span span = span_of(json);

	return values_of(&field, &span, space, value);
}

static int
each_sort_takes_its_own(void)
{
	static const struct {
		enum rules_sort sort;
		const char *json;
		enum values_kind kind;
		int64_t integer;
		const char *text;
	} good[] = {
		{ RULES_TEXT, "{\"v\":\"a\"}", VALUE_TEXT, 0, "a" },
		{ RULES_TEXT, "{\"v\":\"\\u00e9\\n\"}", VALUE_TEXT, 0,
		  "\xc3\xa9\n" },
		{ RULES_TEXT, "{\"v\":12345678901234567890}", VALUE_TEXT, 0,
		  "12345678901234567890" },
		{ RULES_TEXT, "{\"v\":1.10}", VALUE_TEXT, 0, "1.10" },
		{ RULES_INTEGER, "{\"v\":-9223372036854775808}", VALUE_INTEGER,
		  INT64_MIN, NULL },
		{ RULES_BOOLEAN, "{\"v\":true}", VALUE_INTEGER, 1, NULL },
		{ RULES_BOOLEAN, "{\"v\":false}", VALUE_INTEGER, 0, NULL },
		{ RULES_TIME, "{\"v\":\"2026-11-01T10:00:00.999+0100\"}",
		  VALUE_INTEGER, 1793523600, NULL },
		{ RULES_TIME, "{\"v\":\"1969-12-31T23:59:59.500Z\"}",
		  VALUE_INTEGER, -1, NULL },
		{ RULES_DATE, "{\"v\":\"1970-01-02\"}", VALUE_INTEGER, 86400,
		  NULL },
		{ RULES_JSON, "{\"v\":[1, 2]}", VALUE_TEXT, 0, "[1, 2]" },
		{ RULES_JSON, "{\"v\":\"a\"}", VALUE_TEXT, 0, "\"a\"" },
		{ RULES_INTEGER, "{\"v\":null}", VALUE_NULL, 0, NULL },
		{ RULES_INTEGER, "{}", VALUE_NULL, 0, NULL },
	};
	struct values_space space = { 0 };
	struct value value;
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		CHECK(read(good[i].sort, good[i].json, &space, &value) == NULL);
		CHECK(value.kind == good[i].kind);
		if (value.kind == VALUE_INTEGER)
			CHECK(value.integer == good[i].integer);
		if (value.kind == VALUE_TEXT)
			CHECK(value.len == strlen(good[i].text) &&
			      memcmp(value.text, good[i].text, value.len) == 0);
	}
	CHECK(read(RULES_REAL, "{\"v\":2.5}", &space, &value) == NULL);
	CHECK(value.kind == VALUE_REAL && value.real == 2.5);
	values_free(&space);
	return 0;
}

static int
each_sort_refuses_others(void)
{
	static const struct {
		enum rules_sort sort;
		const char *json, *why;
	} bad[] = {
		{ RULES_TEXT, "{\"v\":{}}", "not text" },
		{ RULES_TEXT, "{\"v\":true}", "not text" },
		{ RULES_TEXT, "{\"v\":\"\\ud800\"}",
		  "text that cannot be stored" },
		{ RULES_TEXT, "{\"v\":\"a\\u0000b\"}",
		  "text that cannot be stored" },
		{ RULES_INTEGER, "{\"v\":9223372036854775808}",
		  "not an integer" },
		{ RULES_INTEGER, "{\"v\":\"1\"}", "not an integer" },
		{ RULES_INTEGER, "{\"v\":1.5}", "not an integer" },
		{ RULES_REAL, "{\"v\":\"1\"}", "not a number" },
		{ RULES_BOOLEAN, "{\"v\":1}", "not a boolean" },
		{ RULES_TIME, "{\"v\":1793523600}", "not a time" },
		{ RULES_TIME, "{\"v\":\"2026-02-30T00:00:00Z\"}",
		  "not a time" },
		{ RULES_DATE, "{\"v\":\"2026-11-01T00:00:00Z\"}",
		  "not a date" },
		{ RULES_TEXT, "{\"v\":1,\"v\":2}", "given twice" },
	};
	struct values_space space = { 0 };
	struct value value;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const char *why =
			read(bad[i].sort, bad[i].json, &space, &value);

		CHECK(why != NULL && strcmp(why, bad[i].why) == 0);
	}
	values_free(&space);
	return 0;
}

static int
an_override_holds_while_its_path_does(void)
{
	struct rules_field field = { .name = "state",
				     .sort = RULES_TEXT,
				     .span = 0,
				     .override = "merged",
				     .override_span = 1 };
	struct json_span spans[2] = { span_of("{\"v\":\"closed\"}"),
				      span_of("{\"v\":\"2026\"}") };
	struct values_space space = { 0 };
	struct value value;

	CHECK(values_of(&field, spans, &space, &value) == NULL);
	CHECK(value.len == 6 && memcmp(value.text, "merged", 6) == 0);
	spans[1] = span_of("{\"v\":null}");
	CHECK(values_of(&field, spans, &space, &value) == NULL);
	CHECK(value.len == 6 && memcmp(value.text, "closed", 6) == 0);
	values_free(&space);
	return 0;
}

/* Texts longer than a chunk, and many of them, stay until the reset. */
static int
decoded_texts_stay(void)
{
	static char json[200000], want[90000];
	struct values_space space = { 0 };
	struct value first, value;
	size_t len = 0, i;

	len = (size_t)snprintf(json, sizeof(json), "{\"v\":\"\\n");
	memset(json + len, 'x', 80000);
	snprintf(json + len + 80000, 4, "\"}");
	memset(want, 'x', 80001);
	want[0] = '\n';
	CHECK(read(RULES_TEXT, json, &space, &first) == NULL);
	for (i = 0; i < 100; i++)
		CHECK(read(RULES_TEXT, "{\"v\":\"\\t\"}", &space, &value) ==
		      NULL);
	CHECK(first.len == 80001 && memcmp(first.text, want, 80001) == 0);
	values_reset(&space);
	values_free(&space);
	return 0;
}

static uint64_t
number_of(const struct value *values, size_t count)
{
	uint64_t digest = 0;
	size_t i;

	for (i = 0; i < count; i++)
		digest = values_digest(digest, &values[i]);
	return digest;
}

static int
different_rows_have_different_numbers(void)
{
	const struct value rows[][2] = {
		{ { .kind = VALUE_NULL }, { .kind = VALUE_NULL } },
		{ { .kind = VALUE_INTEGER }, { .kind = VALUE_NULL } },
		{ { .kind = VALUE_NULL }, { .kind = VALUE_INTEGER } },
		{ { .kind = VALUE_REAL }, { .kind = VALUE_NULL } },
		{ { .kind = VALUE_TEXT, .text = "" }, { .kind = VALUE_NULL } },
		{ { .kind = VALUE_TEXT, .text = "ab", .len = 2 },
		  { .kind = VALUE_TEXT, .text = "c", .len = 1 } },
		{ { .kind = VALUE_TEXT, .text = "a", .len = 1 },
		  { .kind = VALUE_TEXT, .text = "bc", .len = 2 } },
		{ { .kind = VALUE_TEXT, .text = "12345678", .len = 8 },
		  { .kind = VALUE_NULL } },
		{ { .kind = VALUE_TEXT, .text = "12345678\0", .len = 9 },
		  { .kind = VALUE_NULL } },
		{ { .kind = VALUE_INTEGER, .integer = 1 },
		  { .kind = VALUE_NULL } },
		{ { .kind = VALUE_TEXT, .text = "1", .len = 1 },
		  { .kind = VALUE_NULL } },
	};
	size_t i, k, n = sizeof(rows) / sizeof(rows[0]);

	for (i = 0; i < n; i++)
		for (k = 0; k < n; k++)
			CHECK((number_of(rows[i], 2) ==
			       number_of(rows[k], 2)) == (i == k));
	return 0;
}

int
main(void)
{
	return each_sort_takes_its_own() || each_sort_refuses_others() ||
	       an_override_holds_while_its_path_does() ||
	       decoded_texts_stay() || different_rows_have_different_numbers();
}
