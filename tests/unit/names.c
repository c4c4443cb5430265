/* names: what may not stand in a file name does not, and no two meet. */
#include <stdio.h>
#include <string.h>

#include "base/names.h"
#include "check.h"

static int
test_known(void)
{
	static const char *const cases[][2] = {
		{ "acme", "acme" },
		{ "acme/api", "acme%2Fapi" },
		{ "", "%" },
		{ ".", "%2E" },
		{ "..", "%2E." },
		{ "../x", "%2E.%2Fx" },
		{ "-rf", "%2Drf" },
		{ "a-b.c_D9", "a-b.c_D9" },
		{ "%", "%25" },
		{ "a b\n", "a%20b%0A" },
		{ "\xc3\xa9", "%C3%A9" },
		{ "%2F", "%252F" },
	};
	char name[NAMES_SIZE];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		names_file(cases[i][0], name);
		CHECK(strcmp(name, cases[i][1]) == 0);
	}
	return 0;
}

/* Every byte alone, in front and behind: plain, or %XX and nothing else. */
static int
test_bytes(void)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-%";
	char name[NAMES_SIZE], text[3] = { 0 };
	int b;

	for (b = 1; b < 256; b++) {
		text[0] = (char)b;
		text[1] = (char)b;
		names_file(text, name);
		CHECK(strspn(name, plain) == strlen(name));
		CHECK(name[0] != '.' && name[0] != '-');
	}
	return 0;
}

static int
test_long(void)
{
	char a[300], one[NAMES_SIZE], two[NAMES_SIZE];
	size_t len;

	for (len = 90; len < 290; len++) {
		memset(a, 'x', len);
		a[len] = '\0';
		names_file(a, one);
		CHECK(strlen(one) <= 100);
		CHECK((strcmp(one, a) == 0) == (len <= 100));
		a[len - 1] = 'y';
		names_file(a, two);
		CHECK(strcmp(one, two) != 0);
		memset(a, '/', len);
		names_file(a, one);
		CHECK(strlen(one) <= 100 && strchr(one, '/') == NULL);
	}
	return 0;
}

static int
test_jobs(void)
{
	static const char *const yes[] = { "a", "github_job", "x-1" };
	static const char *const no[] = { "",	 "A",  "1a",  "_a",
					  "a b", "a/", "a.b", "\xc3\xa9" };
	char name[70];
	size_t i;

	for (i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		CHECK(names_is_job(yes[i]));
	for (i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		CHECK(!names_is_job(no[i]));
	memset(name, 'a', sizeof(name));
	name[63] = '\0';
	CHECK(names_is_job(name));
	name[63] = 'a';
	name[64] = '\0';
	CHECK(!names_is_job(name));
	return 0;
}

int
main(void)
{
	return test_known() || test_bytes() || test_long() || test_jobs();
}
