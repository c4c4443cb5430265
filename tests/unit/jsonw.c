/* jsonw: what is written reads back as what was given. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonw.h"
#include "check.h"
#include "records/json.h"

static int
test_commas(void)
{
	struct jsonw w = { 0 };

	jsonw_open(&w, '{');
	jsonw_key(&w, "a");
	jsonw_open(&w, '[');
	jsonw_int(&w, INT64_MIN);
	jsonw_string(&w, NULL);
	jsonw_open(&w, '[');
	jsonw_close(&w, ']');
	jsonw_bool(&w, 1);
	jsonw_close(&w, ']');
	jsonw_key(&w, "b");
	jsonw_open(&w, '{');
	jsonw_close(&w, '}');
	jsonw_key(&w, "c");
	jsonw_raw(&w, "[1, 2]", 6);
	jsonw_key(&w, "d");
	jsonw_time(&w, 1793527200123);
	jsonw_close(&w, '}');
	CHECK(strcmp(w.text, "{\"a\":[-9223372036854775808,null,[],true],"
			     "\"b\":{},\"c\":[1, 2],"
			     "\"d\":\"2026-11-01T10:00:00.123Z\"}") == 0);
	CHECK(w.len == strlen(w.text));
	jsonw_reset(&w);
	jsonw_bool(&w, 0);
	CHECK(strcmp(w.text, "false") == 0);
	jsonw_free(&w);
	CHECK(w.text == NULL && w.len == 0);
	return 0;
}

static int
test_strings(void)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *text, *lossless;
	} cases[] = {
		{ "a\"b\\c", 5, "\"a\\\"b\\\\c\"", NULL },
		{ "\b\f\n\r\t", 5, "\"\\b\\f\\n\\r\\t\"", NULL },
		{ "\0\x1f\x7f", 3, "\"\\u0000\\u001f\\u007f\"", NULL },
		{ "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 9,
		  "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"", NULL },
		{ "x\xffy", 3, "\"x\xef\xbf\xbdy\"", "\"x\\udcffy\"" },
		{ "\xc3", 1, "\"\xef\xbf\xbd\"", "\"\\udcc3\"" },
		{ "\xed\xa0\x80", 3, "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"",
		  "\"\\udced\\udca0\\udc80\"" },
		{ "", 0, "\"\"", NULL },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct jsonw w = { 0 };

		jsonw_bytes(&w, cases[i].bytes, cases[i].len);
		CHECK(strcmp(w.text, cases[i].text) == 0);
		jsonw_reset(&w);
		jsonw_lossless(&w, cases[i].bytes, cases[i].len);
		CHECK(strcmp(w.text, cases[i].lossless != NULL
					     ? cases[i].lossless
					     : cases[i].text) == 0);
		jsonw_free(&w);
	}
	return 0;
}

/* Every two bytes make a valid text, that decodes to them when they are one. */
static int
test_all_bytes(void)
{
	int a, b;

	for (a = 0; a < 256; a++)
		for (b = 0; b < 256; b++) {
			char bytes[2] = { (char)a, (char)b }, out[64];
			struct json_span span;
			struct json_paths *whole;
			struct jsonw w = { 0 };
			static const char *const root[] = { "" };

			jsonw_bytes(&w, bytes, 2);
			whole = json_paths(root, 1);
			CHECK(json_scan(whole, w.text, w.len, &span, NULL) ==
			      0);
			if (a > 0 && a < 0x80 && b > 0 && b < 0x80) {
				CHECK(json_decode(&span, out) == 2);
				CHECK(memcmp(out, bytes, 2) == 0);
			}
			json_paths_free(whole);
			jsonw_free(&w);
		}
	return 0;
}

static int
test_reals(void)
{
	static const double numbers[] = {
		0, 1, -1.5, 0.1, 1.0 / 3, 1e300, 5e-324, 123456789012345678.0
	};
	size_t i;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		struct jsonw w = { 0 };

		jsonw_real(&w, numbers[i]);
		CHECK(strtod(w.text, NULL) == numbers[i]);
		CHECK(json_scan(NULL, w.text, w.len, NULL, NULL) == 0);
		jsonw_reset(&w);
		jsonw_real(&w, NAN);
		CHECK(strcmp(w.text, "null") == 0);
		jsonw_free(&w);
	}
	return 0;
}

/* A member whole; may_put leaves out what is not known. */
static int
test_members(void)
{
	struct jsonw w = { 0 };

	jsonw_open(&w, '{');
	jsonw_put_string(&w, "a", NULL);
	jsonw_may_put_string(&w, "b", "");
	jsonw_may_put_string(&w, "c", "x");
	jsonw_put_int(&w, "d", INT64_MIN);
	jsonw_put_bool(&w, "e", 1);
	jsonw_put_time(&w, "f", 0);
	jsonw_may_put_time(&w, "g", 0);
	jsonw_may_put_time(&w, "h", 1795507200000);
	jsonw_close(&w, '}');
	CHECK(strcmp(w.text,
		     "{\"a\":null,\"c\":\"x\","
		     "\"d\":-9223372036854775808,\"e\":true,"
		     "\"f\":null,\"h\":\"2026-11-24T08:00:00.000Z\"}") == 0);
	jsonw_free(&w);
	return 0;
}

int
main(void)
{
	return test_members() || test_commas() || test_strings() ||
	       test_all_bytes() || test_reals();
}
