/* json and span: the corpus of tests/fixtures/json-cases through both scanners,
 * every length round the widths they read at once, mutations of valid texts,
 * and what the spans say.  Texts stand at the very end of their memory, so that
 * a sanitizer sees a byte read too many. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "records/json.h"

enum { PATHS = 6 };

static const char *const wanted[PATHS] = { "type", "a.b",   "a",
					   "",	   "a.b.c", "k\\.d" };

static bool
same_span(const struct json_span *a, const struct json_span *b)
{
	return a->at == b->at && a->len == b->len && a->type == b->type &&
	       a->escaped == b->escaped && a->doubled == b->doubled;
}

/* 0 or 1 as both scanners say, -1 when they differ. */
static int
is_json(const struct json_paths *paths, const char *text, size_t len)
{
	char *copy = malloc(len > 0 ? len : 1);
	struct json_span fast[PATHS], slow[PATHS];
	struct json_error fast_error = { 0 }, slow_error = { 0 };
	int a, b, i;

	if (copy == NULL)
		return -1;
	memcpy(copy, text, len);
	a = json_scan(paths, copy, len, fast, &fast_error);
	b = json_scan_portable(paths, copy, len, slow, &slow_error);
	if (a == b && a != 0 &&
	    (fast_error.at != slow_error.at || fast_error.at > len ||
	     strcmp(fast_error.why, slow_error.why) != 0))
		a = 9;
	for (i = 0; a == 0 && i < PATHS; i++)
		if (!same_span(&fast[i], &slow[i]))
			a = 9;
	if (a == b && json_scan(NULL, copy, len, NULL, NULL) != a)
		a = 9;
	free(copy);
	return a != b ? -1 : a == 0;
}

/* \xHH and \\ as printf %b reads them. */
static size_t
decode_case(const char *text, char *out)
{
	size_t len = 0;

	for (; *text != '\0' && *text != '\n'; text++) {
		if (text[0] == '\\' && text[1] == 'x') {
			char digits[3] = { text[2], text[3], '\0' };

			out[len++] = (char)strtoul(digits, NULL, 16);
			text += 3;
		} else {
			text += text[0] == '\\';
			out[len++] = *text;
		}
	}
	return len;
}

static int
test_corpus(const struct json_paths *paths)
{
	FILE *file = fopen("tests/fixtures/json-cases", "r");
	char line[2048], text[2048];
	int cases = 0;

	CHECK(file != NULL);
	while (fgets(line, sizeof(line), file) != NULL) {
		const char *tab = strrchr(line, '\t');
		int expected = line[0] == 'y';

		if (line[0] == '#' || line[0] == ' ' || tab == NULL)
			continue;
		if (is_json(paths, text, decode_case(tab + 1, text)) !=
		    expected) {
			printf("case %s", line);
			return 1;
		}
		cases++;
	}
	fclose(file);
	CHECK(cases > 150);
	return 0;
}

/* A string of each length with each special thing at each place. */
static int
test_widths(const struct json_paths *paths)
{
	static const struct {
		const char *bytes;
		int valid;
	} specials[] = {
		{ "x", 1 },
		{ "\\n", 1 },
		{ "\\u00e9", 1 },
		{ "\xc3\xa9", 1 },
		{ "\xe2\x82\xac", 1 },
		{ "\xf0\x9f\x98\x80", 1 },
		{ "\x1f", 0 },
		{ "\xff", 0 },
		{ "\xc3", 0 },
		{ "\\q", 0 },
		{ "\\u12g", 0 },
		{ "\"", 0 },
	};
	char text[160];
	size_t len, at, i, skip;

	for (len = 0; len < 70; len++)
		for (at = 0; at <= len; at++)
			for (i = 0; i < 12; i++) {
				size_t special = strlen(specials[i].bytes);
				int n = snprintf(text, sizeof(text), "%*s\"",
						 (int)(len % 17), "");

				skip = (size_t)n;
				memset(text + skip, 'a', len);
				memcpy(text + skip + at, specials[i].bytes,
				       special);
				memset(text + skip + at + special, 'b',
				       len - at);
				skip += len + special;
				text[skip++] = '"';
				CHECK(is_json(paths, text, skip) ==
				      specials[i].valid);
				CHECK(is_json(paths, text, skip - 1) ==
				      (i == 11 && at == len));
			}
	return 0;
}

static int
test_depth(const struct json_paths *paths)
{
	char text[2 * JSON_DEPTH + 8];
	struct json_error error;
	size_t depth;

	for (depth = JSON_DEPTH - 1; depth <= JSON_DEPTH + 1; depth++) {
		memset(text, '[', depth);
		memset(text + depth, ']', depth);
		CHECK(is_json(paths, text, 2 * depth) == (depth <= JSON_DEPTH));
	}
	CHECK(json_scan(NULL, text, 2 * JSON_DEPTH + 2, NULL, &error) != 0);
	CHECK(strcmp(error.why, "deeper than 128") == 0);
	CHECK(error.at == JSON_DEPTH);
	return 0;
}

