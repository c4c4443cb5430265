#include "net/githubrun.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/msg.h"
#include "base/times.h"
#include "net/githubstreams.h"
#include "net/link.h"

enum {
	LEAST_PER_PAGE = 10,
	CHECKPOINT_REQUESTS = 400, /* design: at least every 500 */
	CHECKPOINT_MS = 45000	   /* or 60 s */
};

struct github_call { /* one question under way */
	struct github_call *next, **link;
	struct github_repo *repo;
	enum github_urgency urgency;
	github_answer *answer;
	void *arg;
};

const char *const github_types[] = {
	[GITHUB_REPO] = "github_repo",
	[GITHUB_PR] = "github_pr",
	[GITHUB_REVIEW] = "github_review",
	[GITHUB_PR_COMMIT] = "github_pr_commit",
	[GITHUB_COMMENT] = "github_comment",
	[GITHUB_ISSUE] = "github_issue",
	[GITHUB_COMMIT] = "github_commit",
	[GITHUB_DEPLOYMENT] = "github_deployment",
	[GITHUB_STATUS] = "github_deployment_status",
	[GITHUB_RELEASE] = "github_release",
	[GITHUB_TYPES] = NULL,
};

static const char *const value_paths[GITHUB_VALUES] = {
	[GITHUB_ID] = "id",
	[GITHUB_NUMBER] = "number",
	[GITHUB_SHA] = "sha",
	[GITHUB_CREATED] = "created_at",
	[GITHUB_UPDATED] = "updated_at",
	[GITHUB_STATE] = "state",
	[GITHUB_FULL_NAME] = "full_name",
	[GITHUB_OWNER] = "owner.login",
	[GITHUB_BRANCH] = "default_branch",
	[GITHUB_ARCHIVED] = "archived",
	[GITHUB_DISABLED] = "disabled",
	[GITHUB_FORK] = "fork",
	[GITHUB_ISSUE_URL] = "issue_url",
	[GITHUB_PULL_URL] = "pull_request_url",
	[GITHUB_PULL] = "pull_request",
	[GITHUB_TAG] = "tag_name",
	[GITHUB_TARGET] = "target_commitish",
	[GITHUB_DRAFT] = "draft",
	[GITHUB_BASE_SHA] = "base.sha",
	[GITHUB_HEAD_SHA] = "head.sha",
	[GITHUB_STATUS_TEXT] = "status",
	[GITHUB_TOTAL] = "total_commits",
};

void
githubrun_open(struct github_run *run)
{
	run->paths = json_paths(value_paths, GITHUB_VALUES);
	run->printed = clock_monotonic();
}

void
github_repo_free(struct github_repo *repo)
{
	if (repo == NULL)
		return;
	while (repo->streams != NULL)
		github_disown(repo->streams);
	github_cursor_free(&repo->out);
	free((char *)repo->failure.reason);
	free(repo->scope);
	free(repo->branch);
	free(repo);
}

void
githubrun_close(struct github_run *run)
{
	struct github_call *call, *next;
	size_t i;

	for (call = run->calls; call != NULL; call = next) {
		next = call->next;
		free(call);
	}
	for (i = 0; i < run->count; i++)
		github_repo_free(run->repos[i]);
	free(run->repos);
	json_paths_free(run->paths);
}

/* --- asking --------------------------------------------------------------- */

static void
add_call(struct github_run *run, struct github_call *call)
{
	call->next = run->calls;
	call->link = &run->calls;
	if (call->next != NULL)
		call->next->link = &call->next;
	run->calls = call;
}

static void
remove_call(struct github_call *call)
{
	*call->link = call->next;
	if (call->next != NULL)
		call->next->link = call->link;
	free(call);
}

/* A page that was too much for the server; the halved one, or NULL. */
static char *
smaller_page(const struct http_reply *reply)
{
	if (reply->status != 502 && reply->status != 504)
		return NULL;
	return link_halved(reply->url, LEAST_PER_PAGE);
}

static void
tell_stale(const struct github_repo *repo, const struct http_reply *reply)
{
	char since[TIMES_SIZE];

	if (repo->run->told_stale)
		return;
	repo->run->told_stale = true;
	times_format_seconds(reply->at, since);
	source_tell(repo->run->source,
		    "the API does not answer: going by the cache, '%s' is of "
		    "%s",
		    repo->scope, since);
}

static void
on_reply(void *arg, const struct http_reply *reply)
{
	struct github_call *call = arg;
	struct github_repo *repo = call->repo;
	char *smaller = smaller_page(reply);

	if (smaller != NULL)
		github_ask(repo, call->urgency, smaller, call->answer,
			   call->arg);
	else
		call->answer(call->arg, reply);
	if (reply->stale)
		tell_stale(repo, reply);
	free(smaller);
	remove_call(call);
	repo->pending--;
	github_turn(repo->run);
}

