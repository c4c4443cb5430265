#include "web/routes.h"

#include <string.h>

#include "web/caller.h"
#include "web/commands.h"
#include "web/condition.h"
#include "web/contents.h"
#include "web/halt.h"
#include "web/joblog.h"
#include "web/jobs.h"
#include "web/live.h"
#include "web/pages.h"
#include "web/readings.h"
#include "web/remotes.h"
#include "web/runs.h"
#include "web/scrape.h"
#include "web/setbacks.h"
#include "web/stored.h"

static const struct route routes[] = {
	{ "GET", "/", ROUTES_ANYBODY, pages_answer, "*" },
	{ "GET", "/pulse.css", ROUTES_ANYBODY, pages_answer, "" },
	{ "GET", "/pulse.js", ROUTES_ANYBODY, pages_answer, "" },
	{ "GET", "/favicon.svg", ROUTES_ANYBODY, pages_answer, "" },
	{ "GET", "/api/v1", ROUTES_VIEWER, contents_answer, "" },
	{ "GET", "/api/v1/me", ROUTES_VIEWER, caller_me, "" },
	{ "POST", "/api/v1/tickets", ROUTES_VIEWER, caller_ticket, "" },
	{ "GET", "/api/v1/jobs", ROUTES_VIEWER, jobs_list,
	  "client state after limit runs" },
	{ "GET", "/api/v1/jobs/{job}", ROUTES_VIEWER, jobs_one, "client" },
	{ "GET", "/api/v1/jobs/{job}/runs", ROUTES_VIEWER, runs_of_job,
	  "client result after limit" },
	{ "GET", "/api/v1/runs", ROUTES_VIEWER, runs_list,
	  "client result after limit" },
	{ "GET", "/api/v1/runs/{id}", ROUTES_VIEWER, runs_one, "" },
	{ "GET", "/api/v1/runs/{id}/log", ROUTES_VIEWER, joblog_answer,
	  "after before since tail limit download" },
	{ "GET", "/api/v1/stats", ROUTES_VIEWER, runs_stats, "client" },
	{ "GET", "/api/v1/events", ROUTES_VIEWER, live_events, "after" },
	{ "GET", "/api/v1/ws", ROUTES_TICKET, live_socket, "after" },
	{ "GET", "/api/v1/metrics", ROUTES_VIEWER, readings_list, "" },
	{ "GET", "/api/v1/metrics/{name}", ROUTES_VIEWER, readings_answer,
	  "since until by scope client tz bands trend rows bots chart bare "
	  "format "
	  "set.*" },
	{ "POST", "/api/v1/jobs/orchestrator/start", ROUTES_ADMIN,
	  commands_answer, "" },
	{ "POST", "/api/v1/jobs/orchestrator/stop", ROUTES_ADMIN,
	  commands_answer, "" },
	{ "POST", "/api/v1/jobs/orchestrator/reload", ROUTES_OPERATOR,
	  commands_answer, "" },
	{ "POST", "/api/v1/jobs/emergency-stop", ROUTES_ADMIN, halt_answer,
	  "" },
	{ "POST", "/api/v1/jobs/{job}/start", ROUTES_OPERATOR, commands_answer,
	  "client" },
	{ "POST", "/api/v1/jobs/{job}/stop", ROUTES_OPERATOR, commands_answer,
	  "client" },
	{ "POST", "/api/v1/jobs/{job}/pause", ROUTES_OPERATOR, commands_answer,
	  "client" },
	{ "POST", "/api/v1/jobs/{job}/resume", ROUTES_OPERATOR, commands_answer,
	  "client" },
	{ "POST", "/api/v1/jobs/{job}/reset", ROUTES_ADMIN, commands_answer,
	  "client" },
	{ "POST", "/api/v1/jobs/{job}/put-back", ROUTES_OPERATOR,
	  commands_answer, "client" },
	{ "POST", "/api/v1/breakers/{integration}", ROUTES_OPERATOR,
	  commands_answer, "client" },
	{ "POST", "/api/v1/history/prune", ROUTES_ADMIN, commands_answer, "" },
	{ "GET", "/api/v1/checkpoints", ROUTES_VIEWER, stored_checkpoints,
	  "client after limit" },
	{ "GET", "/api/v1/quality", ROUTES_VIEWER, stored_quality, "client" },
	{ "GET", "/api/v1/failures", ROUTES_VIEWER, setbacks_failures,
	  "client job after limit" },
	{ "GET", "/api/v1/rejects", ROUTES_VIEWER, setbacks_rejects,
	  "client after limit" },
	{ "GET", "/api/v1/health", ROUTES_VIEWER, condition_health, "" },
	{ "GET", "/api/v1/integrations", ROUTES_VIEWER, remotes_answer, "" },
	{ "GET", "/metrics", ROUTES_VIEWER, scrape_answer, "" },
	{ .path = NULL },
};

const struct route *
routes_all(void)
{
	return routes;
}

/* One part of a request's path, up to the next slash or its end. */
static bool
take_part(const char **path, char out[ROUTES_PART])
{
	size_t len = strcspn(*path, "/"), i;

	if (len == 0 || len >= ROUTES_PART)
		return false;
	for (i = 0; i < len; i++)
		if ((unsigned char)(*path)[i] < ' ' || (*path)[i] == 0x7f)
			return false;
	memcpy(out, *path, len);
	out[len] = '\0';
	*path += len;
	return true;
}

static bool
matches(const char *pattern, const char *path,
	char parts[ROUTES_PARTS][ROUTES_PART])
{
	size_t count = 0;

	while (*pattern != '\0') {
		if (*pattern == '{') {
			if (count == ROUTES_PARTS ||
			    !take_part(&path, parts[count++]))
				return false;
			pattern = strchr(pattern, '}') + 1;
		} else if (*pattern++ != *path++) {
			return false;
		}
	}
	return *path == '\0';
}

static void
allow_more(char allow[64], const char *method)
{
	size_t len = strlen(allow);

	/* orchestrator/start is a {job}/start, too. */
	if (len + strlen(method) + 8 >= 64 || strstr(allow, method) != NULL)
		return;
	if (len > 0) {
		memcpy(allow + len, ", ", 3);
		len += 2;
	}
	memcpy(allow + len, method, strlen(method) + 1);
}

const struct route *
routes_find(const char *method, const char *path,
	    char parts[ROUTES_PARTS][ROUTES_PART], char allow[64])
{
	const char *wanted = strcmp(method, "HEAD") == 0 ? "GET" : method;
	const struct route *route;

	allow[0] = '\0';
	for (route = routes; route->path != NULL; route++) {
		if (!matches(route->path, path, parts))
			continue;
		if (strcmp(route->method, wanted) == 0)
			return route;
		allow_more(allow, route->method);
		if (strcmp(route->method, "GET") == 0)
			allow_more(allow, "HEAD");
	}
	if (*allow != '\0')
		allow_more(allow, "OPTIONS");
	return NULL;
}

bool
routes_knows(const struct route *route, const char *argument)
{
	size_t len = strlen(argument);
	const char *at = route->query;

	while (*at != '\0') {
		size_t word = strcspn(at, " ");

		if (word == len && memcmp(at, argument, len) == 0)
			return true;
		/* "set.*" is every argument that begins with "set." */
		if (word > 0 && at[word - 1] == '*' && len >= word - 1 &&
		    memcmp(at, argument, word - 1) == 0)
			return true;
		at += word + (at[word] == ' ');
	}
	return false;
}
