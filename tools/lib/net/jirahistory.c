#include "net/jirahistory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "net/jiralist.h"

enum { BULK_PAGE = 1000, SINGLE_PAGE = 100 };
enum { LOGS, TOKEN, BULK_WANTED };
enum { ISSUE_ID, HISTORIES, LOG_WANTED };

/* What a history lacks: whose it is. */
static void
write_ext(const struct jirahistory_issue *issue, struct jsonw *ext)
{
	jsonw_open(ext, '{');
	jsonw_key(ext, "issue_id");
	jsonw_string(ext, issue->id);
	jsonw_key(ext, "issue_key");
	jsonw_string(ext, issue->key);
	jsonw_close(ext, '}');
}

static void
emit(struct jira *jira, const char *scope, struct jirahistory_issue *issue,
     const struct json_span *history, int64_t at)
{
	struct json_span spans[JIRA_CHANGE_WANTED];
	struct json_error error;
	struct jsonw ext = { 0 };
	char key[64], *id = NULL;

	if (json_scan(jira->change_paths, history->at, history->len, spans,
		      &error) == 0)
		id = jira_id(&spans[JIRA_CHANGE_ID]);
	if (id == NULL)
		return; /* counted as missing */
	issue->count++;
	snprintf(key, sizeof(key), "%s/%s", issue->id, id);
	free(id);
	if (!source_wants(jira->source, "jira_change"))
		return;
	write_ext(issue, &ext);
	source_emit(jira->source,
		    &(struct source_record){
			    .type = "jira_change",
			    .scope = scope,
			    .key = key,
			    .updated_at = &spans[JIRA_CHANGE_CREATED],
			    .ext = ext.text,
			    .bytes = history->at,
			    .len = history->len,
			    .fetched_at = at,
		    });
	jsonw_free(&ext);
}

void
jirahistory_embedded(struct jira *jira, const char *scope,
		     struct jirahistory_issue *issue,
		     const struct json_span *histories, int64_t at)
{
	struct json_walk walk = json_walk(histories);
	struct json_span key, history;

	while (json_next(&walk, &key, &history))
		emit(jira, scope, issue, &history, at);
}

static bool
is_short(const struct jirahistory_issue *issue)
{
	return issue->total < 0 || issue->count < issue->total;
}

void
jirahistory_free(struct jirahistory *job)
{
	size_t i;

	for (i = 0; i < job->count; i++) {
		free(job->issues[i].id);
		free(job->issues[i].key);
	}
	free(job->issues);
	free(job->token);
	free(job);
}

static void
finish(struct jirahistory *job)
{
	void (*end)(void *, bool) = job->end;
	void *arg = job->arg;
	bool whole = !job->cut;

	jirahistory_free(job);
	end(arg, whole);
}

/* One issue alone, when bulk has not given all of it. */
struct single {
	struct jirahistory *job;
	struct jirahistory_issue *issue;
};

static void
fail_issue(const struct single *single, const struct http_reply *reply)
{
	const struct source_item item = { single->job->scope, "jira_change",
					  single->issue->id };
	char why[120];

	single->job->cut = true;
	if (reply->class != OUTCOME_NONE) {
		jira_fail(single->job->jira, &item, reply);
		return;
	}
	snprintf(why, sizeof(why),
		 "its history is cut: %" PRId64 " of %" PRId64 " changes",
		 single->issue->count, single->issue->total);
	jira_fail_protocol(single->job->jira, &item, why);
}

static void
on_change(void *arg, const struct json_span *history, int64_t at)
{
	struct single *single = arg;

	emit(single->job->jira, single->job->scope, single->issue, history, at);
}

static void
on_single_end(void *arg, const struct http_reply *reply, size_t count)
{
	struct single *single = arg;
	struct jirahistory *job = single->job;
	bool gone = reply->status == 404 && job->jira->cloud;

	(void)count;
	if (!gone && (reply->class != OUTCOME_NONE ||
		      single->issue->count < single->issue->total))
		fail_issue(single, reply);
	free(single);
	if (--job->waiting == 0)
		finish(job);
}

static void
ask_single(struct jirahistory *job, struct jirahistory_issue *issue)
{
	struct single *single = msg_calloc(1, sizeof(*single));
	char path[160];
	const struct jiralist list = {
		.path = path,
		.values = "values",
		.page = SINGLE_PAGE,
		.urgent = true,
		.each = on_change,
		.end = on_single_end,
		.arg = single,
	};

	single->job = job;
	single->issue = issue;
	issue->count = 0;
	snprintf(path, sizeof(path), "%s/issue/%s/changelog", job->jira->api,
		 issue->id);
	jiralist_walk(job->jira, &list);
}