void
github_ask(struct github_repo *repo, enum github_urgency urgency,
	   const char *url, github_answer *answer, void *arg)
{
	struct github_call *call = msg_calloc(1, sizeof(*call));
	const struct http_request request = {
		.url = url,
		.priority = (int)urgency,
		.done = on_reply,
		.arg = call,
	};

	*call = (struct github_call){
		.repo = repo, .urgency = urgency, .answer = answer, .arg = arg
	};
	add_call(repo->run, call);
	repo->pending++;
	http_send(repo->run->http, &request);
}

char *
github_path(const struct github_repo *repo, const char *format, ...)
{
	char rest[2048], *path;
	size_t size;
	va_list args;

	va_start(args, format);
	vsnprintf(rest, sizeof(rest), format, args);
	va_end(args);
	size = strlen(repo->scope) + strlen(rest) + 16;
	path = msg_calloc(size, 1);
	snprintf(path, size, "/repos/%s%s", repo->scope, rest);
	return path;
}

/* --- rows ----------------------------------------------------------------- */

struct json_walk
github_rows(const struct http_reply *reply)
{
	struct json_span whole = { .at = reply->body, .len = reply->len };
	static const char *const wanted[] = { "commits" };
	struct json_paths *paths;
	struct json_error error;

	while (whole.len > 0 && strchr(" \t\r\n", *whole.at) != NULL) {
		whole.at++;
		whole.len--;
	}
	while (whole.len > 0 &&
	       strchr(" \t\r\n", whole.at[whole.len - 1]) != NULL)
		whole.len--;
	whole.type =
		whole.len > 0 && *whole.at == '[' ? JSON_ARRAY : JSON_ABSENT;
	if (whole.len > 0 && *whole.at == '{') {
		paths = json_paths(wanted, 1);
		if (json_scan(paths, reply->body, reply->len, &whole, &error) !=
		    0)
			whole.type = JSON_ABSENT;
		json_paths_free(paths);
	}
	return json_walk(&whole);
}

bool
github_next_row(const struct github_run *run, struct json_walk *rows,
		struct github_row *row)
{
	struct json_span key;
	struct json_error error;

	while (json_next(rows, &key, &row->whole))
		if (row->whole.type == JSON_OBJECT &&
		    json_scan(run->paths, row->whole.at, row->whole.len,
			      row->values, &error) == 0)
			return true;
	return false;
}

bool
github_only_row(const struct github_run *run, const struct http_reply *reply,
		struct github_row *row)
{
	struct json_error error;

	row->whole = (struct json_span){ .at = reply->body,
					 .len = reply->len,
					 .type = JSON_OBJECT };
	while (row->whole.len > 0 &&
	       strchr(" \t\r\n", *row->whole.at) != NULL) {
		row->whole.at++;
		row->whole.len--;
	}
	return row->whole.len > 0 && *row->whole.at == '{' &&
	       json_scan(run->paths, row->whole.at, row->whole.len, row->values,
			 &error) == 0;
}

int64_t
github_time(const struct github_row *row, enum github_value value)
{
	const struct json_span *span = &row->values[value];
	int64_t ms;

	if (span->type != JSON_STRING || !times_parse(span->at, span->len, &ms))
		return 0;
	return ms;
}

int64_t
github_integer(const struct github_row *row, enum github_value value)
{
	int64_t number;

	return json_int(&row->values[value], &number) ? number : 0;
}

void
github_emit(struct github_repo *repo, const struct github_record *record,
	    const struct github_row *row, const struct http_reply *reply)
{
	const struct source_record line = {
		.type = github_types[record->type],
		.scope = repo->scope,
		.key = record->key,
		.updated_at = record->no_version ? NULL
						 : &row->values[GITHUB_UPDATED],
		.ext = record->ext,
		.bytes = row->whole.at,
		.len = row->whole.len,
		.fetched_at = reply->at,
	};

	source_emit(repo->run->source, &line);
}

/* --- repositories --------------------------------------------------------- */

/* A cursor under another name with this id: the repository was renamed. */
static const char *
cursor_by_id(struct github_run *run, const char *id, size_t *len)
{
	const char *scope, *cursor;
	size_t i;

	for (i = 0; source_each_cursor(run->source, i, &scope, &cursor, len);
	     i++) {
		char *theirs = github_cursor_id(cursor, *len);
		bool same = theirs != NULL && strcmp(theirs, id) == 0;

		free(theirs);
		if (same)
			return cursor;
	}
	return NULL;
}

char *
github_encode(const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789-._~/";
	char *out = msg_calloc(3 * strlen(text) + 1, 1), *at = out;

	for (; *text != '\0'; text++)
		if (strchr(plain, *text) != NULL)
			*at++ = *text;
		else
			at += snprintf(at, 4, "%%%02X", (unsigned char)*text);
	return out;
}

