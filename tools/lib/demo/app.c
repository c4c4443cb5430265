#include "demo/app.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "demo/github.h"
#include "demo/payload.h"
#include "demo/quota.h"
#include "records/json.h"

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
		github_error(reply, 401, why);
		return;
	}
	quota_mint(world->github->quota, token, &ends);
	jsonw_open(&out, '{');
	jsonw_put_string(&out, "token", token);
	payload_time(&out, "expires_at", ends);
	jsonw_key(&out, "permissions");
	jsonw_open(&out, '{');
	jsonw_put_string(&out, "contents", "read");
	jsonw_put_string(&out, "deployments", "read");
	jsonw_put_string(&out, "pull_requests", "read");
	jsonw_close(&out, '}');
	jsonw_put_string(&out, "repository_selection", "all");
	jsonw_close(&out, '}');
	httpd_status(reply, 201);
	httpd_add_header(reply, "content-type",
			 "application/json; charset=utf-8");
	httpd_body(reply, out.text, out.len);
}

bool
app_answer(struct world *world, const struct httpd_request *request,
	   const char *path, struct httpd_reply *reply)
{
	unsigned long id;
	int n = 0;

	if (strcmp(request->method, "POST") != 0 ||
	    sscanf(path, "app/installations/%lu/access_tokens%n", &id, &n) !=
		    1 ||
	    n == 0 || path[n] != '\0')
		return false;
	mint(world, request, reply);
	return true;
}
