#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonw.h"
#include "base/msg.h"
#include "base/times.h"
#include "net/githubstreams.h"
#include "net/seen.h"

enum { PER_PAGE = 100, KEY_SIZE = 32 };

/*
 * A list with `since`, by updated_at upwards.  A row that changes moves to the
 * end and pulls those behind it one place forward, so that page 2 would begin
 * a row too late: instead of pages, `since` of the last row is asked for.  Only
 * while all rows of a page share one second its next page is.
 */
struct list {
	struct github_stream stream;
	struct github_repo *repo;
	const char *path; /* "/issues/comments?" */
	const char *what;
	enum github_type type;
	char prefix; /* of the key, or 0 */
	int64_t *mark, since;
	struct seen seen;
};

static void on_page(void *arg, const struct http_reply *reply);

static void
ask_since(struct list *list, int64_t since)
{
	char time[TIMES_SIZE], *url;

	list->since = since;
	times_format_seconds(since, time);
	url = github_path(list->repo,
			  "%ssort=updated&direction=asc&since=%s&per_page=%d",
			  list->path, time, PER_PAGE);
	github_ask(list->repo, GITHUB_LIST, url, on_page, list);
	free(url);
}

/* The number at the end of the issue's or pull request's URL, or 0. */
static int64_t
number_above(const struct github_row *row)
{
	const struct json_span *url = &row->values[GITHUB_ISSUE_URL];
	int64_t number = 0, unit = 1;
	size_t i;

	if (url->type != JSON_STRING)
		url = &row->values[GITHUB_PULL_URL];
	if (url->type != JSON_STRING)
		return 0;
	for (i = url->len; i > 0 && unit <= INT64_C(1000000000000); i--) {
		char c = url->at[i - 1];

		if (c < '0' || c > '9')
			break;
		number += (c - '0') * unit;
		unit *= 10;
	}
	return number;
}

static void
emit(struct list *list, const struct github_row *row,
     const struct http_reply *reply)
{
	struct github_record record = { .type = list->type };
	int64_t id = github_integer(row, list->prefix != 0 ? GITHUB_ID
							   : GITHUB_NUMBER);
	int64_t above = list->prefix != 0 ? number_above(row) : 0;
	struct jsonw ext = { 0 };
	char key[KEY_SIZE];

	if (list->prefix != 0)
		snprintf(key, sizeof(key), "%c%" PRId64, list->prefix, id);
	else
		snprintf(key, sizeof(key), "%" PRId64, id);
	record.key = key;
	if (above > 0) {
		jsonw_open(&ext, '{');
		jsonw_key(&ext, "number");
		jsonw_int(&ext, above);
		jsonw_close(&ext, '}');
		record.ext = ext.text;
	}
	github_emit(list->repo, &record, row, reply);
	jsonw_free(&ext);
}

static bool
is_wanted(struct list *list, const struct github_row *row, int64_t updated)
{
	const struct github_run *run = list->repo->run;
	const struct json_span *id = &row->values[GITHUB_ID];

	if (list->type == GITHUB_ISSUE &&
	    row->values[GITHUB_PULL].type == JSON_OBJECT)
		return false;
	if (run->until != 0 && updated > run->until)
		return false;
	return seen_add(&list->seen, id->at, id->len, updated);
}

static void
on_page(void *arg, const struct http_reply *reply)
{
	struct list *list = arg;
	struct json_walk rows;
	struct github_row row;
	int64_t last = 0;

	if (reply->status == 410) /* issues are switched off */
		return;
	if (reply->class != OUTCOME_NONE) {
		github_fail(list->repo, list->what, reply);
		return;
	}
	rows = github_rows(reply);
	while (github_next_row(list->repo->run, &rows, &row)) {
		int64_t updated = github_time(&row, GITHUB_UPDATED);

		if (updated > last)
			last = updated;
		if (is_wanted(list, &row, updated))
			emit(list, &row, reply);
	}
	if (last > *list->mark) {
		*list->mark = last;
		github_out(list->repo);
	}
	if (reply->next == NULL)
		return;
	if (last > list->since)
		ask_since(list, last);
	else
		github_ask(list->repo, GITHUB_LIST, reply->next, on_page, list);
}

static void
free_list(struct github_stream *stream)
{
	struct list *list = (struct list *)stream;

	seen_free(&list->seen);
	free(list);
}

static void
begin(struct github_repo *repo, const struct list *like)
{
	struct list *list = msg_calloc(1, sizeof(*list));
	const struct github_run *run = repo->run;

	*list = *like;
	list->repo = repo;
	list->stream.free = free_list;
	github_own(repo, &list->stream);
	ask_since(list,
		  *list->mark == 0 ? run->floor : *list->mark - run->overlap);
}

/* Further back than before: all again from the new floor. */
static void
begin_marks(const struct github_run *run, struct github_marks *marks)
{
	if (marks->set && !github_goes_further(run, marks->floor))
		return;
	*marks = (struct github_marks){ .set = true, .floor = run->floor };
}

void
github_comments_begin(struct github_repo *repo)
{
	struct github_marks *marks = &repo->out.comments;

	begin_marks(repo->run, marks);
	begin(repo, &(struct list){ .path = "/issues/comments?",
				    .what = "issue comments",
				    .type = GITHUB_COMMENT,
				    .prefix = 'i',
				    .mark = &marks->first });
	begin(repo, &(struct list){ .path = "/pulls/comments?",
				    .what = "review comments",
				    .type = GITHUB_COMMENT,
				    .prefix = 'r',
				    .mark = &marks->second });
}

void
github_issues_begin(struct github_repo *repo)
{
	struct github_marks *marks = &repo->out.issues;

	begin_marks(repo->run, marks);
	begin(repo, &(struct list){ .path = "/issues?state=all&",
				    .what = "issues",
				    .type = GITHUB_ISSUE,
				    .mark = &marks->first });
}
