/* routes: each row is found by its path, and by nothing that only looks so. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "web/routes.h"

/* The path of a row with its parts filled in. */
static void
fill(const char *pattern, const char *with, char out[512])
{
	size_t len = 0;

	for (; *pattern != '\0'; pattern++) {
		if (*pattern != '{') {
			out[len++] = *pattern;
			continue;
		}
		memcpy(out + len, with, strlen(with));
		len += strlen(with);
		pattern = strchr(pattern, '}');
	}
	out[len] = '\0';
}

static int
test_every_row(void)
{
	char parts[ROUTES_PARTS][ROUTES_PART], allow[64], path[512];
	const struct route *route;

	for (route = routes_all(); route->path != NULL; route++) {
		CHECK(strcmp(route->method, "GET") == 0 ||
		      strcmp(route->method, "POST") == 0);
		CHECK(route->answer != NULL && route->query != NULL);
		/* Only the page's files are for anybody. */
		CHECK((route->least == ROUTES_ANYBODY) ==
		      (strncmp(route->path, "/api/", 5) != 0 &&
		       strcmp(route->path, "/metrics") != 0));
		CHECK(strcmp(route->method, "POST") != 0 ||
		      route->least >= ROUTES_VIEWER);
		fill(route->path, "1.some_job", path);
		CHECK(routes_find(route->method, path, parts, allow) == route);
		if (strchr(route->path, '{') != NULL)
			CHECK(strcmp(parts[0], "1.some_job") == 0);
		memcpy(path + strlen(path), "/", 2);
		CHECK(routes_find(route->method, path, parts, allow) == NULL ||
		      strcmp(route->path, "/") == 0);
	}
	return 0;
}

static int
test_nothing(void)
{
	static const char *const paths[] = {
		"",
		"/api",
		"/api/v1/",
		"/api/v1/jobs/",
		"/api/v1//jobs",
		"/api/v1/jobs//runs",
		"/api/v1/jobs/a/b/runs",
		"/api/v1/jobs/a\n/runs",
		"/api/v1/jobs/a\x7f/runs",
		"/pulse.js/",
		"/../pulse.js",
		"//pulse.js",
		"/API/v1/jobs",
	};
	char parts[ROUTES_PARTS][ROUTES_PART], allow[64], path[512];
	char big[ROUTES_PART + 1];
	size_t i;

	for (i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		CHECK(routes_find("GET", paths[i], parts, allow) == NULL);
		CHECK(*allow == '\0');
	}
	memset(big, 'a', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	fill("/api/v1/jobs/{job}", big, path);
	CHECK(routes_find("GET", path, parts, allow) == NULL);
	big[sizeof(big) - 2] = '\0';
	fill("/api/v1/jobs/{job}", big, path);
	CHECK(routes_find("GET", path, parts, allow) != NULL);
	return 0;
}

static int
test_methods(void)
{
	char parts[ROUTES_PARTS][ROUTES_PART], allow[64];

	CHECK(routes_find("HEAD", "/api/v1/jobs", parts, allow) ==
	      routes_find("GET", "/api/v1/jobs", parts, allow));
	CHECK(routes_find("DELETE", "/api/v1/jobs", parts, allow) == NULL);
	CHECK(strcmp(allow, "GET, HEAD, OPTIONS") == 0);
	CHECK(routes_find("GET", "/api/v1/tickets", parts, allow) == NULL);
	CHECK(strcmp(allow, "POST, OPTIONS") == 0);
	CHECK(routes_find("GET", "/api/v1/jobs/orchestrator/stop", parts,
			  allow) == NULL);
	CHECK(strcmp(allow, "POST, OPTIONS") == 0);
	return 0;
}

static int
test_arguments(void)
{
	struct route route = { .query = "client set.* after" };

	CHECK(routes_knows(&route, "client") && routes_knows(&route, "after"));
	CHECK(routes_knows(&route, "set.x") && routes_knows(&route, "set."));
	CHECK(!routes_knows(&route, "set") && !routes_knows(&route, "afte"));
	CHECK(!routes_knows(&route, "") && !routes_knows(&route, " "));
	CHECK(!routes_knows(&route, "client set.*"));
	route.query = "*";
	CHECK(routes_knows(&route, "") && routes_knows(&route, "x"));
	route.query = "";
	CHECK(!routes_knows(&route, "") && !routes_knows(&route, "x"));
	return 0;
}

int
main(void)
{
	return test_every_row() || test_nothing() || test_methods() ||
	       test_arguments();
}
