#include "net/rewind.h"

#include <stdlib.h>

#include "net/githubcursor.h"
#include "net/jiracursor.h"
#include "records/json.h"

enum kind { OTHER, GITHUB, JIRA };

/* A repository's cursor names its id, a project's what it is of. */
static enum kind
kind_of(const char *text, size_t len)
{
	static const char *const wanted[] = { "id", "of" };
	struct json_paths *paths = json_paths(wanted, 2);
	struct json_span spans[2];
	struct json_error error;
	enum kind kind = OTHER;

	if (json_scan(paths, text, len, spans, &error) == 0)
		kind = spans[0].type == JSON_STRING   ? GITHUB
		       : spans[1].type == JSON_STRING ? JIRA
						      : OTHER;
	json_paths_free(paths);
	return kind;
}

static void
take_back(int64_t *mark, int64_t since)
{
	if (*mark > since)
		*mark = since;
}

static void
rewind_pulls(struct github_pulls_cursor *pulls, int64_t since)
{
	pulls->recent.count = 0;
	if (pulls->walking || since <= pulls->floor) {
		pulls->set = false;
		return;
	}
	take_back(&pulls->descent.mark, since);
	pulls->descent.open = false;
}

static void
rewind_marks(struct github_marks *marks, int64_t since)
{
	if (since <= marks->floor)
		marks->set = false;
	take_back(&marks->first, since);
	take_back(&marks->second, since);
}

static const char *
rewind_github(const char *text, size_t len, int64_t since, struct jsonw *out)
{
	struct github_cursor cursor;
	const char *what = "all";
	size_t size;
	char *json;

	github_cursor_read(&cursor, text, len);
	rewind_pulls(&cursor.pulls, since);
	rewind_marks(&cursor.comments, since);
	rewind_marks(&cursor.issues, since);
	cursor.commits.set = cursor.deployments.set = false;
	free(cursor.release_etag);
	cursor.release_etag = NULL;
	if (cursor.pulls.set)
		what = "pull requests and comments since then, all commits, "
		       "deployments and releases";
	json = github_cursor_write(&cursor, &size);
	jsonw_raw(out, json, size);
	free(json);
	github_cursor_free(&cursor);
	return what;
}

static const char *
rewind_jira(const char *text, size_t len, int64_t since, struct jsonw *out)
{
	struct jiracursor cursor;
	const char *what = "all";

	if (!jiracursor_read(&cursor, text, len)) {
		jsonw_raw(out, "{}", 2);
		return what;
	}
	cursor.seen_count = 0;
	cursor.walking = false;
	take_back(&cursor.updated, since);
	if (cursor.updated != 0)
		what = "issues and their changes since then";
	jiracursor_write(&cursor, out);
	jiracursor_free(&cursor);
	return what;
}

const char *
rewind_cursor(const char *text, size_t len, int64_t since, struct jsonw *out)
{
	switch (kind_of(text, len)) {
	case GITHUB:
		return rewind_github(text, len, since, out);
	case JIRA:
		return rewind_jira(text, len, since, out);
	case OTHER:
	default:
		jsonw_raw(out, "{}", 2);
		return "all";
	}
}
