#include "demo/github.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/msg.h"
#include "base/times.h"
#include "demo/answers.h"
#include "demo/app.h"
#include "demo/endpoints.h"
#include "demo/quota.h"

enum { KEY_SIZE = 2048, CACHE_BYTES = 256 << 20 };

#define DAY INT64_C(86400000)
#define TOKEN_DAYS 60
#define DOCUMENTATION "https://docs.github.com/rest"

void
github_open(struct world *world)
{
	payload_prepare(world);
	world->github->answers = answers_new(CACHE_BYTES);
	world->github->quota =
		quota_new(world->config.quota, world->config.window);
}

void
github_close(struct world *world)
{
	payload_forget(world);
	answers_free(world->github->answers);
	quota_free(world->github->quota);
	github_free(world->github);
}

static unsigned
number_or(const char *text, unsigned fallback, unsigned most)
{
	char *end;
	unsigned long n;

	if (text == NULL || *text < '0' || *text > '9')
		return fallback;
	n = strtoul(text, &end, 10);
	if (*end != '\0' || n == 0)
		return fallback;
	return n > most ? most : (unsigned)n;
}

static char *
error_body(unsigned status, const char *message, size_t *len)
{
	struct jsonw out = { 0 };
	char text[8];

	snprintf(text, sizeof(text), "%u", status);
	jsonw_open(&out, '{');
	jsonw_put_string(&out, "message", message);
	if (status == 451) {
		jsonw_key(&out, "block");
		jsonw_open(&out, '{');
		jsonw_put_string(&out, "reason", "dmca");
		jsonw_put_string(&out, "created_at", "2026-01-10T08:00:00Z");
		jsonw_put_string(&out, "html_url",
				 "https://github.com/github/dmca");
		jsonw_close(&out, '}');
	}
	jsonw_put_string(&out, "documentation_url", DOCUMENTATION);
	jsonw_put_string(&out, "status", text);
	jsonw_close(&out, '}');
	*len = out.len;
	return out.text;
}

void
github_error(struct httpd_reply *reply, unsigned status, const char *message)
{
	size_t len;
	char *body = error_body(status, message, &len);

	httpd_status(reply, status);
	httpd_add_header(reply, "content-type",
			 "application/json; charset=utf-8");
	httpd_body(reply, body, len);
}

/* The token that came, "" without one, or NULL when it is a wrong one. */
static const char *
token_of(const struct world *world, const struct httpd_request *request)
{
	const char *value = httpd_header(request, "Authorization");

	if (value == NULL)
		return "";
	if (strncasecmp(value, "Bearer ", 7) == 0)
		value += 7;
	else if (strncasecmp(value, "token ", 6) == 0)
		value += 6;
	if (strcmp(value, "demo-github-token") == 0 ||
	    quota_is_minted(world->github->quota, value))
		return value;
	return NULL;
}

void
github_exhaust(struct world *world, const struct httpd_request *request,
	       int64_t seconds)
{
	const char *token = token_of(world, request);

	if (token != NULL)
		quota_exhaust(world->github->quota, token, seconds);
}

/* Version, User-Agent and token; true when the request may go on. */
static bool
admit(struct world *world, const struct httpd_request *request,
      struct httpd_reply *reply)
{
	const char *version = httpd_header(request, "X-GitHub-Api-Version");
	const char *agent = httpd_header(request, "User-Agent");
	const char *token = token_of(world, request);

	if (agent == NULL || *agent == '\0')
		github_error(
			reply, 403,
			"Request forbidden by administrative rules. Please "
			"make sure your request has a User-Agent header");
	else if (version != NULL && strcmp(version, "2022-11-28") < 0 &&
		 strlen(version) == 10)
		github_error(reply, 410,
			     "This version of the REST API has been retired");
	else if (version != NULL && strcmp(version, "2022-11-28") != 0 &&
		 strcmp(version, "2026-03-10") != 0)
		github_error(reply, 400, "Unsupported API version");
	else if (token == NULL)
		github_error(reply, 401, "Bad credentials");
	else if (*token == '\0')
		github_error(reply, 401, "Requires authentication");
	else
		return true;
	return false;
}

