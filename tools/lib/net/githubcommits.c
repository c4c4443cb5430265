#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/msg.h"
#include "base/times.h"
#include "net/githubstreams.h"
#include "net/link.h"
#include "net/seen.h"

/* A list longer than KEYS_MOST says nothing about what is gone. */
enum { PER_PAGE = 100, SHA_MOST = 64, KEYS_MOST = 50000 };

struct commits {
	struct github_stream stream;
	struct github_repo *repo;
	struct seen seen;
	char *newest; /* head of the branch now */
	int64_t rows; /* of the walk under way */
	/* The history was rewritten: all of it is listed, without a floor, to
	 * say which commits are left. */
	bool rewritten;
	bool pinned; /* the walk's URLs name its head */
	char **keys;
	size_t count, size;
	int64_t at;
};

static struct github_commits_cursor *
cursor_of(const struct commits *commits)
{
	return &commits->repo->out.commits;
}

static void ask_walk(struct commits *commits);
static void on_page(void *arg, const struct http_reply *reply);

static void
set_text(char **place, const char *text)
{
	char *copy = text == NULL ? NULL : msg_strdup(text);

	free(*place);
	*place = copy;
}

static void
begin_walk(struct commits *commits, const char *to, bool full)
{
	struct github_commits_cursor *c = cursor_of(commits);
	char *copy = msg_strdup(to);

	free(c->to);
	c->to = copy;
	c->full = full;
	c->rows = 0;
	ask_walk(commits);
}

static void
forget_keys(struct commits *commits)
{
	size_t i;

	for (i = 0; i < commits->count; i++)
		free(commits->keys[i]);
	free(commits->keys);
	commits->keys = NULL;
	commits->count = commits->size = 0;
}

/* A force push: what the old head led to may be gone. */
static void
begin_again(struct commits *commits)
{
	struct github_commits_cursor *c = cursor_of(commits);
	char *to = msg_strdup(c->to);

	forget_keys(commits);
	commits->rewritten = true;
	commits->at = clock_now();
	begin_walk(commits, to, true);
	free(to);
}

static void
keep_key(struct commits *commits, const char *key)
{
	if (commits->count == commits->size) {
		commits->size = commits->size * 2 + 256;
		commits->keys = msg_realloc(
			commits->keys, commits->size * sizeof(*commits->keys));
	}
	commits->keys[commits->count++] = msg_strdup(key);
}

static void
print_keys(struct commits *commits)
{
	const struct source_keys keys = {
		.of = github_types[GITHUB_COMMIT],
		.scope = commits->repo->scope,
		.keys = (const char *const *)commits->keys,
		.count = commits->count,
		.at = commits->at,
	};

	if (commits->rewritten && commits->count < KEYS_MOST)
		source_keys(commits->repo->run->source, &keys);
	forget_keys(commits);
	commits->rewritten = false;
}

/* From what is out to the newest; nothing when that is out. */
static void
go_on(struct commits *commits)
{
	struct github_commits_cursor *c = cursor_of(commits);

	if (c->to != NULL)
		ask_walk(commits);
	else if (c->head == NULL)
		begin_walk(commits, commits->newest, true);
	else if (strcmp(c->head, commits->newest) != 0)
		begin_walk(commits, commits->newest, false);
}

static void
end_walk(struct commits *commits)
{
	struct github_commits_cursor *c = cursor_of(commits);

	print_keys(commits);
	free(c->head);
	c->head = c->to;
	c->to = NULL;
	c->rows = 0;
	c->full = false;
	github_out(commits->repo);
	go_on(commits);
}

static bool
emit_rows(struct commits *commits, const struct http_reply *reply)
{
	const struct github_run *run = commits->repo->run;
	struct github_record record = { .type = GITHUB_COMMIT,
					.no_version = true };
	struct json_walk rows = github_rows(reply);
	struct github_row row;

	while (github_next_row(run, &rows, &row)) {
		const struct json_span *sha = &row.values[GITHUB_SHA];
		char *key = json_text(sha);

		if (key == NULL)
			return false;
		record.key = key;
		commits->rows++;
		if (commits->rewritten && commits->count < KEYS_MOST)
			keep_key(commits, key);
		if (seen_add(&commits->seen, sha->at, sha->len, 0))
			github_emit(commits->repo, &record, &row, reply);
		free(key);
	}
	return true;
}

/* The new head does not lead to the old one. */
static bool
is_diverged(const struct commits *commits, const struct http_reply *reply)
{
	struct github_row row;

	return !cursor_of(commits)->full &&
	       github_only_row(commits->repo->run, reply, &row) &&
	       (json_is(&row.values[GITHUB_STATUS_TEXT], "diverged") ||
		json_is(&row.values[GITHUB_STATUS_TEXT], "behind"));
}

/* Servers that do not page a comparison give its first 250 commits only. */
static bool
is_cut(const struct commits *commits, const struct http_reply *reply)
{
	struct github_row row;

	return !cursor_of(commits)->full &&
	       github_only_row(commits->repo->run, reply, &row) &&
	       commits->rows < github_integer(&row, GITHUB_TOTAL);
}

static char *
full_url(const struct commits *commits, const char *from, long page, long size)
{
	const struct github_run *run = commits->repo->run;
	char time[TIMES_SIZE], query[512] = "";
	size_t len = 0;

	if (from != NULL)
		len += (size_t)snprintf(query, 300, "sha=%.290s&", from);
	if (!commits->rewritten) {
		times_format_seconds(cursor_of(commits)->floor, time);
		len += (size_t)snprintf(query + len, 60, "since=%s&", time);
	}
	if (run->until != 0) {
		times_format_seconds(run->until, time);
		snprintf(query + len, 60, "until=%s&", time);
	}
	return github_path(commits->repo, "/commits?%sper_page=%ld&page=%ld",
			   query, size, page);
}

