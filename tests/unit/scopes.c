/* scopes: the last cursor wins; what a run's end code is. */
#include "net/scopes.h"

#include <stdio.h>
#include <string.h>

#include "base/outcome.h"

static int failures;

#define CHECK(truth)                                                           \
	do {                                                                   \
		if (!(truth)) {                                                \
			printf("%s:%d: %s\n", __FILE__, __LINE__, #truth);     \
			failures++;                                            \
		}                                                              \
	} while (0)

static void
cursors_are_the_last_ones(void)
{
	struct scopes scopes = { 0 };
	size_t len;

	CHECK(scopes_cursor(&scopes, "a", &len) == NULL);
	scopes_remember(&scopes, "a", "{\"n\":1}xx", 7);
	scopes_remember(&scopes, "b", "{}", 2);
	CHECK(strcmp(scopes_cursor(&scopes, "a", &len), "{\"n\":1}") == 0);
	CHECK(len == 7);
	scopes_remember(&scopes, "a", "{\"n\":22}", 8);
	CHECK(strcmp(scopes_cursor(&scopes, "a", &len), "{\"n\":22}") == 0);
	CHECK(len == 8 && scopes_cursor(&scopes, "c", &len) == NULL);
	scopes_free(&scopes);
}

static int
code(int scope_code, int item_code, bool completed, bool resolved)
{
	struct scopes scopes = { 0 };
	int end;

	if (scope_code != 0)
		scopes_failed(&scopes, scope_code, false);
	if (item_code != 0)
		scopes_failed(&scopes, item_code, true);
	if (completed)
		scopes_completed(&scopes, "a");
	if (resolved)
		scopes.items_resolved++;
	end = scopes_code(&scopes);
	scopes_free(&scopes);
	return end;
}

int
main(void)
{
	cursors_are_the_last_ones();
	CHECK(code(0, 0, false, false) == EX_OK);
	CHECK(code(0, 0, true, false) == EX_OK);
	CHECK(code(EX_TEMPFAIL, 0, true, false) == EX_PARTIAL);
	CHECK(code(EX_TEMPFAIL, 0, false, false) == EX_TEMPFAIL);
	CHECK(code(EX_TEMPFAIL, EX_CONFIG, false, false) == EX_CONFIG);
	CHECK(code(EX_PROTOCOL, EX_TEMPFAIL, false, false) == EX_PROTOCOL);
	CHECK(code(0, EX_DATAERR, true, false) == EX_PARTIAL);
	CHECK(code(0, EX_DATAERR, false, true) == EX_PARTIAL);
	CHECK(code(0, EX_DATAERR, false, false) == EX_DATAERR);
	return failures > 0;
}