/* Data Center gave what it has, and its total, with the issue itself. */
static void
ask_singles(struct jirahistory *job)
{
	size_t i;

	job->waiting = 1; /* until all are asked */
	for (i = 0; i < job->count; i++)
		if (is_short(&job->issues[i]) &&
		    (job->failed || job->issues[i].total >= 0)) {
			job->waiting++;
			ask_single(job, &job->issues[i]);
		}
	if (--job->waiting == 0)
		finish(job);
}

static void on_bulk(void *arg, const struct http_reply *reply);

static void
ask_bulk(struct jirahistory *job)
{
	const struct jira_call call = { JIRA_HISTORY, on_bulk, job };
	struct jsonw body = { 0 };
	size_t i;

	jsonw_open(&body, '{');
	jsonw_key(&body, "issueIdsOrKeys");
	jsonw_open(&body, '[');
	for (i = 0; i < job->count; i++)
		if (job->issues[i].asked)
			jsonw_string(&body, job->issues[i].id);
	jsonw_close(&body, ']');
	jsonw_key(&body, "maxResults");
	jsonw_int(&body, BULK_PAGE);
	if (job->token != NULL) {
		jsonw_key(&body, "nextPageToken");
		jsonw_string(&body, job->token);
	}
	jsonw_close(&body, '}');
	jira_post(job->jira, &call, "/rest/api/3/changelog/bulkfetch", &body);
	jsonw_free(&body);
}

static struct jirahistory_issue *
find_issue(const struct jirahistory *job, const struct json_span *id)
{
	size_t i;

	for (i = 0; i < job->count; i++)
		if (json_is(id, job->issues[i].id))
			return &job->issues[i];
	return NULL;
}

static void
take_logs(struct jirahistory *job, const struct json_span *logs, int64_t at)
{
	static const char *const want[LOG_WANTED] = { "issueId",
						      "changeHistories" };
	struct json_paths *paths = json_paths(want, LOG_WANTED);
	struct json_walk walk = json_walk(logs);
	struct json_span key, log, spans[LOG_WANTED];
	struct json_error error;

	while (json_next(&walk, &key, &log)) {
		struct jirahistory_issue *issue = NULL;

		if (json_scan(paths, log.at, log.len, spans, &error) == 0)
			issue = find_issue(job, &spans[ISSUE_ID]);
		if (issue != NULL)
			jirahistory_embedded(job->jira, job->scope, issue,
					     &spans[HISTORIES], at);
	}
	json_paths_free(paths);
}

/* NULL after the last page; bulk has failed when a token comes again. */
static char *
next_token(struct jirahistory *job, const struct json_span *token)
{
	char *next = json_text(token);

	if (next != NULL && *next == '\0') {
		free(next);
		return NULL;
	}
	if (next != NULL && job->token != NULL &&
	    strcmp(next, job->token) == 0) {
		free(next);
		job->failed = true;
		return NULL;
	}
	return next;
}

static void
on_bulk(void *arg, const struct http_reply *reply)
{
	static const char *const want[BULK_WANTED] = { "issueChangeLogs",
						       "nextPageToken" };
	struct jirahistory *job = arg;
	struct json_paths *paths = json_paths(want, BULK_WANTED);
	struct json_span spans[BULK_WANTED];
	struct json_error error;
	char *next = NULL;

	if (reply->class == OUTCOME_NONE &&
	    json_scan(paths, reply->body, reply->len, spans, &error) == 0) {
		take_logs(job, &spans[LOGS], reply->at);
		next = next_token(job, &spans[TOKEN]);
	} else {
		job->failed = true;
	}
	json_paths_free(paths);
	free(job->token);
	job->token = next;
	if (next != NULL)
		ask_bulk(job);
	else
		ask_singles(job);
}

void
jirahistory_fetch(struct jira *jira, struct jirahistory *job)
{
	bool missing = false;
	size_t i;

	job->jira = jira;
	for (i = 0; i < job->count; i++) {
		job->issues[i].asked = is_short(&job->issues[i]);
		missing = missing || job->issues[i].asked;
	}
	if (!missing)
		finish(job);
	else if (jira->cloud)
		ask_bulk(job);
	else
		ask_singles(job);
}