/* Pages behind the first are asked for by the head that it showed. */
static void
ask_next(struct commits *commits, const char *next)
{
	long page, size;
	char *url = NULL;

	if (!commits->pinned && link_number(next, "page", &page) &&
	    link_number(next, "per_page", &size))
		url = full_url(commits, cursor_of(commits)->to, page, size);
	commits->pinned = true;
	github_ask(commits->repo, GITHUB_LIST, url == NULL ? next : url,
		   on_page, commits);
	free(url);
}

static void
on_page(void *arg, const struct http_reply *reply)
{
	struct commits *commits = arg;
	struct github_commits_cursor *c = cursor_of(commits);

	if (reply->class != OUTCOME_NONE) {
		/* Gone by a force push, or too much to compare. */
		if (!c->full && (reply->status == 404 || reply->status == 422 ||
				 reply->status >= 500))
			begin_again(commits);
		else
			github_fail(commits->repo, "commits", reply);
		return;
	}
	if (is_diverged(commits, reply)) {
		begin_again(commits);
		return;
	}
	if (!emit_rows(commits, reply)) {
		github_fail_format(commits->repo, "commits",
				   "a row without sha");
		return;
	}
	if (reply->next != NULL) {
		/* The keys must come out of one run. */
		c->rows = commits->rewritten ? 0 : commits->rows;
		github_out(commits->repo);
		ask_next(commits, reply->next);
	} else if (is_cut(commits, reply)) {
		begin_again(commits);
	} else {
		end_walk(commits);
	}
}

/* Both lists are fixed by their shas: an interrupted one goes on by page. */
static void
ask_walk(struct commits *commits)
{
	const struct github_commits_cursor *c = cursor_of(commits);
	long page = (long)(c->rows / PER_PAGE) + 1;
	char *url;

	commits->pinned = true;
	commits->rows = (int64_t)(page - 1) * PER_PAGE;
	if (c->full)
		url = full_url(commits, c->to, page, PER_PAGE);
	else
		url = github_path(commits->repo,
				  "/compare/%s...%s?per_page=%d&page=%ld",
				  c->head, c->to, PER_PAGE, page);
	github_ask(commits->repo, GITHUB_LIST, url, on_page, commits);
	free(url);
}

static bool
is_sha(const char *text)
{
	size_t len = text == NULL ? 0 : strlen(text);

	return len >= 40 && len <= SHA_MOST &&
	       strspn(text, "0123456789abcdef") == len;
}

/* The newest commit, or NULL when there is none or the reply is no good. */
static char *
first_sha(struct commits *commits, const struct http_reply *reply)
{
	struct json_walk rows = github_rows(reply);
	struct github_row row;
	char *sha;

	if (reply->status == 409) /* "Git Repository is empty." */
		return NULL;
	if (reply->class != OUTCOME_NONE) {
		github_fail(commits->repo, "commits", reply);
		return NULL;
	}
	if (!github_next_row(commits->repo->run, &rows, &row))
		return NULL;
	sha = json_text(&row.values[GITHUB_SHA]);
	if (is_sha(sha))
		return sha;
	free(sha);
	github_fail_format(commits->repo, "commits", "a row without sha");
	return NULL;
}

static void
on_head(void *arg, const struct http_reply *reply)
{
	struct commits *commits = arg;

	commits->newest = first_sha(commits, reply);
	if (commits->newest != NULL)
		go_on(commits);
}

/* The first page of the first walk shows where the head is. */
static void
on_first(void *arg, const struct http_reply *reply)
{
	struct commits *commits = arg;
	struct github_commits_cursor *c = cursor_of(commits);

	commits->newest = first_sha(commits, reply);
	if (commits->newest == NULL)
		return;
	set_text(&c->to, commits->newest);
	c->full = true;
	on_page(commits, reply);
}

static void
free_commits(struct github_stream *stream)
{
	struct commits *commits = (struct commits *)stream;

	seen_free(&commits->seen);
	forget_keys(commits);
	free(commits->newest);
	free(commits);
}

void
github_commits_begin(struct github_repo *repo)
{
	struct commits *commits = msg_calloc(1, sizeof(*commits));
	struct github_commits_cursor *c = &repo->out.commits;
	char *url;

	commits->stream.free = free_commits;
	commits->repo = repo;
	github_own(repo, &commits->stream);
	if (!is_sha(c->head))
		set_text(&c->head, NULL);
	if (!is_sha(c->to))
		set_text(&c->to, NULL);
	if (!c->set || github_goes_further(repo->run, c->floor)) {
		set_text(&c->head, NULL);
		set_text(&c->to, NULL);
		c->set = true;
		c->floor = repo->run->floor;
	}
	commits->rewritten = c->head != NULL && c->to != NULL && c->full;
	commits->at = clock_now();
	if (c->head == NULL && c->to == NULL) {
		url = full_url(commits, repo->branch, 1, PER_PAGE);
		github_ask(repo, GITHUB_LIST, url, on_first, commits);
	} else {
		url = github_path(repo, "/commits?%s%s%sper_page=1",
				  repo->branch != NULL ? "sha=" : "",
				  repo->branch != NULL ? repo->branch : "",
				  repo->branch != NULL ? "&" : "");
		github_ask(repo, GITHUB_LIST, url, on_head, commits);
	}
	free(url);
}