static void
add_number(struct httpd_reply *reply, const char *name, int64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, value);
	httpd_add_header(reply, name, text);
}

/* When the token ends, as GitHub writes it for personal ones. */
static void
add_expiration(const struct world *world, struct httpd_reply *reply)
{
	char text[TIMES_SIZE];

	times_format_seconds(world->config.now + TOKEN_DAYS * DAY, text);
	text[10] = ' ';
	memcpy(text + 19, " UTC", 5);
	httpd_add_header(reply, "github-authentication-token-expiration", text);
}

static void
add_quota(struct httpd_reply *reply, const struct quota_state *state)
{
	add_number(reply, "x-ratelimit-limit", state->limit);
	add_number(reply, "x-ratelimit-remaining", state->remaining);
	add_number(reply, "x-ratelimit-used", state->used);
	add_number(reply, "x-ratelimit-reset", state->reset);
	httpd_add_header(reply, "x-ratelimit-resource", "core");
}

static void
send_moved(const struct asking *asking, const char *rest,
	   struct httpd_reply *reply)
{
	const char *host = httpd_header(asking->request, "Host");
	const char *query = strchr(asking->request->target, '?');
	char url[KEY_SIZE];

	snprintf(url, sizeof(url),
		 "http://%s/github/repositories/%" PRIu64 "%s%s%s",
		 host != NULL ? host : "127.0.0.1", asking->repo->id,
		 *rest != '\0' ? "/" : "", rest, query != NULL ? query : "");
	github_error(reply, 301, "Moved Permanently");
	httpd_add_header(reply, "location", url);
}

/* Finds the repository of the path; *rest is what follows its name.  -1 when
 * the path names none, 0 when it is not there. */
static int
find_repo(struct asking *asking, const char *path, const char **rest,
	  bool *moved)
{
	const struct github *github = asking->world->github;
	char owner[ASKING_WORD], name[ASKING_WORD];
	uint64_t id;
	int n = 0;

	*moved = false;
	if (sscanf(path, "repos/%127[^/]/%127[^/]%n", owner, name, &n) == 2)
		asking->repo = github_find_repo(github, owner, name, moved);
	else if (sscanf(path, "repositories/%" SCNu64 "%n", &id, &n) == 1)
		asking->repo = github_repo_by_id(github, id);
	else
		return -1;
	*rest = path + n + (path[n] == '/');
	return asking->repo != NULL && asking->repo->trap != REPO_DELETED;
}

/* Answers for a repository with something wrong; true when it did. */
static bool
spring_trap(struct asking *asking, const char *rest)
{
	enum repo_trap trap = asking->repo->trap;

	if (trap == REPO_GONE)
		asking_fail(asking, 404, "Not Found");
	else if (trap == REPO_TAKEN)
		asking_fail(asking, 451, "Repository access blocked");
	else if (trap == REPO_BROKEN && *rest != '\0')
		asking_fail(asking, 500, "Server Error");
	else if (trap == REPO_EMPTY && (strncmp(rest, "commits", 7) == 0 ||
					strncmp(rest, "compare", 7) == 0))
		asking_fail(asking, 409, "Git Repository is empty.");
	return asking->error[0] != '\0';
}

static void
route(struct asking *asking, const struct endpoint *list, const char *path)
{
	for (; list->pattern != NULL; list++)
		if (asking_matches(asking, list->pattern, path)) {
			asking->status = 200;
			list->answer(asking);
			return;
		}
	asking_fail(asking, 404, "Not Found");
}

static void
prepare(struct asking *asking)
{
	const char *version =
		httpd_header(asking->request, "X-GitHub-Api-Version");

	asking->page =
		number_or(httpd_argument(asking->request, "page"), 1, 1000000);
	asking->per_page =
		number_or(httpd_argument(asking->request, "per_page"), 30, 100);
	asking->p.world = asking->world;
	asking->p.repo = asking->repo;
	asking->p.later = version != NULL && strcmp(version, "2026-03-10") == 0;
}

