#include "net/githubcursor.h"

#include <stdlib.h>
#include <string.h>

#include "base/jsonw.h"
#include "base/msg.h"
#include "base/times.h"
#include "records/json.h"

enum { VERSION = 1 };

/* The places of the values in a cursor; the order is that of `paths`. */
enum place {
	V,
	ID,
	PR,
	PR_FLOOR,
	PR_WITH,
	PR_MARK,
	PR_TOP,
	PR_REACHED,
	PR_RECENT,
	PR_WALK,
	PR_ROWS,
	PR_WALK_TOP,
	PR_UPTO,
	COMMENT,
	COMMENT_FLOOR,
	COMMENT_ISSUE,
	COMMENT_REVIEW,
	ISSUE,
	ISSUE_FLOOR,
	ISSUE_MARK,
	COMMIT,
	COMMIT_FLOOR,
	COMMIT_HEAD,
	COMMIT_TO,
	COMMIT_ROWS,
	COMMIT_FULL,
	DEPLOYMENT,
	DEPLOYMENT_FLOOR,
	DEPLOYMENT_MARK,
	DEPLOYMENT_UPDATED,
	DEPLOYMENT_TOP,
	DEPLOYMENT_REACHED,
	DEPLOYMENT_WATCH,
	RELEASE_ETAG,
	PLACES
};

static const char *const names[PLACES] = {
	"v",
	"id",
	"pr",
	"pr.floor",
	"pr.with",
	"pr.mark",
	"pr.top",
	"pr.reached",
	"pr.recent",
	"pr.walk",
	"pr.walk.rows",
	"pr.walk.top",
	"pr.walk.upto",
	"comment",
	"comment.floor",
	"comment.issue",
	"comment.review",
	"issue",
	"issue.floor",
	"issue.mark",
	"commit",
	"commit.floor",
	"commit.head",
	"commit.walk.to",
	"commit.walk.rows",
	"commit.walk.full",
	"deployment",
	"deployment.floor",
	"deployment.mark",
	"deployment.updated",
	"deployment.top",
	"deployment.reached",
	"deployment.watch",
	"release.etag",
};

void
github_pairs_add(struct github_pairs *pairs, int64_t id, int64_t time)
{
	if (pairs->count == pairs->size) {
		pairs->size = pairs->size * 2 + 16;
		pairs->items = msg_realloc(pairs->items,
					   pairs->size * sizeof(*pairs->items));
	}
	pairs->items[pairs->count++] = (struct github_pair){ id, time };
}

const struct github_pair *
github_pairs_find(const struct github_pairs *pairs, int64_t id)
{
	size_t i;

	for (i = 0; i < pairs->count; i++)
		if (pairs->items[i].id == id)
			return &pairs->items[i];
	return NULL;
}

void
github_pairs_keep_since(struct github_pairs *pairs, int64_t time)
{
	size_t i, kept = 0;

	for (i = 0; i < pairs->count; i++)
		if (pairs->items[i].time >= time)
			pairs->items[kept++] = pairs->items[i];
	pairs->count = kept;
}

void
github_pairs_remove(struct github_pairs *pairs, int64_t id)
{
	size_t i, kept = 0;

	for (i = 0; i < pairs->count; i++)
		if (pairs->items[i].id != id)
			pairs->items[kept++] = pairs->items[i];
	pairs->count = kept;
}

/* --- reading ------------------------------------------------------------- */

/* 0 when it is no time. */
static int64_t
time_of(const struct json_span *span)
{
	int64_t ms;

	if (span->type != JSON_STRING || !times_parse(span->at, span->len, &ms))
		return 0;
	return ms;
}

static int64_t
number_of(const struct json_span *span)
{
	int64_t number;

	return json_int(span, &number) && number >= 0 ? number : 0;
}

static void
read_pairs(struct github_pairs *pairs, const struct json_span *span)
{
	struct json_walk walk, pair;
	struct json_span key, item, id, time;

	if (span->type != JSON_ARRAY)
		return;
	walk = json_walk(span);
	while (json_next(&walk, &key, &item)) {
		pair = json_walk(&item);
		if (item.type == JSON_ARRAY && json_next(&pair, &key, &id) &&
		    json_next(&pair, &key, &time) && time_of(&time) != 0)
			github_pairs_add(pairs, number_of(&id), time_of(&time));
	}
}

