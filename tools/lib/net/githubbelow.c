#include "net/githubbelow.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/msg.h"
#include "net/seen.h"

enum { KEY_SIZE = 160, PARENT_SIZE = 24, COMMITS_LISTED = 250 };

struct walk {
	struct github_stream stream;
	struct github_repo *repo;
	struct github_below below;
	char **keys;
	size_t count, size;
	int64_t at;	  /* before the list was asked for */
	struct seen seen; /* keys */
	bool compared;
	char *state;
};

static const char *
keep_key(struct walk *walk, const char *key)
{
	if (walk->count == walk->size) {
		walk->size = walk->size * 2 + 8;
		walk->keys = msg_realloc(walk->keys,
					 walk->size * sizeof(*walk->keys));
	}
	walk->keys[walk->count] = msg_strdup(key);
	return walk->keys[walk->count++];
}

static void
emit_row(struct walk *walk, const struct github_row *row,
	 const struct http_reply *reply)
{
	bool commit = walk->below.type == GITHUB_PR_COMMIT;
	const struct json_span *id =
		&row->values[commit ? GITHUB_SHA : GITHUB_ID];
	struct github_record record = {
		.type = walk->below.type,
		.no_version = walk->below.type != GITHUB_STATUS,
	};
	char key[KEY_SIZE];

	snprintf(key, sizeof(key), "%" PRId64 "/%.*s", walk->below.parent,
		 (int)(id->len < 100 ? id->len : 100), id->at);
	if (!seen_add(&walk->seen, key, strlen(key), 0))
		return;
	record.key = keep_key(walk, key);
	github_emit(walk->repo, &record, row, reply);
}

static void
print_keys(struct walk *walk)
{
	char parent[PARENT_SIZE];
	struct source_keys keys = {
		.of = github_types[walk->below.type],
		.scope = walk->repo->scope,
		.parent = parent,
		.keys = (const char *const *)walk->keys,
		.count = walk->count,
		.at = walk->at,
	};

	if (walk->below.type == GITHUB_STATUS)
		return;
	snprintf(parent, sizeof(parent), "%" PRId64, walk->below.parent);
	source_keys(walk->repo->run->source, &keys);
}

static void
free_walk(struct github_stream *stream)
{
	struct walk *walk = (struct walk *)stream;
	size_t i;

	for (i = 0; i < walk->count; i++)
		free(walk->keys[i]);
	free(walk->keys);
	seen_free(&walk->seen);
	free(walk->state);
	free(walk);
}

static void
end(struct walk *walk, const struct http_reply *failed)
{
	walk->below.done(&walk->below, failed, walk->state);
	github_disown(&walk->stream);
}

static void
fail(struct walk *walk, const struct http_reply *reply)
{
	char key[PARENT_SIZE];
	const struct source_failure failure = {
		.scope = walk->repo->scope,
		.entity = github_types[walk->below.type],
		.key = key,
		.class = reply->class,
		.code = reply->code,
		.http = reply->status,
		.reason = reply->why,
		.not_before = reply->not_before,
	};

	snprintf(key, sizeof(key), "%" PRId64, walk->below.parent);
	if (!walk->below.quiet)
		source_fail(walk->repo->run->source, &failure);
	end(walk, reply);
}

static void on_page(void *arg, const struct http_reply *reply);

static void
on_pull(void *arg, const struct http_reply *reply)
{
	struct walk *walk = arg;
	struct github_row row;
	char *base = NULL, *head = NULL, *url;

	if (reply->class != OUTCOME_NONE) {
		fail(walk, reply);
		return;
	}
	if (github_only_row(walk->repo->run, reply, &row)) {
		base = json_text(&row.values[GITHUB_BASE_SHA]);
		head = json_text(&row.values[GITHUB_HEAD_SHA]);
	}
	url = github_path(walk->repo, "/compare/%s...%s?per_page=100",
			  base == NULL ? "" : base, head == NULL ? "" : head);
	github_ask(walk->repo, GITHUB_MORE, url, on_page, walk);
	free(url);
	free(base);
	free(head);
}

static void
ask_rest(struct walk *walk)
{
	char *url =
		github_path(walk->repo, "/pulls/%" PRId64, walk->below.parent);

	walk->compared = true;
	github_ask(walk->repo, GITHUB_MORE, url, on_pull, walk);
	free(url);
}

static void
finish(struct walk *walk)
{
	if (walk->below.type == GITHUB_PR_COMMIT && !walk->compared &&
	    walk->count >= COMMITS_LISTED) {
		ask_rest(walk);
		return;
	}
	print_keys(walk);
	end(walk, NULL);
}

static void
on_page(void *arg, const struct http_reply *reply)
{
	struct walk *walk = arg;
	struct json_walk rows;
	struct github_row row;

	if (reply->class != OUTCOME_NONE) {
		fail(walk, reply);
		return;
	}
	rows = github_rows(reply);
	while (github_next_row(walk->repo->run, &rows, &row)) {
		if (walk->state == NULL)
			walk->state = json_text(&row.values[GITHUB_STATE]);
		emit_row(walk, &row, reply);
	}
	if (reply->next != NULL) {
		github_ask(walk->repo, GITHUB_MORE, reply->next, on_page, walk);
		return;
	}
	finish(walk);
}

void
github_below(struct github_repo *repo, const struct github_below *below)
{
	static const struct {
		const char *above, *below;
	} names[GITHUB_TYPES] = {
		[GITHUB_REVIEW] = { "pulls", "reviews" },
		[GITHUB_PR_COMMIT] = { "pulls", "commits" },
		[GITHUB_STATUS] = { "deployments", "statuses" },
	};
	struct walk *walk = msg_calloc(1, sizeof(*walk));
	char *url;

	walk->stream.free = free_walk;
	walk->repo = repo;
	walk->below = *below;
	walk->at = clock_now();
	github_own(repo, &walk->stream);
	url = github_path(repo, "/%s/%" PRId64 "/%s?per_page=100",
			  names[below->type].above, below->parent,
			  names[below->type].below);
	github_ask(repo, GITHUB_BELOW, url, on_page, walk);
	free(url);
}