/* Makes the answer; NULL when reply has been filled in already. */
static struct answer *
make(struct asking *asking, const char *path, const char *key,
     struct httpd_reply *reply)
{
	struct answer *answer;
	const char *rest = path;
	bool moved;
	int found = find_repo(asking, path, &rest, &moved);
	char *link;

	prepare(asking);
	if (found < 0)
		route(asking, endpoints_top, path);
	else if (found == 0)
		asking_fail(asking, 404, "Not Found");
	else if (moved)
		send_moved(asking, rest, reply);
	else if (!spring_trap(asking, rest))
		route(asking, endpoints_repo, rest);
	if (moved)
		return NULL;
	if (asking->error[0] != '\0') {
		jsonw_free(&asking->out);
		github_error(reply, asking->status, asking->error);
		return NULL;
	}
	link = asking_link(asking, rest);
	answer = answers_keep(asking->world->github->answers, key,
			      asking->out.text, asking->out.len, link);
	free(link);
	return answer;
}

static void
key_of(const struct httpd_request *request, char key[KEY_SIZE])
{
	const char *host = httpd_header(request, "Host");
	const char *version = httpd_header(request, "X-GitHub-Api-Version");

	snprintf(key, KEY_SIZE, "%s %s %s", host != NULL ? host : "",
		 version != NULL ? version : "", request->target);
}

static void
answer_get(struct asking *asking, const char *path, struct httpd_reply *reply)
{
	struct quota *quota = asking->world->github->quota;
	const char *token = token_of(asking->world, asking->request);
	struct quota_state state = quota_spend(quota, token, 0);
	struct answer *answer;
	char key[KEY_SIZE];

	if (state.remaining <= 0) {
		github_error(reply, 403,
			     "API rate limit exceeded for user ID 100000.");
		add_quota(reply, &state);
		return;
	}
	key_of(asking->request, key);
	answer = answers_find(asking->world->github->answers, key);
	if (answer == NULL)
		answer = make(asking, path, key, reply);
	if (answer == NULL || !answer_is_known(answer, asking->request))
		state = quota_spend(quota, token, 1);
	add_quota(reply, &state);
	if (answer != NULL)
		answer_send(answer, asking->request, reply);
}

static void
send_limits(struct world *world, const struct httpd_request *request,
	    struct httpd_reply *reply)
{
	struct quota_state state =
		quota_spend(world->github->quota, token_of(world, request), 0);
	static const char *const keys[] = { "resources", "core" };
	struct jsonw out = { 0 };
	size_t i;

	jsonw_open(&out, '{');
	for (i = 0; i < 2; i++) {
		jsonw_key(&out, keys[i]);
		jsonw_open(&out, '{');
	}
	jsonw_put_int(&out, "limit", (uint64_t)state.limit);
	jsonw_put_int(&out, "used", (uint64_t)state.used);
	jsonw_put_int(&out, "remaining", (uint64_t)state.remaining);
	jsonw_put_int(&out, "reset", (uint64_t)state.reset);
	for (i = 0; i < 3; i++)
		jsonw_close(&out, '}');
	add_quota(reply, &state);
	httpd_add_header(reply, "content-type", "application/json");
	httpd_body(reply, out.text, out.len);
}

bool
demo_github(struct world *world, const struct httpd_request *request,
	    struct httpd_reply *reply)
{
	struct asking asking = { .world = world, .request = request };
	const char *path = request->path + strlen("/github");

	if (strncmp(request->path, "/github", strlen("/github")) != 0 ||
	    (*path != '/' && *path != '\0'))
		return false;
	path += *path == '/';
	httpd_add_header(reply, "server", "github.com");
	httpd_add_header(reply, "x-github-media-type",
			 "github.v3; format=json");
	if (app_answer(world, request, path, reply))
		return true;
	if (!admit(world, request, reply))
		return true;
	add_expiration(world, reply);
	if (strcmp(request->method, "GET") != 0)
		github_error(reply, 404, "Not Found");
	else if (strcmp(path, "rate_limit") == 0)
		send_limits(world, request, reply);
	else
		answer_get(&asking, path, reply);
	return true;
}