static void
read_pulls(struct github_pulls_cursor *pulls, const struct json_span *s)
{
	pulls->set = s[PR].type == JSON_OBJECT;
	if (!pulls->set)
		return;
	pulls->floor = time_of(&s[PR_FLOOR]);
	pulls->with = (unsigned)number_of(&s[PR_WITH]);
	pulls->descent.mark = time_of(&s[PR_MARK]);
	pulls->descent.top = time_of(&s[PR_TOP]);
	pulls->descent.reached = time_of(&s[PR_REACHED]);
	pulls->descent.open = pulls->descent.top != 0;
	read_pairs(&pulls->recent, &s[PR_RECENT]);
	pulls->walking = s[PR_WALK].type == JSON_OBJECT;
	pulls->rows = number_of(&s[PR_ROWS]);
	pulls->top = time_of(&s[PR_WALK_TOP]);
	pulls->upto = time_of(&s[PR_UPTO]);
}

static void
read_commits(struct github_commits_cursor *commits, const struct json_span *s)
{
	commits->set = s[COMMIT].type == JSON_OBJECT;
	commits->floor = time_of(&s[COMMIT_FLOOR]);
	commits->head = json_text(&s[COMMIT_HEAD]);
	commits->to = json_text(&s[COMMIT_TO]);
	commits->rows = number_of(&s[COMMIT_ROWS]);
	commits->full = s[COMMIT_FULL].type == JSON_TRUE;
}

static void
read_deployments(struct github_deployments_cursor *d, const struct json_span *s)
{
	d->set = s[DEPLOYMENT].type == JSON_OBJECT;
	d->floor = time_of(&s[DEPLOYMENT_FLOOR]);
	d->descent.mark = number_of(&s[DEPLOYMENT_MARK]);
	d->descent.top = number_of(&s[DEPLOYMENT_TOP]);
	d->descent.reached = number_of(&s[DEPLOYMENT_REACHED]);
	d->descent.open = d->descent.top != 0;
	d->updated = time_of(&s[DEPLOYMENT_UPDATED]);
	read_pairs(&d->watch, &s[DEPLOYMENT_WATCH]);
}

void
github_cursor_read(struct github_cursor *cursor, const char *text, size_t len)
{
	struct json_paths *paths = json_paths(names, PLACES);
	struct json_span s[PLACES];
	struct json_error error;

	memset(cursor, 0, sizeof(*cursor));
	if (text != NULL && json_scan(paths, text, len, s, &error) == 0) {
		cursor->id = json_text(&s[ID]);
		if (number_of(&s[V]) == VERSION) {
			read_pulls(&cursor->pulls, s);
			read_commits(&cursor->commits, s);
			read_deployments(&cursor->deployments, s);
			cursor->comments.set = s[COMMENT].type == JSON_OBJECT;
			cursor->comments.floor = time_of(&s[COMMENT_FLOOR]);
			cursor->comments.first = time_of(&s[COMMENT_ISSUE]);
			cursor->comments.second = time_of(&s[COMMENT_REVIEW]);
			cursor->issues.set = s[ISSUE].type == JSON_OBJECT;
			cursor->issues.floor = time_of(&s[ISSUE_FLOOR]);
			cursor->issues.first = time_of(&s[ISSUE_MARK]);
			cursor->release_etag = json_text(&s[RELEASE_ETAG]);
		}
	}
	json_paths_free(paths);
}

char *
github_cursor_id(const char *text, size_t len)
{
	static const char *const wanted[] = { "id" };
	struct json_paths *paths = json_paths(wanted, 1);
	struct json_span span;
	struct json_error error;
	char *id = NULL;

	if (json_scan(paths, text, len, &span, &error) == 0)
		id = json_text(&span);
	json_paths_free(paths);
	return id;
}

/* --- writing -------------------------------------------------------------- */

static void
put_number(struct jsonw *w, const char *name, int64_t number)
{
	if (number == 0)
		return;
	jsonw_key(w, name);
	jsonw_int(w, number);
}

static void
put_text(struct jsonw *w, const char *name, const char *text)
{
	if (text == NULL)
		return;
	jsonw_key(w, name);
	jsonw_string(w, text);
}

