/* Unit cases of net/link. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/link.h"

static int
is(const char *got, const char *expected, const char *what)
{
	int same = got == NULL || expected == NULL ? got == expected
						   : strcmp(got, expected) == 0;

	if (!same)
		printf("link: %s: got %s, expected %s\n", what,
		       got == NULL ? "nothing" : got,
		       expected == NULL ? "nothing" : expected);
	return !same;
}

static int
target(const char *header, const char *rel, const char *expected)
{
	char *got = link_target(header, rel);
	int failed = is(got, expected, header);

	free(got);
	return failed;
}

static int
targets(void)
{
	int failed = 0;

	failed += target("<https://a/x?page=2>; rel=\"next\"", "next",
			 "https://a/x?page=2");
	failed += target("<https://a/1>; rel=\"prev\", <https://a/3>; "
			 "rel=\"next\", <https://a/9>; rel=\"last\"",
			 "next", "https://a/3");
	failed += target("<https://a/1>; rel=\"prev\", <https://a/3>; "
			 "rel=\"next\", <https://a/9>; rel=\"last\"",
			 "last", "https://a/9");
	/* A comma and a semicolon inside the target, RFC 8288 section 3. */
	failed += target("<https://a/x?a=1,2;b=3>;rel=next", "next",
			 "https://a/x?a=1,2;b=3");
	failed += target("<x>; title=\"rel=next\"; rel=\"last\"", "next", NULL);
	failed += target("<x>; title=\"a, <y>; rel=next\"; rel=\"last\"",
			 "next", NULL);
	failed += target("<x>; REL=\"prev NEXT\"", "next", "x");
	failed += target("<x>; rel=\"nextish\"", "next", NULL);
	failed += target("<x>; rel=\"prev\"", "next", NULL);
	failed += target("<x; rel=\"next\"", "next", NULL);
	failed += target("x; rel=\"next\"", "next", NULL);
	failed += target("<x>; rel", "next", NULL);
	failed += target("<x>; rel=\"next", "next", "x");
	failed += target("", "next", NULL);
	return failed;
}

static int
number(const char *url, const char *name, long expected)
{
	long got = -1;
	int failed;

	if (!link_number(url, name, &got))
		got = -1;
	failed = got != expected;
	if (failed)
		printf("link: %s of %s: got %ld, expected %ld\n", name, url,
		       got, expected);
	return failed;
}

static int
numbers(void)
{
	int failed = 0;

	failed += number("/x?page=7", "page", 7);
	failed += number("/x?per_page=100&page=7", "page", 7);
	failed += number("/x?per_page=100&page=7", "per_page", 100);
	failed += number("/x?page=", "page", -1);
	failed += number("/x?page=7a", "page", -1);
	failed += number("/x?page=-7", "page", -1);
	failed += number("/x?page=99999999999999999999", "page", -1);
	failed += number("/page=7", "page", -1);
	return failed;
}

static int
halved(const char *url, const char *expected)
{
	char *got = link_halved(url, 10);
	int failed = is(got, expected, url);

	free(got);
	return failed;
}

static int
halves(void)
{
	int failed = 0;

	failed += halved("/x?per_page=100", "/x?per_page=50");
	failed += halved("/x?a=1&per_page=100&page=3&b=2",
			 "/x?a=1&per_page=50&page=5&b=2");
	failed += halved("/x?page=1&per_page=50", "/x?page=1&per_page=25");
	failed += halved("/x?per_page=25", NULL);
	failed += halved("/x?per_page=10", NULL);
	failed += halved("/x?page=2", NULL);
	return failed;
}

int
main(void)
{
	char *url = link_with_number("/x", "page", 2);
	int failed = targets() + numbers() + halves();

	failed += is(url, "/x?page=2", "added");
	free(url);
	url = link_with_number("/x?a=1", "page", 2);
	failed += is(url, "/x?a=1&page=2", "added behind another");
	free(url);
	return failed > 0;
}