static unsigned
next_random(unsigned *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

/* Whatever a mutation makes, both scanners say the same of it. */
static int
test_mutations(const struct json_paths *paths)
{
	static const char *const texts[] = {
		"{\"type\":\"github_pr\",\"a\":{\"b\":{\"c\":[1,2.5e-3,\"x\"]},"
		"\"b\":null},\"k.d\":true,\"title\":\"caf\xc3\xa9 \\u00e9 and "
		"a "
		"long enough tail to cross two blocks of sixteen bytes\"}",
		"[0,-1,10.25,1e10,true,false,null,\"\\\"\\\\\\/"
		"\\b\\f\\n\\r\\t\","
		"{\"\xf0\x9f\x98\x80\":\"\\ud83d\\ude00\"},[[[[]]]],{}]",
	};
	static const char bytes[] =
		"\"\\{}[]:,0-.eEtfnu \n\x01\x80\xc3\xe2\xf0\xff";
	char text[256];
	unsigned seed = 7;
	int i, k, valid = 0;

	for (i = 0; i < 60000; i++) {
		size_t len = strlen(texts[i % 2]);

		memcpy(text, texts[i % 2], len);
		for (k = (int)(next_random(&seed) % 3); k >= 0; k--)
			text[next_random(&seed) % len] =
				bytes[next_random(&seed) % (sizeof(bytes) - 1)];
		if (next_random(&seed) % 8 == 0)
			len = next_random(&seed) % len;
		k = is_json(paths, text, len);
		CHECK(k >= 0);
		valid += k;
	}
	CHECK(valid > 100 && valid < 59000);
	return 0;
}

static bool
is(const struct json_span *span, enum json_type type, const char *text)
{
	return span->type == type && span->len == strlen(text) &&
	       memcmp(span->at, text, span->len) == 0;
}

static int
test_spans(const struct json_paths *paths)
{
	static const char text[] =
		" { \"a\" : { \"b\":{\"c\":-1.50,\"d\":[]} }, \"typ\\u0065\": "
		"\"x\\n\", \"k.d\":[{\"k.d\":1}], \"b\":{\"c\":2} } ";
	struct json_span s[PATHS];
	struct json_error error;

	CHECK(json_scan(paths, text, strlen(text), s, &error) == 0);
	CHECK(is(&s[0], JSON_STRING, "x\\n") && s[0].escaped);
	CHECK(is(&s[1], JSON_OBJECT, "{\"c\":-1.50,\"d\":[]}"));
	CHECK(s[2].type == JSON_OBJECT && !s[2].doubled);
	CHECK(s[3].type == JSON_OBJECT && s[3].len == strlen(text) - 2);
	CHECK(is(&s[4], JSON_NUMBER, "-1.50"));
	CHECK(is(&s[5], JSON_ARRAY, "[{\"k.d\":1}]"));
	CHECK(json_scan(paths, "[{\"type\":1}]", 12, s, &error) == 0);
	CHECK(s[0].type == JSON_ABSENT && s[3].type == JSON_ARRAY);
	CHECK(json_scan(paths, "{\"a\":7}", 7, s, &error) == 0);
	CHECK(s[1].type == JSON_ABSENT && is(&s[2], JSON_NUMBER, "7"));
	return 0;
}

static int
test_doubled(const struct json_paths *paths)
{
	static const char one[] =
		"{\"type\":1,\"a\":{\"b\":1},\"\\u0061\":{},\"x\":1,\"x\":2}";
	static const char two[] = "{\"type\":1,\"a\":{\"x\":1,\"b\":{\"c\":1,"
				  "\"c\":1}},\"type\":2}";
	struct json_span s[PATHS];
	struct json_error error;

	CHECK(json_scan(paths, one, strlen(one), s, &error) == 0);
	CHECK(!s[0].doubled && s[2].doubled && !s[3].doubled);
	CHECK(s[1].doubled && s[4].doubled && s[4].type == JSON_ABSENT);
	CHECK(json_scan(paths, two, strlen(two), s, &error) == 0);
	CHECK(s[0].doubled && is(&s[0], JSON_NUMBER, "1"));
	CHECK(!s[1].doubled && !s[2].doubled && s[4].doubled);
	return 0;
}

/* Four hundred siblings: the tables of the paths must find every one. */
static int
test_many_paths(void)
{
	static char names[400][16];
	static const char *list[400];
	static struct json_span spans[400];
	static char text[16384];
	struct json_error error;
	struct json_paths *paths;
	size_t i, len = 1;
	int64_t number;

	text[0] = '{';
	for (i = 0; i < 400; i++) {
		snprintf(names[i], sizeof(names[i]), "key%zu", i);
		list[i] = names[i];
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"\"key%zu\":%zu%s", i, i,
					i < 399 ? "," : "}");
	}
	paths = json_paths(list, 400);
	CHECK(json_scan(paths, text, len, spans, &error) == 0);
	for (i = 0; i < 400; i++)
		CHECK(json_int(&spans[i], &number) && number == (int64_t)i);
	json_paths_free(paths);
	return 0;
}