static void
put_pairs(struct jsonw *w, const char *name, const struct github_pairs *pairs)
{
	size_t i;

	if (pairs->count == 0)
		return;
	jsonw_key(w, name);
	jsonw_open(w, '[');
	for (i = 0; i < pairs->count; i++) {
		jsonw_open(w, '[');
		jsonw_int(w, pairs->items[i].id);
		jsonw_time(w, pairs->items[i].time);
		jsonw_close(w, ']');
	}
	jsonw_close(w, ']');
}

static void
put_pulls(struct jsonw *w, const struct github_pulls_cursor *pulls)
{
	if (!pulls->set)
		return;
	jsonw_key(w, "pr");
	jsonw_open(w, '{');
	jsonw_may_put_time(w, "floor", pulls->floor);
	put_number(w, "with", pulls->with);
	jsonw_may_put_time(w, "mark", pulls->descent.mark);
	if (pulls->descent.open) {
		jsonw_may_put_time(w, "top", pulls->descent.top);
		jsonw_may_put_time(w, "reached", pulls->descent.reached);
	}
	put_pairs(w, "recent", &pulls->recent);
	if (pulls->walking) {
		jsonw_key(w, "walk");
		jsonw_open(w, '{');
		put_number(w, "rows", pulls->rows);
		jsonw_may_put_time(w, "top", pulls->top);
		jsonw_may_put_time(w, "upto", pulls->upto);
		jsonw_close(w, '}');
	}
	jsonw_close(w, '}');
}

static void
put_commits(struct jsonw *w, const struct github_commits_cursor *commits)
{
	if (!commits->set)
		return;
	jsonw_key(w, "commit");
	jsonw_open(w, '{');
	jsonw_may_put_time(w, "floor", commits->floor);
	put_text(w, "head", commits->head);
	if (commits->to != NULL) {
		jsonw_key(w, "walk");
		jsonw_open(w, '{');
		put_text(w, "to", commits->to);
		put_number(w, "rows", commits->rows);
		jsonw_key(w, "full");
		jsonw_bool(w, commits->full);
		jsonw_close(w, '}');
	}
	jsonw_close(w, '}');
}

static void
put_deployments(struct jsonw *w, const struct github_deployments_cursor *d)
{
	if (!d->set)
		return;
	jsonw_key(w, "deployment");
	jsonw_open(w, '{');
	jsonw_may_put_time(w, "floor", d->floor);
	put_number(w, "mark", d->descent.mark);
	jsonw_may_put_time(w, "updated", d->updated);
	if (d->descent.open) {
		put_number(w, "top", d->descent.top);
		put_number(w, "reached", d->descent.reached);
	}
	put_pairs(w, "watch", &d->watch);
	jsonw_close(w, '}');
}

static void
put_marks(struct jsonw *w, const char *name, const struct github_marks *marks,
	  const char *first, const char *second)
{
	if (!marks->set)
		return;
	jsonw_key(w, name);
	jsonw_open(w, '{');
	jsonw_may_put_time(w, "floor", marks->floor);
	jsonw_may_put_time(w, first, marks->first);
	if (second != NULL)
		jsonw_may_put_time(w, second, marks->second);
	jsonw_close(w, '}');
}

char *
github_cursor_write(const struct github_cursor *cursor, size_t *len)
{
	struct jsonw w = { 0 };

	jsonw_open(&w, '{');
	put_number(&w, "v", VERSION);
	put_text(&w, "id", cursor->id);
	put_pulls(&w, &cursor->pulls);
	put_marks(&w, "comment", &cursor->comments, "issue", "review");
	put_marks(&w, "issue", &cursor->issues, "mark", NULL);
	put_commits(&w, &cursor->commits);
	put_deployments(&w, &cursor->deployments);
	if (cursor->release_etag != NULL) {
		jsonw_key(&w, "release");
		jsonw_open(&w, '{');
		put_text(&w, "etag", cursor->release_etag);
		jsonw_close(&w, '}');
	}
	jsonw_close(&w, '}');
	*len = w.len;
	return w.text;
}

void
github_cursor_free(struct github_cursor *cursor)
{
	free(cursor->id);
	free(cursor->pulls.recent.items);
	free(cursor->commits.head);
	free(cursor->commits.to);
	free(cursor->deployments.watch.items);
	free(cursor->release_etag);
	memset(cursor, 0, sizeof(*cursor));
}
