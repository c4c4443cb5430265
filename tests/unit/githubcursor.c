/* Unit cases of net/githubcursor. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/githubcursor.h"

static int
check(int truth, const char *what)
{
	if (!truth)
		printf("githubcursor: %s\n", what);
	return truth ? 0 : 1;
}

static int
same(const char *text)
{
	struct github_cursor cursor;
	size_t len;
	char *again;
	int failed;

	github_cursor_read(&cursor, text, strlen(text));
	again = github_cursor_write(&cursor, &len);
	failed = len != strlen(text) || memcmp(again, text, len) != 0;
	if (failed)
		printf("githubcursor: %s\n  became %s\n", text, again);
	free(again);
	github_cursor_free(&cursor);
	return failed;
}

/* What is no cursor of ours is none at all. */
static int
empty(const char *text)
{
	struct github_cursor cursor;
	int failed;

	github_cursor_read(&cursor, text, text == NULL ? 0 : strlen(text));
	failed = check(!cursor.pulls.set && !cursor.commits.set &&
			       !cursor.deployments.set && !cursor.comments.set,
		       text == NULL ? "nothing" : text);
	github_cursor_free(&cursor);
	return failed;
}

int
main(void)
{
	int failed = 0;

	failed += same("{\"v\":1,\"id\":\"7\"}");
	failed += same(
		"{\"v\":1,\"id\":\"7\",\"pr\":{\"floor\":"
		"\"2025-11-24T00:00:00.000Z\",\"with\":3,\"mark\":"
		"\"2026-11-23T00:00:00.000Z\",\"top\":"
		"\"2026-11-24T00:00:00.000Z\",\"reached\":"
		"\"2026-11-23T12:00:00.000Z\",\"recent\":[[42,"
		"\"2026-11-23T00:00:00.000Z\"],[7,\"2026-11-22T23:55:00.000Z\""
		"]]},\"comment\":{\"floor\":\"2025-11-24T00:00:00.000Z\","
		"\"issue\":\"2026-11-24T00:00:00.000Z\"},\"issue\":{\"floor\":"
		"\"2025-11-24T00:00:00.000Z\",\"mark\":"
		"\"2026-11-24T00:00:00.000Z\"},\"commit\":{\"floor\":"
		"\"2025-11-24T00:00:00.000Z\",\"head\":\"a\",\"walk\":{\"to\":"
		"\"b\",\"rows\":300,\"full\":false}},\"deployment\":{\"floor\":"
		"\"2025-11-24T00:00:00.000Z\",\"mark\":11,\"updated\":"
		"\"2026-11-24T00:00:00.000Z\",\"top\":20,\"reached\":15,"
		"\"watch\":[[19,\"2026-11-24T00:00:00.000Z\"]]},\"release\":{"
		"\"etag\":\"W/\\\"x\\\"\"}}");
	failed += same("{\"v\":1,\"pr\":{\"floor\":\"2025-11-24T00:00:00.000Z\""
		       ",\"walk\":{\"rows\":900,\"top\":"
		       "\"2026-11-24T00:00:00.000Z\",\"upto\":"
		       "\"2026-01-01T00:00:00.000Z\"}}}");
	failed += empty(NULL);
	failed += empty("{}");
	failed += empty("[]");
	failed += empty("nonsense");
	failed += empty("{\"v\":2,\"pr\":{\"mark\":"
			"\"2026-11-23T00:00:00.000Z\"}}");
	return failed > 0;
}