static int
test_walks(void)
{
	static const char *const inner[] = { "id", "" };
	static const char text[] =
		"[ {\"id\":\"]}\\\"\"} , 7,[1,[2]],\"a,\\\\\", null ]";
	static const char object[] =
		"{\"a\":1 , \"b\\\"\" : {\"c\":[]},\"\":\"x\"}";
	struct json_span list = { text, strlen(text), JSON_ARRAY, 0, 0 };
	struct json_span map = { object, strlen(object), JSON_OBJECT, 0, 0 };
	struct json_span key, value, spans[2];
	struct json_paths *paths = json_paths(inner, 2);
	struct json_walk walk = json_walk(&list), again = walk;
	size_t count = 0;

	while (json_next(&walk, &key, &value)) {
		CHECK(key.type == JSON_ABSENT);
		CHECK(json_element(paths, &again, spans));
		CHECK(same_span(&value, &spans[1]));
		CHECK(spans[0].type ==
		      (count == 0 ? JSON_STRING : JSON_ABSENT));
		count++;
	}
	CHECK(count == 5 && !json_element(paths, &again, spans));
	walk = json_walk(&map);
	CHECK(json_next(&walk, &key, &value));
	CHECK(is(&key, JSON_STRING, "a") && is(&value, JSON_NUMBER, "1"));
	CHECK(json_next(&walk, &key, &value));
	CHECK(is(&key, JSON_STRING, "b\\\"") && key.escaped);
	CHECK(is(&value, JSON_OBJECT, "{\"c\":[]}"));
	CHECK(json_next(&walk, &key, &value));
	CHECK(is(&key, JSON_STRING, "") && is(&value, JSON_STRING, "x"));
	CHECK(!json_next(&walk, &key, &value));
	walk = json_walk(&value);
	CHECK(!json_next(&walk, &key, &value));
	json_paths_free(paths);
	return 0;
}

static struct json_span
string(const char *text)
{
	return (struct json_span){ text, strlen(text), JSON_STRING,
				   strchr(text, '\\') != NULL, false };
}

static int
test_texts(void)
{
	static const struct {
		const char *text, *decoded;
	} cases[] = {
		{ "plain", "plain" },
		{ "", "" },
		{ "\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t" },
		{ "\\u0041\\u00e9\\u20AC\\uffff", "A\xc3\xa9\xe2\x82\xac"
						  "\xef\xbf\xbf" },
		{ "x\\ud83d\\ude00y", "x\xf0\x9f\x98\x80y" },
		{ "\\udbff\\udfff", "\xf4\x8f\xbf\xbf" },
		{ "\\ud800", NULL },
		{ "\\udc00", NULL },
		{ "\\ud800\\ud800", NULL },
		{ "\\ud800\\n", NULL },
		{ "a\\u0000b", NULL },
	};
	struct json_span span;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *text;

		span = string(cases[i].text);
		text = json_text(&span);
		CHECK((text == NULL) == (cases[i].decoded == NULL));
		CHECK(text == NULL || strcmp(text, cases[i].decoded) == 0);
		CHECK(text == NULL || json_is(&span, cases[i].decoded));
		CHECK(!json_is(&span, "other"));
		free(text);
	}
	span.type = JSON_NUMBER;
	CHECK(json_text(&span) == NULL && !json_is(&span, span.at));
	return 0;
}

static int
test_numbers(void)
{
	static const struct {
		const char *text;
		bool is_int;
		int64_t number;
		bool is_real;
		double real;
	} cases[] = {
		{ "0", true, 0, true, 0 },
		{ "-0", true, 0, true, 0 },
		{ "42", true, 42, true, 42 },
		{ "9223372036854775807", true, INT64_MAX, true,
		  9223372036854775807.0 },
		{ "-9223372036854775808", true, INT64_MIN, true,
		  -9223372036854775808.0 },
		{ "9223372036854775808", false, 0, true,
		  9223372036854775808.0 },
		{ "-9223372036854775809", false, 0, true,
		  -9223372036854775809.0 },
		{ "99999999999999999999", false, 0, true, 1e20 },
		{ "1.5", false, 0, true, 1.5 },
		{ "1e3", false, 0, true, 1000 },
		{ "1e400", false, 0, false, 0 },
		{ "0."
		  "00000000000000000000000000000000000000000000000000000000000"
		  "1",
		  false, 0, true, 1e-60 },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct json_span span = { cases[i].text, strlen(cases[i].text),
					  JSON_NUMBER, false, false };
		int64_t number = 0;
		double real = 0;

		CHECK(json_int(&span, &number) == cases[i].is_int);
		CHECK(!cases[i].is_int || number == cases[i].number);
		CHECK(json_real(&span, &real) == cases[i].is_real);
		CHECK(!cases[i].is_real || real == cases[i].real);
		span.type = JSON_STRING;
		CHECK(!json_int(&span, &number) && !json_real(&span, &real));
	}
	return 0;
}

int
main(void)
{
	struct json_paths *paths = json_paths(wanted, PATHS);
	int failed = test_corpus(paths) || test_widths(paths) ||
		     test_depth(paths) || test_mutations(paths) ||
		     test_spans(paths) || test_doubled(paths) ||
		     test_many_paths() || test_walks() || test_texts() ||
		     test_numbers();

	json_paths_free(paths);
	return failed;
}
