#include "net/visit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "base/times.h"
#include "net/answer.h"
#include "net/githubrun.h"
#include "net/githubtoken.h"
#include "net/jiralogin.h"
#include "records/json.h"

enum { TRIES_MORE = 1, LONGEST_WAIT = 2000 };

static const char *const github_lines[] = {
	"Accept: application/vnd.github+json",
	"X-GitHub-Api-Version: 2022-11-28",
	NULL,
};

static struct source *
open_source(const struct source_kind *kind, const struct visit_who *who,
	    struct visit *seen)
{
	const struct source_opts opts = {
		.config = who->config,
		.client = who->client,
		.connections = 1,
		.max_wait = LONGEST_WAIT,
		.quiet = 1,
		.no_progress = 1,
	};

	*seen = (struct visit){ .quota_left = -1, .quota_limit = -1 };
	return source_open(kind, &opts, &seen->problem);
}

/* What every answer tells, a refusal too. */
static void
note(struct visit *seen, const struct http_reply *reply)
{
	const char *date = http_header(reply, "Date");
	int64_t theirs = date == NULL ? -1 : answer_date(date);

	seen->reached = seen->reached || reply->status != 0;
	if (theirs < 0)
		return;
	seen->timed = true;
	seen->skew = reply->at - theirs;
}

static void
note_costs(struct visit *seen, const struct http *http)
{
	const struct http_stats stats = http_stats(http);

	seen->ms = stats.ms_mean;
	/* A refused token ends the run before anybody is told of the answer. */
	seen->reached = seen->reached || stats.ms_mean > 0;
	seen->quota_left = stats.quota_left;
	seen->quota_limit = stats.quota_limit;
	seen->quota_reset = stats.quota_reset;
}

/* A member of the answer as text, "" when it is not there. */
static void
read_member(const struct http_reply *reply, const char *name, char *out,
	    size_t size)
{
	struct json_paths *paths = json_paths(&name, 1);
	struct json_span span;
	struct json_error error;
	char *text = NULL;

	if (json_scan(paths, reply->body, reply->len, &span, &error) == 0)
		text = json_text(&span);
	snprintf(out, size, "%s", text != NULL ? text : "");
	free(text);
	json_paths_free(paths);
}

/* The source's own account of how it went, when nothing else was wrong. */
static void
end_source(struct source *source, struct visit *seen)
{
	struct source_problem problem;

	source_end(source, &problem);
	if (seen->problem.code == EX_OK)
		seen->problem = problem;
	else
		free(problem.why);
}

/* --- GitHub --------------------------------------------------------------- */

/* 2026-12-24 06:00:00 UTC, as GitHub writes when a token ends; 0: not so. */
static int64_t
expiry_of(const char *text)
{
	char time[TIMES_SIZE];
	const char *zone = strlen(text) > 20 ? text + 20 : "";
	int64_t ms;

	snprintf(time, sizeof(time), "%.19s%.6s", text,
		 strcmp(zone, "UTC") == 0 ? "Z" : zone);
	return times_parse(time, strlen(time), &ms) ? ms : 0;
}

struct call { /* one request and where its answer goes */
	struct visit *seen;
	struct source *source;
	const char *name, *setting;
};

static void
on_limits(void *arg, const struct http_reply *reply)
{
	struct call *call = arg;
	const char *scopes = http_header(reply, "X-OAuth-Scopes");
	const char *ends =
		http_header(reply, "GitHub-Authentication-Token-Expiration");

	note(call->seen, reply);
	if (reply->class != OUTCOME_NONE) {
		source_abort_reply(call->source, reply, call->name);
		return;
	}
	call->seen->taken = true;
	call->seen->classic = scopes != NULL && *scopes != '\0';
	snprintf(call->seen->scopes, sizeof(call->seen->scopes), "%s",
		 scopes != NULL ? scopes : "");
	if (ends != NULL)
		call->seen->expires = expiry_of(ends);
}

static void
on_place(void *arg, const struct http_reply *reply)
{
	struct call *call = arg;

	note(call->seen, reply);
	if (reply->class == OUTCOME_NONE)
		return;
	if (reply->status == 404)
		source_abort(call->source, EX_CONFIG,
			     "cannot find '%s': %s; either there is none, or "
			     "the token may not see it (%s)",
			     call->name, reply->why, call->setting);
	else
		source_abort_reply(call->source, reply, call->name);
}

/* A request that only an account with access to what is fetched may make. */
static char *
place_of(const struct settings_github *settings, struct call *call)
{
	const char *above = "/repos/", *behind = "";
	char *name, *path = NULL;

	if (settings->organization != NULL) {
		call->name = settings->organization;
		call->setting = "github.organization";
		above = "/orgs/";
		behind = "/repos?per_page=1";
	} else if (settings->user != NULL) {
		call->name = settings->user;
		call->setting = "github.user";
		above = "/users/";
		behind = "/repos?per_page=1";
	} else if (settings->repositories.count > 0) {
		call->name = settings->repositories.items[0];
		call->setting = "github.repositories";
	} else {
		return NULL;
	}
	name = *behind == '\0' ? msg_strdup(call->name)
			       : github_encode(call->name);
	path = msg_text("%s%s%s", above, name, behind);
	free(name);
	return path;
}

