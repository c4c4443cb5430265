/* listing: the same rows as table, CSV and NDJSON. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/listing.h"

static const char *const columns[] = { "name", "size", "empty", "note", NULL };

static int
is(enum listing_format format, const char *expected)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	struct listing *list = listing_open(out, format, columns);
	int failed;

	listing_string(list, "caf\xc3\xa9");
	listing_int(list, 5);
	listing_string(list, "");
	listing_string(list, "a,\"b\"");
	listing_text(list, "\x1b[1m\x9b\xe2\x80\xae", 8);
	listing_real(list, 12.5);
	listing_string(list, "");
	listing_string(list, "");
	listing_string(list, "=1");
	listing_null(list);
	listing_string(list, "");
	listing_string(list, NULL);
	listing_close(list);
	fclose(out);
	failed = strcmp(text, expected) != 0;
	if (failed)
		printf("expected:\n%s\ngot:\n%s\n", expected, text);
	free(text);
	return failed;
}

static int
is_empty(enum listing_format format, const char *expected)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	int failed;

	listing_close(listing_open(out, format, columns));
	fclose(out);
	failed = strcmp(text, expected) != 0;
	free(text);
	return failed;
}

int
main(void)
{
	int failed = is(LISTING_TABLE,
			"NAME                     SIZE  NOTE\n"
			"caf\xc3\xa9                        5  a,\"b\"\n"
			"\\x1b[1m\\x9b\\xe2\\x80\\xae  12.5\n"
			"=1                          -  -\n");

	failed |= is(LISTING_CSV, "name,size,empty,note\n"
				  "caf\xc3\xa9,5,,\"a,\"\"b\"\"\"\n"
				  "\x1b[1m\x9b\xe2\x80\xae,12.5,,\n"
				  "\"'=1\",,,\n");
	failed |= is(LISTING_NDJSON,
		     "{\"name\":\"caf\xc3\xa9\",\"size\":5,\"empty\":\"\","
		     "\"note\":\"a,\\\"b\\\"\"}\n"
		     "{\"name\":\"\\u001b[1m\xef\xbf\xbd\xe2\x80\xae\","
		     "\"size\":12.5,\"empty\":\"\",\"note\":\"\"}\n"
		     "{\"name\":\"=1\",\"size\":null,\"empty\":\"\","
		     "\"note\":null}\n");
	failed |= is_empty(LISTING_TABLE, "");
	failed |= is_empty(LISTING_CSV, "name,size,empty,note\n");
	failed |= is_empty(LISTING_NDJSON, "");
	return failed;
}
