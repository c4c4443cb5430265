/* Unit cases of net/origin: what a credential may and may not follow. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/origin.h"

static const char base[] = "https://api.example.com";
static const char below[] = "https://git.example.com:8443/api/v3";

static int
holds(const char *origin, const char *url, bool expected)
{
	bool got = origin_holds(origin, url);

	if (got != expected)
		printf("origin: %s %s %s\n", origin,
		       expected ? "should hold" : "must not hold", url);
	return got != expected;
}

static int
same_origin(void)
{
	int failed = 0;

	failed += holds(base, "https://api.example.com/repos?page=2", true);
	failed += holds(base, "https://api.example.com:443/repos", true);
	failed += holds(base, "HTTPS://API.EXAMPLE.COM/repos", true);
	failed += holds("https://api.example.com/", "https://api.example.com/x",
			true);
	failed += holds(below, "https://git.example.com:8443/api/v3/x", true);
	failed += holds("http://[::1]:80/a", "http://[::1]/a/b", true);
	return failed;
}

static int
other_origin(void)
{
	static const char *const evil[] = {
		"http://api.example.com/x", /* another scheme */
		"https://api.example.com:444/x",
		"https://api.example.com.evil.com/x",
		"https://evil.com/https://api.example.com/",
		"https://api.example.com@evil.com/x",
		"https://user:pass@api.example.com/x",
		"https://evil.com\\@api.example.com/x",
		"https://api.example.com\\.evil.com/x",
		"https://api.example.com /x",
		"https://api.example.com\t.evil.com/x",
		"https://api.example.com\r\nHost: evil.com/x",
		"https://api.example.com#@evil.com/",
		"https://api.example.com:0/x",
		"https://api.example.com:99999/x",
		"https://api.example.com:443a/x",
		"https:///x",
		"//api.example.com/x",
		"/x",
		"",
		"ftp://api.example.com/x",
		"https://api.example.com/../x",
		"https://api.example.com/a/%2e%2E/x",
		"https://api.example.com/a/./x",
		"https://api.example.com\xc3\xa4/x",
		"https://api.example.com%2eevil.com/x",
	};
	size_t i;
	int failed = 0;

	for (i = 0; i < sizeof(evil) / sizeof(evil[0]); i++)
		failed += holds(base, evil[i], false);
	failed += holds(below, "https://git.example.com:8443/other", false);
	failed += holds(below, "https://git.example.com:8443/api/v33/x", false);
	failed +=
		holds(below, "https://git.example.com:8443/api/v3/../x", false);
	return failed;
}

static int
loopback(const char *url, bool expected)
{
	bool got = origin_is_loopback(url);

	if (got != expected)
		printf("origin: %s: loopback %d\n", url, got);
	return got != expected;
}

static int
loopbacks(void)
{
	int failed = 0;

	failed += loopback("http://localhost:80/", true);
	failed += loopback("http://127.0.0.1/", true);
	failed += loopback("http://127.9.9.9:1/", true);
	failed += loopback("http://[::1]:1/", true);
	failed += loopback("http://127.0.0.1.evil.com/", false);
	failed += loopback("http://127.1/", false);
	failed += loopback("http://localhost.evil.com/", false);
	failed += loopback("http://10.0.0.1/", false);
	failed += loopback("http://[::2]/", false);
	return failed;
}

static int
resolves(const char *location, const char *expected)
{
	char *got = origin_resolve("https://api.example.com/a/b?c", location);
	int failed = got == NULL || expected == NULL
			     ? got != expected
			     : strcmp(got, expected) != 0;

	if (failed)
		printf("origin: '%s' leads to %s\n", location,
		       got == NULL ? "nothing" : got);
	free(got);
	return failed;
}

int
main(void)
{
	int failed = same_origin() + other_origin() + loopbacks();

	failed += resolves("/x?y", "https://api.example.com/x?y");
	failed += resolves("https://evil.com/x", "https://evil.com/x");
	failed += resolves("//evil.com/x", NULL);
	failed += resolves("x", NULL);
	failed += resolves("/a b", NULL);
	return failed > 0;
}