static void
ask_github(struct source *source, const struct visit_who *who,
	   struct github_token *token, struct visit *seen)
{
	const struct settings_github *settings = &who->settings->github;
	const struct source_api api = {
		.base_url = settings->base_url,
		.headers = github_lines,
		.authorize = github_token_authorize,
		.authorize_arg = token,
		.identity = github_token_identity(token),
		.retries = TRIES_MORE,
		.backoff_factor = 1,
		.ca_file = settings->ca_file,
		.timeout = VISIT_PATIENCE,
	};
	struct call limits = { seen, source, "github", NULL };
	struct call place = limits;
	char *path = place_of(settings, &place);
	struct http *http = source_connect(source, &api, &seen->problem);

	if (http != NULL) {
		http_send(http, &(struct http_request){ .url = "/rate_limit",
							.no_cache = true,
							.done = on_limits,
							.arg = &limits });
		if (source_run(source) == EX_OK && path != NULL)
			http_send(http,
				  &(struct http_request){ .url = path,
							  .no_cache = true,
							  .done = on_place,
							  .arg = &place });
		source_run(source);
		note_costs(seen, http);
	}
	if (path != NULL)
		snprintf(seen->what, sizeof(seen->what), "%s", place.name);
	free(path);
}

static bool
is_named(const struct form_secret *secret)
{
	return secret->file != NULL || secret->env != NULL ||
	       secret->credential != NULL;
}

static bool
is_set(const char *variable)
{
	const char *value = getenv(variable);

	return value != NULL && *value != '\0';
}

static bool
wants_github(const struct settings_github *settings)
{
	return is_set("GITHUB_TOKEN") || is_set("GH_TOKEN") ||
	       settings->organization != NULL || settings->user != NULL ||
	       settings->repositories.count > 0 || is_named(&settings->token) ||
	       settings->app_id != NULL;
}

void
visit_github(const struct visit_who *who, struct visit *seen)
{
	static const struct source_kind kind = { "github", "github_job",
						 github_types };
	struct source *source = open_source(&kind, who, seen);
	struct github_token *token;

	seen->asked = wants_github(&who->settings->github);
	seen->base_url = msg_strdup(who->settings->github.base_url);
	if (source == NULL)
		return;
	seen->app = who->settings->github.app_id != NULL;
	token = seen->asked ? github_token_open(source, seen->base_url,
						&seen->problem)
			    : NULL;
	if (token != NULL)
		ask_github(source, who, token, seen);
	end_source(source, seen);
	github_token_free(token);
}

/* --- Jira ----------------------------------------------------------------- */

struct site_call {
	struct visit *seen;
	struct source *source;
	bool cloud;
};

static void
on_server(void *arg, const struct http_reply *reply)
{
	struct site_call *call = arg;
	char kind[32];

	note(call->seen, reply);
	if (reply->class != OUTCOME_NONE) {
		source_abort_reply(call->source, reply, "the Jira site");
		return;
	}
	read_member(reply, "deploymentType", kind, sizeof(kind));
	if (*kind == '\0')
		read_member(reply, "version", kind, sizeof(kind));
	if (*kind == '\0')
		source_abort(call->source, EX_PROTOCOL,
			     "cannot fetch 'the Jira site': what answers at "
			     "'%s' is no Jira (jira.base_url)",
			     reply->url);
	call->cloud = strcmp(kind, "Cloud") == 0;
}

static void
on_myself(void *arg, const struct http_reply *reply)
{
	struct site_call *call = arg;

	note(call->seen, reply);
	if (reply->class != OUTCOME_NONE) {
		source_abort_reply(call->source, reply, "the account");
		return;
	}
	call->seen->taken = true;
	read_member(reply, "displayName", call->seen->account,
		    sizeof(call->seen->account));
}

static void
ask_jira(struct source *source, const struct visit_who *who,
	 struct jira_login *login, struct visit *seen)
{
	const struct settings_jira *settings = &who->settings->jira;
	const struct source_api api = {
		.base_url = settings->base_url,
		.headers = jira_headers,
		.authorize = jira_login_authorize,
		.authorize_arg = login,
		.retries = TRIES_MORE,
		.backoff_factor = 1,
		.ca_file = settings->ca_file,
		.timeout = VISIT_PATIENCE,
	};
	struct site_call call = { seen, source, false };
	struct http_request request = { .url = "/rest/api/2/serverInfo",
					.no_cache = true,
					.done = on_server,
					.arg = &call };
	struct http *http = source_connect(source, &api, &seen->problem);

	if (http == NULL)
		return;
	http_send(http, &request);
	if (source_run(source) == EX_OK) {
		request.url = call.cloud ? "/rest/api/3/myself"
					 : "/rest/api/2/myself";
		request.done = on_myself;
		http_send(http, &request);
	}
	source_run(source);
	note_costs(seen, http);
}

void
visit_jira(const struct visit_who *who, struct visit *seen)
{
	static const char *const types[] = { NULL };
	static const struct source_kind kind = { "jira", "jira_job", types };
	const struct settings_jira *settings = &who->settings->jira;
	struct source *source = open_source(&kind, who, seen);
	struct jira_login *login;

	seen->asked = settings->base_url != NULL;
	if (settings->base_url != NULL)
		seen->base_url = msg_strdup(settings->base_url);
	if (source == NULL)
		return;
	login = seen->asked ? jira_login_open(source, settings->flavor,
					      &seen->problem)
			    : NULL;
	if (login != NULL)
		ask_jira(source, who, login, seen);
	end_source(source, seen);
	jira_login_free(login);
}

void
visit_free(struct visit *seen)
{
	free(seen->base_url);
	free(seen->problem.why);
	*seen = (struct visit){ 0 };
}
