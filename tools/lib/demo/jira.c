#include "demo/jira.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/times.h"
#include "demo/agile.h"
#include "demo/roster.h"
#include "demo/search.h"
#include "demo/site.h"
#include "demo/workflow.h"

enum { CLOUD = 1, CENTER = 2, BOTH = 3, PART = 256, PATH = 512 };

/* In a path, * is one segment. */
static const struct resource {
	const char *method, *path;
	int flavors;
	void (*answer)(const struct desk_call *call);
} resources[] = {
	{ "GET", "api/serverInfo", BOTH, site_server },
	{ "GET", "api/myself", BOTH, site_myself },
	{ "GET", "api/project/search", CLOUD, site_projects_paged },
	{ "GET", "api/project", BOTH, site_projects },
	{ "GET", "api/project/*", BOTH, site_project },
	{ "GET", "api/project/*/statuses", BOTH, site_project_statuses },
	{ "GET", "api/status", BOTH, site_statuses },
	{ "GET", "api/statuses/search", CLOUD, site_statuses_paged },
	{ "GET", "api/field", BOTH, site_fields },
	{ "GET", "api/users/search", CLOUD, roster_all },
	{ "GET", "api/users", CLOUD, roster_all },
	{ "GET", "api/user/search", CENTER, roster_search },
	{ "GET", "api/workflow/search", CLOUD, workflow_search },
	{ "GET", "api/workflows/search", CLOUD, workflow_search_new },
	{ "GET", "api/workflow", CENTER, workflow_all },
	{ "GET", "api/search", CLOUD, search_gone },
	{ "POST", "api/search", CLOUD, search_gone },
	{ "POST", "api/search/id", CLOUD, search_gone },
	{ "GET", "api/search", CENTER, search_by_offset },
	{ "POST", "api/search", CENTER, search_by_offset },
	{ "GET", "api/search/jql", CLOUD, search_by_token },
	{ "POST", "api/search/jql", CLOUD, search_by_token },
	{ "POST", "api/search/approximate-count", CLOUD, search_count },
	{ "POST", "api/changelog/bulkfetch", CLOUD, jira_changelogs },
	{ "POST", "api/issue/bulkfetch", CLOUD, jira_issues },
	{ "GET", "api/issue/*", BOTH, jira_issue },
	{ "GET", "api/issue/*/changelog", CLOUD, jira_issue_changelog },
	{ "GET", "agile/board", BOTH, agile_boards },
	{ "GET", "agile/board/*", BOTH, agile_board },
	{ "GET", "agile/board/*/configuration", BOTH, agile_configuration },
	{ "GET", "agile/board/*/sprint", BOTH, agile_sprints },
	{ "GET", "agile/sprint/*", BOTH, agile_sprint },
};

/* Does path fit, segment by segment?  What * stands for goes to parts. */
static bool
fits(const char *pattern, const char *path, char parts[2][PART])
{
	size_t found = 0, len;

	for (;;) {
		len = strcspn(path, "/");
		if (*pattern == '*') {
			if (len == 0 || len >= PART)
				return false;
			memcpy(parts[found], path, len);
			parts[found++][len] = '\0';
			pattern++;
		} else {
			if (strncmp(pattern, path, len) != 0 ||
			    (pattern[len] != '/' && pattern[len] != '\0'))
				return false;
			pattern += len;
		}
		path += len;
		if (*pattern == '\0' || *path == '\0')
			return *pattern == *path;
		pattern++;
		path++;
	}
}

/* What follows /rest/, with api/3 as api; false for a version not served. */
static bool
resource_path(struct desk_call *call, const char *rest, char out[PATH])
{
	static const char *const versions[] = { "api/2/", "api/latest/",
						"api/3/", "agile/1.0/" };
	size_t i, len;

	for (i = 0; i < 4; i++) {
		len = strlen(versions[i]);
		if (strncmp(rest, versions[i], len) != 0)
			continue;
		if (i == 2 && call->dc)
			return false;
		call->rich = i == 2;
		return (size_t)snprintf(out, PATH, "%s%s",
					i == 3 ? "agile/" : "api/",
					rest + len) < PATH;
	}
	return false;
}

