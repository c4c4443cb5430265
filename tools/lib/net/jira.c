#include "net/jira.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/msg.h"
#include "base/times.h"
#include "base/zones.h"
#include "net/jiralogin.h"

enum { PATH = 2048 };

static bool
connect_site(struct jira *jira, struct source_problem *problem)
{
	const struct settings_jira *settings = jira->settings;
	struct source_api api = {
		.base_url = settings->base_url,
		.headers = jira_headers,
		.authorize = jira_login_authorize,
		.retries = settings->max_retries,
		.backoff_factor = settings->backoff_factor,
		.requests_per_hour = settings->requests_per_hour,
		.ca_file = settings->ca_file,
	};

	if (settings->base_url == NULL && jira->wish.base_url == NULL) {
		*problem = (struct source_problem){
			.code = EX_CONFIG,
			.class = OUTCOME_CONFIGURATION,
			.why = msg_strdup(
				"cannot find 'the Jira site': give "
				"--base-url, or jira.base_url in the settings"),
		};
		return false;
	}
	jira->login = jira_login_open(jira->source, jira->wish.flavor, problem);
	if (jira->login == NULL)
		return false;
	api.authorize_arg = jira->login;
	secret_drop_environment();
	jira->http = source_connect(jira->source, &api, problem);
	source_be_gentle(jira->source);
	return jira->http != NULL;
}

struct jira *
jira_open(struct source *source, const struct jira_wish *wish,
	  struct source_problem *problem)
{
	static const char *const change[JIRA_CHANGE_WANTED] = { "id",
								"created" };
	struct jira *jira = msg_calloc(1, sizeof(*jira));

	jira->change_paths = json_paths(change, JIRA_CHANGE_WANTED);
	jira->source = source;
	jira->window = INT64_MAX;
	jira->client = source_client(source);
	jira->settings = &jira->client->jira;
	jira->wish = *wish;
	if (wish->projects.count > 0)
		jira->keys = wish->projects.items;
	else if (jira->settings->projects.count > 0)
		jira->keys = jira->settings->projects.items;
	jirafields_start(&jira->fields, jira->settings);
	if (connect_site(jira, problem))
		return jira;
	jira_close(jira);
	return NULL;
}

void
jira_close(struct jira *jira)
{
	if (jira == NULL)
		return;
	jira_login_free(jira->login);
	jirafields_free(&jira->fields);
	json_paths_free(jira->change_paths);
	free(jira);
}

bool
jira_is_chosen(const struct jira *jira, const char *project)
{
	const char *const *key;

	if (jira->keys == NULL)
		return true;
	for (key = jira->keys; *key != NULL; key++)
		if (strcmp(*key, project) == 0)
			return true;
	return false;
}

char *
jira_id(const struct json_span *span)
{
	char *text;

	if (span->type != JSON_NUMBER)
		return json_text(span);
	text = msg_calloc(span->len + 1, 1);
	memcpy(text, span->at, span->len);
	return text;
}

char *
jira_member(const struct json_span *object, const char *name)
{
	struct json_walk walk = json_walk(object);
	struct json_span key, value;

	while (json_next(&walk, &key, &value))
		if (json_is(&key, name))
			return jira_id(&value);
	return NULL;
}

/* A request on its way, in a list that it can leave from anywhere. */
struct jira_sent {
	struct jira *jira;
	struct jira_call call;
	struct jira_sent *next, **link; /* what points here */
};

static void
answer(void *arg, const struct http_reply *reply)
{
	struct jira_sent *sent = arg;
	const struct jira_call call = sent->call;

	*sent->link = sent->next;
	if (sent->next != NULL)
		sent->next->link = sent->link;
	free(sent);
	call.done(call.arg, reply);
}

/* After TERM only what completes a page is asked for; the rest waits for
 * jira_drain. */
static void
send_request(struct jira *jira, const struct jira_call *call, const char *path,
	     const char *body)
{
	struct jira_sent *sent = msg_calloc(1, sizeof(*sent));

	*sent = (struct jira_sent){ .jira = jira,
				    .call = *call,
				    .next = jira->sent,
				    .link = &jira->sent };
	if (sent->next != NULL)
		sent->next->link = &sent->next;
	jira->sent = sent;
	if (source_stopping(jira->source) && call->priority != JIRA_HISTORY)
		return;
	http_send(jira->http, &(struct http_request){
				      .url = path,
				      .body = body,
				      .priority = call->priority,
				      .no_cache = body != NULL,
				      .done = answer,
				      .arg = sent,
			      });
}

void
jira_get(struct jira *jira, const struct jira_call *call, const char *format,
	 ...)
{
	char path[PATH];
	va_list args;

	va_start(args, format);
	vsnprintf(path, sizeof(path), format, args);
	va_end(args);
	send_request(jira, call, path, NULL);
}

void
jira_post(struct jira *jira, const struct jira_call *call, const char *path,
	  const struct jsonw *body)
{
	send_request(jira, call, path, body->text);
}

