#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonw.h"
#include "base/msg.h"
#include "net/githubstreams.h"

/*
 * Releases have no updated_at and no order that can be trusted (a draft keeps
 * its place when it is published), but there are few: all are read when the
 * first page's ETag differs from the one in the cursor.
 */
struct releases {
	struct github_stream stream;
	struct github_repo *repo;
	char *etag; /* of the first page */
	unsigned pages, tags;
	bool failed;
};

struct tag { /* a release whose commit is being asked for */
	struct github_stream stream;
	struct releases *releases;
	char *key, *body;
	size_t len;
	int64_t at;
};

enum { PER_PAGE = 100, KEY_SIZE = 24 };

static void on_page(void *arg, const struct http_reply *reply);

static void
finish(struct releases *releases)
{
	struct github_cursor *out = &releases->repo->out;

	if (releases->pages > 0 || releases->tags > 0 || releases->failed)
		return;
	free(out->release_etag);
	out->release_etag = releases->etag;
	releases->etag = NULL;
	github_out(releases->repo);
}

static bool
is_sha(const struct json_span *span)
{
	size_t i;

	if (span->type != JSON_STRING || span->len < 40 || span->len > 64)
		return false;
	for (i = 0; i < span->len; i++)
		if (strchr("0123456789abcdef", span->at[i]) == NULL)
			return false;
	return true;
}

static void
emit(struct github_repo *repo, const struct source_record *like,
     const struct json_span *sha)
{
	struct source_record record = *like;
	struct jsonw ext = { 0 };

	record.type = github_types[GITHUB_RELEASE];
	record.scope = repo->scope;
	if (sha != NULL && is_sha(sha)) {
		jsonw_open(&ext, '{');
		jsonw_key(&ext, "sha");
		jsonw_bytes(&ext, sha->at, sha->len);
		jsonw_close(&ext, '}');
		record.ext = ext.text;
	}
	source_emit(repo->run->source, &record);
	jsonw_free(&ext);
}

/* A tag that is gone leaves its release without a commit. */
static void
on_tag(void *arg, const struct http_reply *reply)
{
	struct tag *tag = arg;
	const struct source_record record = { .key = tag->key,
					      .bytes = tag->body,
					      .len = tag->len,
					      .fetched_at = tag->at };
	struct json_paths *paths;
	struct json_span sha = { 0 };
	struct json_error error;
	static const char *const wanted[] = { "sha" };

	if (reply->class == OUTCOME_NONE) {
		paths = json_paths(wanted, 1);
		if (json_scan(paths, reply->body, reply->len, &sha, &error) !=
		    0)
			sha.type = JSON_ABSENT;
		json_paths_free(paths);
	} else if (reply->status != 404 && reply->status != 422) {
		tag->releases->failed = true;
		github_fail(tag->releases->repo, "tags", reply);
	}
	emit(tag->releases->repo, &record, &sha);
	tag->releases->tags--;
	finish(tag->releases);
	github_disown(&tag->stream);
}

static void
free_tag(struct github_stream *stream)
{
	struct tag *tag = (struct tag *)stream;

	free(tag->key);
	free(tag->body);
	free(tag);
}

static void
ask_tag(struct releases *releases, const struct source_record *record,
	const char *name)
{
	struct tag *tag = msg_calloc(1, sizeof(*tag));
	char *encoded = github_encode(name), *url;

	tag->stream.free = free_tag;
	tag->releases = releases;
	tag->key = msg_strdup(record->key);
	tag->body = msg_calloc(record->len + 1, 1);
	memcpy(tag->body, record->bytes, record->len);
	tag->len = record->len;
	tag->at = record->fetched_at;
	github_own(releases->repo, &tag->stream);
	releases->tags++;
	url = github_path(releases->repo, "/commits/%s", encoded);
	github_ask(releases->repo, GITHUB_BELOW, url, on_tag, tag);
	free(url);
	free(encoded);
}

static bool
stand_for_deployments(const struct releases *releases)
{
	const char *what = releases->repo->run->settings->deployments;

	return what != NULL && strcmp(what, "releases") == 0;
}

static void
on_row(struct releases *releases, const struct github_row *row,
       const struct http_reply *reply)
{
	const struct json_span *target = &row->values[GITHUB_TARGET];
	char key[KEY_SIZE], *tag = json_text(&row->values[GITHUB_TAG]);
	const struct source_record record = { .key = key,
					      .bytes = row->whole.at,
					      .len = row->whole.len,
					      .fetched_at = reply->at };

	snprintf(key, sizeof(key), "%" PRId64, github_integer(row, GITHUB_ID));
	if (is_sha(target))
		emit(releases->repo, &record, target);
	else if (tag != NULL && stand_for_deployments(releases) &&
		 row->values[GITHUB_DRAFT].type != JSON_TRUE)
		ask_tag(releases, &record, tag);
	else
		emit(releases->repo, &record, NULL);
	free(tag);
}

static void
on_page(void *arg, const struct http_reply *reply)
{
	struct releases *releases = arg;
	const char *known = releases->repo->out.release_etag;
	struct json_walk rows;
	struct github_row row;

	if (reply->class != OUTCOME_NONE) {
		github_fail(releases->repo, "releases", reply);
		return;
	}
	if (releases->etag == NULL && reply->etag != NULL) {
		if (known != NULL && strcmp(known, reply->etag) == 0)
			return; /* nothing is new */
		releases->etag = msg_strdup(reply->etag);
	}
	rows = github_rows(reply);
	while (github_next_row(releases->repo->run, &rows, &row))
		on_row(releases, &row, reply);
	if (reply->next != NULL) {
		github_ask(releases->repo, GITHUB_LIST, reply->next, on_page,
			   releases);
		return;
	}
	releases->pages--;
	finish(releases);
}

static void
free_releases(struct github_stream *stream)
{
	struct releases *releases = (struct releases *)stream;

	free(releases->etag);
	free(releases);
}

void
github_releases_begin(struct github_repo *repo)
{
	struct releases *releases = msg_calloc(1, sizeof(*releases));
	char *url = github_path(repo, "/releases?per_page=%d", PER_PAGE);

	releases->stream.free = free_releases;
	releases->repo = repo;
	releases->pages = 1;
	github_own(repo, &releases->stream);
	github_ask(repo, GITHUB_LIST, url, on_page, releases);
	free(url);
}
