#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "base/times.h"
#include "net/githubstreams.h"
#include "net/link.h"
#include "net/seen.h"

enum { PER_PAGE = 100, SHA_MOST = 64 };

struct commits {
	struct github_stream stream;
	struct github_repo *repo;
	struct seen seen;
	char *newest; /* head of the branch now */
	int64_t rows; /* of the walk under way */
};

static struct github_commits_cursor *
cursor_of(const struct commits *commits)
{
	return &commits->repo->out.commits;
}

static void ask_walk(struct commits *commits);

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

	set_text(&c->to, to);
	c->full = full;
	c->rows = 0;
	ask_walk(commits);
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
		if (seen_add(&commits->seen, sha->at, sha->len, 0))
			github_emit(commits->repo, &record, &row, reply);
		free(key);
	}
	return true;
}

/* Servers that do not page a comparison give its first 250 commits only. */
static bool
is_cut(const struct commits *commits, const struct http_reply *reply)
{
	static const char *const wanted[] = { "total_commits" };
	struct json_paths *paths = json_paths(wanted, 1);
	struct json_span span;
	struct json_error error;
	int64_t total = 0;

	if (json_scan(paths, reply->body, reply->len, &span, &error) == 0)
		json_int(&span, &total);
	json_paths_free(paths);
	return commits->rows < total;
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
			begin_walk(commits, c->to, true);
		else
			github_fail(commits->repo, "commits", reply);
		return;
	}
	if (!emit_rows(commits, reply)) {
		github_fail_format(commits->repo, "commits",
				   "a row without sha");
		return;
	}
	if (reply->next != NULL) {
		c->rows = commits->rows;
		github_out(commits->repo);
		github_ask(commits->repo, GITHUB_LIST, reply->next, on_page,
			   commits);
	} else if (!c->full && is_cut(commits, reply)) {
		begin_walk(commits, c->to, true);
	} else {
		end_walk(commits);
	}
}

static char *
full_url(const struct commits *commits, long page)
{
	const struct github_commits_cursor *c = cursor_of(commits);
	const struct github_run *run = commits->repo->run;
	char since[TIMES_SIZE], until[TIMES_SIZE];

	times_format_seconds(c->floor, since);
	times_format_seconds(run->until, until);
	return github_path(commits->repo,
			   "/commits?sha=%s&since=%s%s%s&per_page=%d&page=%ld",
			   c->to, since, run->until != 0 ? "&until=" : "",
			   run->until != 0 ? until : "", PER_PAGE, page);
}

/* Both lists are fixed by their shas: an interrupted one goes on by page. */
static void
ask_walk(struct commits *commits)
{
	const struct github_commits_cursor *c = cursor_of(commits);
	long page = (long)(c->rows / PER_PAGE) + 1;
	char *url;

	commits->rows = (int64_t)(page - 1) * PER_PAGE;
	if (c->full)
		url = full_url(commits, page);
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

static void
on_head(void *arg, const struct http_reply *reply)
{
	struct commits *commits = arg;
	struct json_walk rows;
	struct github_row row;

	if (reply->status == 409) /* "Git Repository is empty." */
		return;
	if (reply->class != OUTCOME_NONE) {
		github_fail(commits->repo, "commits", reply);
		return;
	}
	rows = github_rows(reply);
	if (!github_next_row(commits->repo->run, &rows, &row))
		return;
	free(commits->newest);
	commits->newest = json_text(&row.values[GITHUB_SHA]);
	if (!is_sha(commits->newest)) {
		github_fail_format(commits->repo, "commits",
				   "a row without sha");
		return;
	}
	go_on(commits);
}

static void
free_commits(struct github_stream *stream)
{
	struct commits *commits = (struct commits *)stream;

	seen_free(&commits->seen);
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
	if (c->head == NULL)
		c->full = true;
	url = github_path(repo, "/commits?%s%s%sper_page=1",
			  repo->branch != NULL ? "sha=" : "",
			  repo->branch != NULL ? repo->branch : "",
			  repo->branch != NULL ? "&" : "");
	github_ask(repo, GITHUB_LIST, url, on_head, commits);
	free(url);
}
