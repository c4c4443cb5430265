/* wish: what a body may say, and which key is named when it may not. */
#include "web/wish.h"
#include "check.h"

#include <stdlib.h>
#include <string.h>

enum { ALL = 255 };

static const int64_t NOW = 1795500000000;

static int
read_body(struct wish *wish, unsigned known, const char *body,
	  char why[WISH_WHY])
{
	why[0] = '\0';
	return wish_read(wish, known, body, strlen(body), NOW, why);
}

static int
is_read(void)
{
	struct wish wish;
	char why[WISH_WHY];

	CHECK(read_body(&wish, ALL, "", why) == 0);
	CHECK(!wish.force && wish.if_epoch == -1 && wish.client == -1);
	CHECK(read_body(&wish, ALL,
			" {\"force\":true,\"replace\":false,\"drain\":true,"
			"\"reason\":\"a \\\"b\\\" \\u00e9\",\"if_epoch\":12,"
			"\"client\":0,\"to\":\"auto\",\"before\":\"1d\"} ",
			why) == 0);
	CHECK(wish.force && !wish.replace && wish.drain);
	CHECK(strcmp(wish.reason, "a \"b\" \xc3\xa9") == 0);
	CHECK(wish.if_epoch == 12 && wish.client == 0);
	CHECK(strcmp(wish.to, "auto") == 0);
	CHECK(wish.before == NOW - 86400000);
	CHECK(read_body(&wish, ALL, "{\"before\":\"2026-01-02\"}", why) == 0);
	CHECK(wish.before == 1767312000000);
	CHECK(read_body(&wish, ALL, "{\"reason\":null,\"client\":null}", why) ==
	      0);
	CHECK(wish.client == -1);
	return 0;
}

static int
is_refused(void)
{
	static const char *const bad[][2] = {
		{ "{\"force\":1}", "'force' is not true or false" },
		{ "{\"force\":\"true\"}", "'force' is not true or false" },
		{ "{\"if_epoch\":-1}", "'if_epoch' is not a whole number" },
		{ "{\"if_epoch\":1.5}", "'if_epoch' is not a whole number" },
		{ "{\"client\":\"1\"}", "'client' is not a whole number" },
		{ "{\"client\":99999999999999999999}", "'client' is not" },
		{ "{\"to\":\"ajar\"}", "'to' is not open, closed or auto" },
		{ "{\"before\":\"soon\"}", "'before' is not a time" },
		{ "{\"before\":\"9999y\"}", "'before' is not a time" },
		{ "{\"reason\":\"\\ud800\"}", "'reason' is not a text" },
		{ "{\"reason\":\"a\\u0000b\"}", "'reason' is not a text" },
		{ "{\"reason\":[]}", "'reason' is not a text" },
		{ "{\"force\":true,\"force\":false}", "'force' comes twice" },
		{ "{\"forse\":true}", "did you mean 'force'?" },
		{ "{\"constructor\":{}}", "'constructor' is no key" },
		{ "{\"\":1}", "'' is no key" },
		{ "[]", "no JSON object" },
		{ "true", "no JSON object" },
		{ "{", "no JSON: " },
		{ "{} {}", "no JSON: " },
		{ "force=true", "no JSON: " },
	};
	struct wish wish;
	char why[WISH_WHY], long_one[400];
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CHECK(read_body(&wish, ALL, bad[i][0], why) == -1);
		if (strstr(why, bad[i][1]) == NULL)
			printf("%s: %s\n", bad[i][0], why);
		CHECK(strstr(why, bad[i][1]) != NULL);
	}
	memset(long_one, 'x', sizeof(long_one));
	memcpy(long_one, "{\"reason\":\"", 11);
	memcpy(long_one + 11 + 256, "\"}", 3);
	CHECK(read_body(&wish, ALL, long_one, why) == -1);
	memcpy(long_one + 11 + 255, "\"}", 3);
	CHECK(read_body(&wish, ALL, long_one, why) == 0);
	memset(long_one, 'k', sizeof(long_one));
	memcpy(long_one, "{\"", 2);
	memcpy(long_one + 394, "\":1}", 5);
	CHECK(read_body(&wish, ALL, long_one, why) == -1);
	CHECK(strstr(why, "kkk...' is no key") != NULL);
	return 0;
}

/* A key that another route has is none here, and is not proposed. */
static int
knows_only_its_own(void)
{
	struct wish wish;
	char why[WISH_WHY];

	CHECK(read_body(&wish, WISH_REASON, "{\"force\":true}", why) == -1);
	CHECK(strcmp(why, "'force' is no key of this request") == 0);
	CHECK(read_body(&wish, 0, "{}", why) == 0);
	return 0;
}

int
main(void)
{
	return is_read() || is_refused() || knows_only_its_own();
}