struct github_repo *
github_repo(struct github_run *run, const char *scope, const char *id,
	    const char *branch)
{
	struct github_repo *repo = msg_calloc(1, sizeof(*repo));
	const char *cursor;
	size_t len = 0;

	repo->run = run;
	repo->scope = msg_strdup(scope);
	repo->branch = branch == NULL ? NULL : github_encode(branch);
	cursor = source_cursor(run->source, scope, &len);
	if (cursor == NULL && id != NULL)
		cursor = cursor_by_id(run, id, &len);
	if (run->until == 0)
		github_cursor_read(&repo->out, cursor, len);
	if (id != NULL && repo->out.id != NULL &&
	    strcmp(repo->out.id, id) != 0) /* another one took the name */
		github_cursor_free(&repo->out);
	if (repo->out.id == NULL && id != NULL)
		repo->out.id = msg_strdup(id);
	return repo;
}

void
github_add(struct github_run *run, struct github_repo *repo)
{
	if (run->count == run->size) {
		run->size = run->size * 2 + 16;
		run->repos =
			msg_realloc(run->repos, run->size * sizeof(void *));
	}
	run->repos[run->count++] = repo;
}

void
github_own(struct github_repo *repo, struct github_stream *stream)
{
	stream->next = repo->streams;
	stream->link = &repo->streams;
	if (stream->next != NULL)
		stream->next->link = &stream->next;
	repo->streams = stream;
}

void
github_disown(struct github_stream *stream)
{
	*stream->link = stream->next;
	if (stream->next != NULL)
		stream->next->link = stream->link;
	stream->free(stream);
}

void
github_fail(struct github_repo *repo, const char *what,
	    const struct http_reply *reply)
{
	char reason[512];

	snprintf(reason, sizeof(reason), "%s: %s", what, reply->why);
	if (repo->failed) {
		source_tell(repo->run->source, "cannot fetch '%s': %s",
			    repo->scope, reason);
		return;
	}
	repo->failed = true;
	repo->failure = (struct source_failure){
		.scope = repo->scope,
		.class = reply->class,
		.code = reply->code,
		.http = reply->status,
		.reason = msg_strdup(reason),
		.not_before = reply->not_before,
	};
}

void
github_fail_format(struct github_repo *repo, const char *what, const char *why)
{
	const struct http_reply reply = {
		.status = 200,
		.class = OUTCOME_DATA_FORMAT,
		.why = why,
	};

	github_fail(repo, what, &reply);
}

static void
print_checkpoint(struct github_repo *repo)
{
	char *cursor;
	size_t len;

	if (!repo->changed || repo->run->until != 0)
		return;
	cursor = github_cursor_write(&repo->out, &len);
	source_checkpoint(repo->run->source, repo->scope, cursor, len);
	free(cursor);
	repo->changed = false;
}

static void
print_checkpoints(struct github_run *run)
{
	size_t i;

	for (i = 0; i < run->begun; i++)
		if (run->repos[i]->begun && !run->repos[i]->ended)
			print_checkpoint(run->repos[i]);
	run->requests = http_stats(run->http).requests;
	run->printed = clock_monotonic();
}

void
github_out(struct github_repo *repo)
{
	struct github_run *run = repo->run;

	repo->changed = true;
	if (http_stats(run->http).requests - run->requests >=
		    CHECKPOINT_REQUESTS ||
	    clock_monotonic() - run->printed >= CHECKPOINT_MS)
		print_checkpoints(run);
}

/* How many repositories have ended, and one that has not. */
static void
show_progress(const struct github_run *run)
{
	const char *scope = "the last answers";
	size_t i;

	for (i = 0; i < run->begun; i++)
		if (!run->repos[i]->ended)
			scope = run->repos[i]->scope;
	source_progress(run->source, run->ended, run->count, scope);
}

/* The checkpoint first: a failure after it is not taken for overcome. */
static void
end_repo(struct github_repo *repo)
{
	repo->ended = true;
	repo->run->ended++;
	show_progress(repo->run);
	print_checkpoint(repo);
	if (repo->failed)
		source_fail(repo->run->source, &repo->failure);
	else
		source_completed(repo->run->source, repo->scope);
}

static void
end_complete(struct github_run *run)
{
	size_t i;

	for (i = 0; i < run->begun; i++)
		if (run->repos[i]->begun && !run->repos[i]->ended &&
		    run->repos[i]->pending == 0)
			end_repo(run->repos[i]);
}

void
github_turn(struct github_run *run)
{
	if (run->held)
		return;
	end_complete(run);
	while (run->begun < run->count && !source_stopping(run->source) &&
	       http_waiting(run->http) < run->connections) {
		struct github_repo *repo = run->repos[run->begun++];

		repo->begun = true;
		show_progress(run);
		github_streams_begin(repo);
		if (repo->pending == 0)
			end_repo(repo);
	}
}

void
github_finish(struct github_run *run)
{
	end_complete(run);
	print_checkpoints(run);
}