static bool
is_known(const struct desk_call *call, bool *named)
{
	/* demo@acme.test:demo-jira-token */
	static const char *const accepted[] = {
		"Basic ZGVtb0BhY21lLnRlc3Q6ZGVtby1qaXJhLXRva2Vu",
		"Bearer demo-jira-token",
	};
	const char *value = httpd_header(call->request, "Authorization");

	*named = value != NULL;
	return value != NULL && (strcmp(value, accepted[0]) == 0 ||
				 strcmp(value, accepted[1]) == 0);
}

static void
refuse_account(const struct desk_call *call)
{
	httpd_add_header(call->reply, "WWW-Authenticate",
			 call->dc ? "OAuth realm=\"https%3A%2F%2Fjira.acme."
				    "test\""
				  : "Basic realm=\"acme.atlassian.net\"");
	httpd_add_header(call->reply, "X-Seraph-LoginReason",
			 "AUTHENTICATED_FAILED");
	desk_refuse(call, 401,
		    "Client must be authenticated to access this resource.");
}

/* Reset is text to the minute on Cloud; Data Center speaks of a bucket. */
static void
tell_limits(const struct desk_call *call)
{
	int64_t minute = (clock_now() / 60000 + 1) * 60000;
	char text[TIMES_SIZE];

	if (call->dc) {
		httpd_add_header(call->reply, "X-RateLimit-Limit", "500");
		httpd_add_header(call->reply, "X-RateLimit-Remaining", "498");
		httpd_add_header(call->reply, "X-RateLimit-Interval-Seconds",
				 "1");
		httpd_add_header(call->reply, "X-RateLimit-FillRate", "500");
		httpd_add_header(call->reply, "retry-after", "0");
		return;
	}
	times_format_seconds(minute, text);
	memcpy(text + 16, "Z", 2);
	httpd_add_header(call->reply, "X-RateLimit-Limit", "350");
	httpd_add_header(call->reply, "X-RateLimit-Remaining", "349");
	httpd_add_header(call->reply, "X-RateLimit-Reset", text);
	httpd_add_header(call->reply, "X-RateLimit-NearLimit", "false");
}

static void
answer(const struct desk_call *call, const char *path, char parts[2][PART])
{
	bool other = false, named, known = is_known(call, &named);
	size_t i;

	for (i = 0; i < sizeof(resources) / sizeof(resources[0]); i++) {
		const struct resource *of = &resources[i];

		if ((of->flavors & (call->dc ? CENTER : CLOUD)) == 0 ||
		    !fits(of->path, path, parts))
			continue;
		if (strcmp(of->method, call->request->method) != 0) {
			other = true;
			continue;
		}
		if (!known && (named || of->answer != site_server)) {
			refuse_account(call);
			return;
		}
		tell_limits(call);
		of->answer(call);
		return;
	}
	if (other)
		desk_refuse(call, 405, "Method Not Allowed");
	else
		desk_refuse(call, 404, "null for uri: %s", path);
}

bool
demo_jira(struct world *world, const struct httpd_request *request,
	  struct httpd_reply *reply)
{
	struct desk_call call = { .tracker = world->tracker,
				  .request = request,
				  .reply = reply,
				  .dc = world->config.data_center };
	char path[PATH], parts[2][PART];

	call.part[0] = parts[0];
	call.part[1] = parts[1];
	if (strncmp(request->path, "/jira/", 6) != 0)
		return false;
	if (strncmp(request->path, "/jira/rest/", 11) != 0 ||
	    !resource_path(&call, request->path + 11, path)) {
		desk_refuse(&call, 404, "null for uri: %s", request->path);
		return true;
	}
	answer(&call, path, parts);
	return true;
}