void
jira_drain(struct jira *jira)
{
	const struct http_reply dropped = {
		.body = "",
		.url = "",
		.class = OUTCOME_TEMPORARY_SERVICE_ERROR,
		.code = EX_TEMPFAIL,
		.why = "the run ended before it was asked",
	};

	struct jira_sent *sent;

	while ((sent = jira->sent) != NULL) {
		const struct jira_call call = sent->call;

		jira->sent = sent->next;
		if (sent->next != NULL)
			sent->next->link = &jira->sent;
		free(sent);
		call.done(call.arg, &dropped);
	}
}

const char jira_site[] = "site";

void
jira_emit(struct jira *jira, const struct source_record *what,
	  const struct json_span *object)
{
	struct source_record record = *what;

	if (!source_wants(jira->source, what->type))
		return;
	record.scope = jira_site;
	record.bytes = object->at;
	record.len = object->len;
	source_emit(jira->source, &record);
}

void
jira_emit_keys(struct jira *jira, const char *of, const struct jiraids *ids,
	       int64_t at)
{
	if (!source_wants(jira->source, of))
		return;
	source_keys(jira->source,
		    &(struct source_keys){
			    .of = of,
			    .scope = jira_site,
			    .keys = (const char *const *)ids->items,
			    .count = ids->count,
			    .at = at,
		    });
}

bool
jira_is_refusal(long status)
{
	return status == 403 || status == 404 || status == 405 || status == 410;
}

void
jira_fail(struct jira *jira, const struct source_item *what,
	  const struct http_reply *reply)
{
	source_fail(jira->source, &(struct source_failure){
					  .scope = what->scope,
					  .entity = what->entity,
					  .key = what->key,
					  .class = reply->class,
					  .code = reply->code,
					  .http = reply->status,
					  .reason = reply->why,
					  .not_before = reply->not_before,
				  });
}

void
jira_fail_protocol(struct jira *jira, const struct source_item *what,
		   const char *reason)
{
	source_fail(jira->source, &(struct source_failure){
					  .scope = what->scope,
					  .entity = what->entity,
					  .key = what->key,
					  .class = OUTCOME_DATA_FORMAT,
					  .code = EX_PROTOCOL,
					  .http = 200,
					  .reason = reason,
				  });
}

/* serverInfo says which flavor; it is open to everyone on most sites. */
static void
on_server(void *arg, const struct http_reply *reply)
{
	static const char *const want[] = { "deploymentType", "serverTime" };
	struct jira *jira = arg;
	struct json_paths *paths;
	struct json_span spans[2];
	struct json_error error;
	bool is_jira;

	if (reply->class != OUTCOME_NONE) {
		source_abort_reply(jira->source, reply, "the Jira site");
		return;
	}
	paths = json_paths(want, 2);
	is_jira =
		json_scan(paths, reply->body, reply->len, spans, &error) == 0 &&
		(spans[0].type == JSON_STRING || spans[1].type == JSON_STRING);
	json_paths_free(paths);
	if (!is_jira) {
		source_abort(jira->source, EX_PROTOCOL,
			     "cannot fetch 'the Jira site': what answers at "
			     "'%s' is no Jira",
			     reply->url);
		return;
	}
	jira->cloud = json_is(&spans[0], "Cloud");
	if (spans[1].type == JSON_STRING)
		times_parse(spans[1].at, spans[1].len, &jira->now);
}

static void
on_myself(void *arg, const struct http_reply *reply)
{
	static const char *const want[] = { "timeZone" };
	struct jira *jira = arg;
	struct json_paths *paths;
	struct json_span zone;
	struct json_error error;
	char *name = NULL;

	if (reply->class != OUTCOME_NONE) {
		source_abort_reply(jira->source, reply, "the account");
		return;
	}
	paths = json_paths(want, 1);
	if (json_scan(paths, reply->body, reply->len, &zone, &error) == 0)
		name = json_text(&zone);
	json_paths_free(paths);
	if (name != NULL && strlen(name) < sizeof(jira->zone) &&
	    zones_exists(name))
		snprintf(jira->zone, sizeof(jira->zone), "%s", name);
	else
		source_tell(jira->source,
			    "the account's time zone is not known here (%s): "
			    "half a day more is asked for",
			    name != NULL ? name : "none");
	free(name);
}

/* The flavor that was asked for, in the command line or the settings. */
static const char *
flavor(const struct jira *jira)
{
	const char *asked = jira->wish.flavor != NULL ? jira->wish.flavor
						      : jira->settings->flavor;

	return asked == NULL ? "auto" : asked;
}

int
jira_meet(struct jira *jira)
{
	const struct jira_call server = { JIRA_LIST, on_server, jira };
	const struct jira_call account = { JIRA_LIST, on_myself, jira };
	int code;

	jira->now = clock_now();
	jira_get(jira, &server, "/rest/api/2/serverInfo");
	if ((code = source_run(jira->source)) != EX_OK)
		return code;
	if (strcmp(flavor(jira), "auto") != 0)
		jira->cloud = strcmp(flavor(jira), "cloud") == 0;
	jira->api = jira->cloud ? "/rest/api/3" : "/rest/api/2";
	jira_get(jira, &account, "%s/myself", jira->api);
	return source_run(jira->source);
}
