#include "demo/github.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/msg.h"
#include "demo/answers.h"
#include "demo/quota.h"
#include "records/json.h"

enum { KEY_SIZE = 2048, CACHE_BYTES = 512 << 20 };

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

void
asking_fail(struct asking *asking, unsigned status, const char *message)
{
	asking->status = status;
	asking->error = message;
}

void
asking_list(struct asking *asking, const unsigned *rows, size_t count,
	    asking_row *write)
{
	size_t i = (size_t)(asking->page - 1) * asking->per_page;
	size_t end = i + asking->per_page;

	asking->paged = true;
	asking->total = count;
	jsonw_open(&asking->out, '[');
	for (; i < end && i < count; i++)
		write(asking, rows[i], &asking->out);
	jsonw_close(&asking->out, ']');
}

bool
asking_matches(struct asking *asking, const char *pattern, const char *path)
{
	unsigned word = 0;
	size_t len;

	while (*pattern != '\0') {
		if (*pattern != '*') {
			if (*pattern++ != *path++)
				return false;
			continue;
		}
		/* the last * of compare/ and commits/ takes slashes too */
		len = pattern[1] == '\0' ? strlen(path) : strcspn(path, "/");
		if (len == 0 || len >= ASKING_WORD || word == ASKING_WORDS)
			return false;
		memcpy(asking->words[word], path, len);
		asking->words[word++][len] = '\0';
		pattern++;
		path += len;
	}
	return *path == '\0';
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
	payload_text(&out, "message", message);
	if (status == 451) {
		jsonw_key(&out, "block");
		jsonw_open(&out, '{');
		payload_text(&out, "reason", "dmca");
		payload_text(&out, "created_at", "2026-01-10T08:00:00Z");
		payload_text(&out, "html_url",
			     "https://github.com/github/dmca");
		jsonw_close(&out, '}');
	}
	payload_text(&out, "documentation_url", DOCUMENTATION);
	payload_text(&out, "status", text);
	jsonw_close(&out, '}');
	*len = out.len;
	return out.text;
}

static void
send_error(struct httpd_reply *reply, unsigned status, const char *message)
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
		send_error(reply, 403,
			   "Request forbidden by administrative rules. Please "
			   "make sure your request has a User-Agent header");
	else if (version != NULL && strcmp(version, "2022-11-28") < 0 &&
		 strlen(version) == 10)
		send_error(reply, 410,
			   "This version of the REST API has been retired");
	else if (version != NULL && strcmp(version, "2022-11-28") != 0 &&
		 strcmp(version, "2026-03-10") != 0)
		send_error(reply, 400, "Unsupported API version");
	else if (token == NULL)
		send_error(reply, 401, "Bad credentials");
	else if (*token == '\0')
		send_error(reply, 401, "Requires authentication");
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

static void
add_quota(struct httpd_reply *reply, const struct quota_state *state)
{
	add_number(reply, "x-ratelimit-limit", state->limit);
	add_number(reply, "x-ratelimit-remaining", state->remaining);
	add_number(reply, "x-ratelimit-used", state->used);
	add_number(reply, "x-ratelimit-reset", state->reset);
	httpd_add_header(reply, "x-ratelimit-resource", "core");
}

/* The query without `page`, ready to have one appended. */
static void
query_without_page(const char *target, char *out, size_t size)
{
	const char *at = strchr(target, '?');
	size_t len, n = 0;

	out[0] = '\0';
	for (at = at != NULL ? at + 1 : ""; *at != '\0';) {
		len = strcspn(at, "&");
		if (strncmp(at, "page=", 5) != 0 && len > 0 &&
		    n + len + 2 < size) {
			memcpy(out + n, at, len);
			n += len;
			out[n++] = '&';
			out[n] = '\0';
		}
		at += len + (at[len] == '&');
	}
}

struct link {
	char text[KEY_SIZE * 4];
	size_t len;
	const char *base, *query;
};

static void
add_link(struct link *link, unsigned page, const char *relation)
{
	int n = snprintf(link->text + link->len, sizeof(link->text) - link->len,
			 "%s<%s?%spage=%u>; rel=\"%s\"",
			 link->len > 0 ? ", " : "", link->base, link->query,
			 page, relation);

	if (n > 0 && link->len + (size_t)n < sizeof(link->text))
		link->len += (size_t)n;
}

