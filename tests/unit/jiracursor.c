/* jiracursor: what is written is read back; what is none of ours is refused. */
#include "net/jiracursor.h"

#include <stdio.h>
#include <string.h>

static int failures;

#define CHECK(truth)                                                           \
	do {                                                                   \
		if (!(truth)) {                                                \
			printf("%s:%d: %s\n", __FILE__, __LINE__, #truth);     \
			failures++;                                            \
		}                                                              \
	} while (0)

static void
comes_back(const char *text)
{
	struct jiracursor cursor;
	struct jsonw out = { 0 };

	CHECK(jiracursor_read(&cursor, text, strlen(text)));
	jiracursor_write(&cursor, &out);
	CHECK(strcmp(out.text, text) == 0);
	jiracursor_free(&cursor);
	jsonw_free(&out);
}

static void
is_refused(const char *text)
{
	struct jiracursor cursor;

	CHECK(!jiracursor_read(&cursor, text, strlen(text)));
	CHECK(cursor.updated == 0 && cursor.seen_count == 0 && !cursor.walking);
}

static void
fields_are_what_they_say(void)
{
	static const char text[] =
		"{\"of\":\"issues\",\"updated\":\"2026-11-24T06:00:00.000Z\","
		"\"seen\":[[\"10001\",\"2026-11-24T05:00:00.000Z\"]],"
		"\"walk\":{\"since\":\"2026-11-24T03:00:00.000Z\","
		"\"started\":\"2026-11-24T07:00:00.000Z\",\"after\":\"A_B-9\","
		"\"zone\":\"Asia/Kolkata\"}}";
	struct jiracursor c;

	CHECK(jiracursor_read(&c, text, strlen(text)));
	CHECK(strcmp(c.of, "issues") == 0 && c.updated == 1795500000000);
	CHECK(c.seen_count == 1 && strcmp(c.seen[0].id, "10001") == 0 &&
	      c.seen[0].updated == c.updated - 3600000);
	CHECK(c.walking && c.since == c.updated - 3 * 3600000 &&
	      c.started == c.updated + 3600000);
	CHECK(strcmp(c.after, "A_B-9") == 0 &&
	      strcmp(c.zone, "Asia/Kolkata") == 0);
	CHECK(c.created == 0 && c.months == 0 && c.keys_at == 0);
	jiracursor_free(&c);
}

int
main(void)
{
	comes_back("{\"of\":\"issues\",\"updated\":null,\"seen\":[]}");
	comes_back("{\"of\":\"issues and changes\",\"updated\":"
		   "\"2026-11-24T06:00:00.000Z\",\"seen\":"
		   "[[\"1\",\"2026-11-24T05:00:00.123Z\"],"
		   "[\"2\",\"2026-11-24T05:00:01.000Z\"],"
		   "[\"3\",\"2026-11-24T05:00:02.000Z\"]],"
		   "\"keys\":{\"at\":\"2026-11-24T06:00:00.000Z\","
		   "\"count\":3}}");
	comes_back("{\"of\":\"changes\",\"updated\":null,\"seen\":[],"
		   "\"walk\":{\"since\":\"2025-11-24T06:00:00.000Z\","
		   "\"started\":\"2026-11-24T06:00:00.000Z\","
		   "\"created\":\"2026-02-01T00:00:00.000Z\",\"months\":2,"
		   "\"after\":\"PAY-12\",\"zone\":\"Europe/Berlin\"}}");
	is_refused("");
	is_refused("[]x");
	is_refused("{\"updated\":12}");
	is_refused("{\"updated\":\"yesterday\"}");
	is_refused("{\"seen\":{}}");
	is_refused("{\"seen\":[[\"1\"]]}");
	is_refused("{\"walk\":{\"since\":null}}");
	is_refused("{\"walk\":{\"started\":\"2026-11-24T06:00:00Z\","
		   "\"months\":-1}}");
	fields_are_what_they_say();
	return failures > 0;
}
