#include "net/githubtoken.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/msg.h"
#include "base/times.h"

enum { RENEW_BEFORE = 300000, APP_RETRIES = 3, APP_WAIT = 60000 };

struct github_token {
	struct secret *secret; /* the token, or the App's private key */
	/* of an App */
	const struct settings_github *settings; /* NULL: no App */
	const char *base_url;
	char identity[128];
	char *value;
	int64_t expires;
	char why[320];
};

static const char *const headers[] = {
	"Accept: application/vnd.github+json",
	"X-GitHub-Api-Version: 2022-11-28",
	NULL,
};

static void
wipe(struct github_token *token)
{
	if (token->value != NULL)
		explicit_bzero(token->value, strlen(token->value));
	free(token->value);
	token->value = NULL;
}

static int
authorize_app(void *arg, char *value, size_t size, const char **why)
{
	struct github_token *token = arg;
	const char *reason;
	char *jwt =
		crypto_jwt(secret_text(token->secret), token->settings->app_id,
			   clock_now() / 1000, &reason);

	if (jwt == NULL) {
		snprintf(token->why, sizeof(token->why),
			 "cannot use github.private_key: %s", reason);
		*why = token->why;
		return -1;
	}
	snprintf(value, size, "Bearer %s", jwt);
	explicit_bzero(jwt, strlen(jwt));
	free(jwt);
	return 0;
}

static void
on_token(void *arg, const struct http_reply *reply)
{
	static const char *const wanted[] = { "token", "expires_at" };
	struct github_token *token = arg;
	struct json_paths *paths;
	struct json_span spans[2];
	struct json_error error;

	snprintf(token->why, sizeof(token->why),
		 "cannot get a token for github.installation: %s",
		 reply->why == NULL ? "no token in the answer" : reply->why);
	if (reply->class != OUTCOME_NONE)
		return;
	paths = json_paths(wanted, 2);
	if (json_scan(paths, reply->body, reply->len, spans, &error) == 0 &&
	    times_parse(spans[1].at, spans[1].len, &token->expires)) {
		wipe(token);
		token->value = json_text(&spans[0]);
	}
	json_paths_free(paths);
}

static int
renew(struct github_token *token)
{
	const struct http_config config = {
		.base_url = token->base_url,
		.headers = headers,
		.authorize = authorize_app,
		.authorize_arg = token,
		.connections = 1,
		.retries = APP_RETRIES,
		.max_wait = APP_WAIT,
		.ca_file = token->settings->ca_file,
	};
	struct http_request request = {
		.body = "{}", .no_cache = true, .done = on_token, .arg = token
	};
	char url[160], *why = NULL;
	struct http *http = http_open(&config, &why);

	wipe(token);
	if (http == NULL) {
		snprintf(token->why, sizeof(token->why), "%s", why);
		free(why);
		return -1;
	}
	snprintf(url, sizeof(url), "/app/installations/%.100s/access_tokens",
		 token->settings->installation);
	request.url = url;
	http_send(http, &request);
	if (http_run(http) != EX_OK)
		snprintf(token->why, sizeof(token->why),
			 "cannot use github.app_id and its private_key: %s",
			 http_why(http));
	http_close(http);
	return token->value == NULL ? -1 : 0;
}

int
github_token_authorize(void *arg, char *value, size_t size, const char **why)
{
	struct github_token *token = arg;
	const char *text = token->value;

	if (token->settings == NULL) {
		text = secret_text(token->secret);
	} else if (text == NULL ||
		   clock_now() > token->expires - RENEW_BEFORE) {
		if (renew(token) != 0) {
			*why = token->why;
			return -1;
		}
		text = token->value;
	}
	snprintf(value, size, "Bearer %s", text);
	return 0;
}

static struct secret *
open_secret(struct source *source, bool app, struct source_problem *problem)
{
	static const char *const variables[] = { "GITHUB_TOKEN", "GH_TOKEN",
						 NULL };
	static const char *const none[] = { NULL };
	const struct settings_github *settings = &source_client(source)->github;
	const struct source_token plain = { .credential = "github_token",
					    .reference = &settings->token,
					    .variables = variables,
					    .setting = "github.token" };
	const struct source_token key = { .credential = "github_private_key",
					  .reference = &settings->private_key,
					  .variables = none,
					  .setting = "github.private_key" };

	return source_token(source, app ? &key : &plain, problem);
}

struct github_token *
github_token_open(struct source *source, const char *base_url,
		  struct source_problem *problem)
{
	const struct settings_github *settings = &source_client(source)->github;
	bool app = settings->app_id != NULL && settings->installation != NULL;
	struct secret *secret = open_secret(source, app, problem);
	struct github_token *token;

	if (secret == NULL)
		return NULL;
	token = msg_calloc(1, sizeof(*token));
	token->secret = secret;
	token->base_url = base_url;
	if (app) {
		token->settings = settings;
		snprintf(token->identity, sizeof(token->identity),
			 "app %.40s installation %.40s", settings->app_id,
			 settings->installation);
	}
	return token;
}

const char *
github_token_identity(const struct github_token *token)
{
	return token->settings == NULL ? NULL : token->identity;
}

void
github_token_free(struct github_token *token)
{
	if (token == NULL)
		return;
	wipe(token);
	secret_free(token->secret);
	free(token);
}