/* GitHub's links go by id, whatever name was asked for. */
static char *
make_link(const struct asking *asking, const char *rest)
{
	const char *host = httpd_header(asking->request, "Host");
	unsigned last =
		asking->total == 0
			? 1
			: (unsigned)((asking->total - 1) / asking->per_page) +
				  1;
	char base[512], query[KEY_SIZE];
	struct link link = { .base = base, .query = query };

	if (!asking->paged || last == 1)
		return NULL;
	if (asking->repo != NULL)
		snprintf(base, sizeof(base),
			 "http://%s/github/repositories/%" PRIu64 "/%s",
			 host != NULL ? host : "127.0.0.1", asking->repo->id,
			 rest);
	else
		snprintf(base, sizeof(base), "http://%s%.*s",
			 host != NULL ? host : "127.0.0.1",
			 (int)strcspn(asking->request->target, "?"),
			 asking->request->target);
	query_without_page(asking->request->target, query, sizeof(query));
	if (asking->page > 1)
		add_link(&link, asking->page - 1, "prev");
	if (asking->page < last)
		add_link(&link, asking->page + 1, "next");
	if (asking->page < last && !asking->no_last)
		add_link(&link, last, "last");
	if (asking->page > 1)
		add_link(&link, 1, "first");
	return link.len > 0 ? msg_strdup(link.text) : NULL;
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
	send_error(reply, 301, "Moved Permanently");
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
	return asking->error != NULL;
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
	if (asking->error != NULL) {
		jsonw_free(&asking->out);
		send_error(reply, asking->status, asking->error);
		return NULL;
	}
	link = make_link(asking, rest);
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
		send_error(reply, 403,
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
	payload_number(&out, "limit", (uint64_t)state.limit);
	payload_number(&out, "used", (uint64_t)state.used);
	payload_number(&out, "remaining", (uint64_t)state.remaining);
	payload_number(&out, "reset", (uint64_t)state.reset);
	for (i = 0; i < 3; i++)
		jsonw_close(&out, '}');
	add_quota(reply, &state);
	httpd_add_header(reply, "content-type", "application/json");
	httpd_body(reply, out.text, out.len);
}

/* A JWT of the app, as docs.github.com asks for: not older than its iat says,
 * at most ten minutes long, signed when a key is known. */
static const char *
distrust(const struct world *world, const char *token)
{
	static const char *const names[] = { "iat", "exp", "iss" };
	int64_t now = clock_now() / 1000, issued = 0, expires = 0;
	const char *key = world->config.app_key;
	char *claims = crypto_jwt_claims(token);
	struct json_paths *paths;
	struct json_span spans[3];
	struct json_error error;
	bool whole;

	if (claims == NULL)
		return "A JSON web token could not be decoded";
	paths = json_paths(names, 3);
	whole = json_scan(paths, claims, strlen(claims), spans, &error) == 0 &&
		json_int(&spans[0], &issued) && json_int(&spans[1], &expires) &&
		spans[2].type != JSON_ABSENT;
	json_paths_free(paths);
	free(claims);
	if (!whole)
		return "A JSON web token could not be decoded";
	if (issued > now + 5)
		return "'Issued at' claim ('iat') must be an Integer "
		       "representing the time that the assertion was issued";
	if (expires <= now || expires > now + 600)
		return "'Expiration time' claim ('exp') is too far in the "
		       "future";
	if (key != NULL && !crypto_jwt_is_signed(token, key))
		return "A JSON web token could not be decoded";
	return NULL;
}

static void
mint(struct world *world, const struct httpd_request *request,
     struct httpd_reply *reply)
{
	const char *value = httpd_header(request, "Authorization"), *why;
	struct jsonw out = { 0 };
	char token[64];
	int64_t ends;

	if (value == NULL || strncasecmp(value, "Bearer ", 7) != 0)
		why = "Requires authentication";
	else
		why = distrust(world, value + 7);
	if (why != NULL) {
		send_error(reply, 401, why);
		return;
	}
	quota_mint(world->github->quota, token, &ends);
	jsonw_open(&out, '{');
	payload_text(&out, "token", token);
	payload_time(&out, "expires_at", ends);
	jsonw_key(&out, "permissions");
	jsonw_open(&out, '{');
	payload_text(&out, "contents", "read");
	payload_text(&out, "deployments", "read");
	payload_text(&out, "pull_requests", "read");
	jsonw_close(&out, '}');
	payload_text(&out, "repository_selection", "all");
	jsonw_close(&out, '}');
	httpd_status(reply, 201);
	httpd_add_header(reply, "content-type",
			 "application/json; charset=utf-8");
	httpd_body(reply, out.text, out.len);
}

static bool
asks_for_token(const struct httpd_request *request, const char *path)
{
	unsigned long id;
	int n = 0;

	return strcmp(request->method, "POST") == 0 &&
	       sscanf(path, "app/installations/%lu/access_tokens%n", &id, &n) ==
		       1 &&
	       n > 0 && path[n] == '\0';
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
	if (asks_for_token(request, path)) {
		mint(world, request, reply);
		return true;
	}
	if (!admit(world, request, reply))
		return true;
	if (strcmp(request->method, "GET") != 0)
		send_error(reply, 404, "Not Found");
	else if (strcmp(path, "rate_limit") == 0)
		send_limits(world, request, reply);
	else
		answer_get(&asking, path, reply);
	return true;
}
