#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/msg.h"
#include "net/githubbelow.h"
#include "net/githubstreams.h"
#include "net/githubwindow.h"

enum { PER_PAGE = 100, KEY_SIZE = 24 };

/* A deployment that has no final state by then will have none. */
static const int64_t watched_for = INT64_C(7) * 86400 * 1000;

struct deployments {
	struct github_stream stream;
	struct github_repo *repo;
	struct github_window window;
	char *next;
	int64_t updated; /* the latest updated_at of this walk */
	unsigned below;	 /* lists of statuses under way */
	bool asking, ended;
};

static struct github_deployments_cursor *
cursor_of(const struct deployments *d)
{
	return &d->repo->out.deployments;
}

static void on_page(void *arg, const struct http_reply *reply);

static void
ask(struct deployments *d, const char *url)
{
	d->asking = true;
	github_ask(d->repo, GITHUB_LIST, url, on_page, d);
}

static bool
is_final(const char *state)
{
	return state != NULL &&
	       (strcmp(state, "success") == 0 ||
		strcmp(state, "failure") == 0 || strcmp(state, "error") == 0 ||
		strcmp(state, "inactive") == 0);
}

static void
finish(struct deployments *d)
{
	struct github_deployments_cursor *c = cursor_of(d);

	d->ended = true;
	descent_finish(&c->descent);
	if (d->updated > c->updated)
		c->updated = d->updated;
	github_out(d->repo);
}

static void
advance(struct deployments *d)
{
	struct github_entry *entry;
	bool moved = false;
	char *url;

	while ((entry = github_window_done(&d->window)) != NULL) {
		descent_out(&cursor_of(d)->descent, entry->id);
		free(entry);
		moved = true;
	}
	if (moved)
		github_out(d->repo);
	if (d->ended || d->asking)
		return;
	if (d->next != NULL) {
		if (d->window.count > d->repo->run->connections)
			return;
		url = d->next;
		d->next = NULL;
		ask(d, url);
		free(url);
	} else if (d->window.count == 0 && d->below == 0) {
		finish(d);
	}
}

/* Keeps the list of those to look at again. */
static void
note_state(struct github_deployments_cursor *c,
	   const struct github_below *below, const char *state)
{
	github_pairs_remove(&c->watch, below->parent);
	if (!is_final(state) && c->watch.count < GITHUB_WATCHED &&
	    below->created > clock_now() - watched_for)
		github_pairs_add(&c->watch, below->parent, below->created);
}

static void
on_statuses(const struct github_below *below, const struct http_reply *failed,
	    const char *state)
{
	struct deployments *d = below->arg;

	if (failed == NULL)
		note_state(cursor_of(d), below, state);
	if (below->entry != NULL)
		below->entry->left--;
	d->below--;
	github_out(d->repo);
	advance(d);
}

/* entry is NULL for one that is only looked at again. */
static void
ask_statuses(struct deployments *d, struct github_entry *entry, int64_t id,
	     int64_t created)
{
	if (!d->repo->run->wants[GITHUB_STATUS])
		return;
	if (entry != NULL)
		entry->left++;
	d->below++;
	github_below(d->repo, &(struct github_below){ .type = GITHUB_STATUS,
						      .parent = id,
						      .done = on_statuses,
						      .arg = d,
						      .entry = entry,
						      .created = created });
}

static void
emit(struct deployments *d, const struct github_row *row,
     const struct http_reply *reply)
{
	struct github_record record = { .type = GITHUB_DEPLOYMENT };
	char key[KEY_SIZE];

	snprintf(key, sizeof(key), "%" PRId64, github_integer(row, GITHUB_ID));
	record.key = key;
	if (d->repo->run->wants[GITHUB_DEPLOYMENT])
		github_emit(d->repo, &record, row, reply);
}

static bool
is_newer_than_wanted(const struct deployments *d, int64_t created)
{
	return d->repo->run->until != 0 && created > d->repo->run->until;
}

/* A known row of a page that came anyway, changed since. */
static void
on_known(struct deployments *d, const struct github_row *row,
	 const struct http_reply *reply)
{
	struct github_deployments_cursor *c = cursor_of(d);
	int64_t id = github_integer(row, GITHUB_ID);

	if (c->updated == 0 || github_time(row, GITHUB_UPDATED) <= c->updated)
		return;
	emit(d, row, reply);
	if (github_pairs_find(&c->watch, id) == NULL)
		ask_statuses(d, NULL, id, github_time(row, GITHUB_CREATED));
}

/* False: older than the floor, or known. */
static bool
on_row(struct deployments *d, const struct github_row *row,
       const struct http_reply *reply)
{
	struct github_deployments_cursor *c = cursor_of(d);
	int64_t id = github_integer(row, GITHUB_ID);
	int64_t created = github_time(row, GITHUB_CREATED);
	int64_t updated = github_time(row, GITHUB_UPDATED);
	struct github_entry *entry;
	enum descent_row judged;

	if (updated > d->updated)
		d->updated = updated;
	judged = descent_judge(&c->descent, id, c->descent.mark + 1);
	if (judged == DESCENT_ENOUGH) {
		on_known(d, row, reply);
		return false;
	}
	if (created < c->floor)
		return false;
	entry = github_window_add(&d->window, id, created);
	if (judged == DESCENT_TAKE && !is_newer_than_wanted(d, created)) {
		emit(d, row, reply);
		ask_statuses(d, entry, id, created);
	}
	return true;
}

static void
on_page(void *arg, const struct http_reply *reply)
{
	struct deployments *d = arg;
	struct json_walk rows;
	struct github_row row;
	bool more = true;

	d->asking = false;
	if (reply->class != OUTCOME_NONE) {
		d->ended = true;
		github_fail(d->repo, "deployments", reply);
		return;
	}
	rows = github_rows(reply);
	while (github_next_row(d->repo->run, &rows, &row)) {
		if (github_integer(&row, GITHUB_ID) <= 0) {
			d->ended = true;
			github_fail_format(d->repo, "deployments",
					   "a row without id");
			return;
		}
		more = on_row(d, &row, reply) && more;
	}
	if (more && reply->next != NULL)
		d->next = msg_strdup(reply->next);
	advance(d);
}

static void
watch(struct deployments *d)
{
	struct github_deployments_cursor *c = cursor_of(d);
	struct github_pair *pairs;
	size_t i, count;

	github_pairs_keep_since(&c->watch, clock_now() - watched_for);
	count = c->watch.count;
	pairs = msg_calloc(count, sizeof(*pairs));
	if (count > 0)
		memcpy(pairs, c->watch.items, count * sizeof(*pairs));
	for (i = 0; i < count; i++)
		ask_statuses(d, NULL, pairs[i].id, pairs[i].time);
	free(pairs);
}

static void
free_deployments(struct github_stream *stream)
{
	struct deployments *d = (struct deployments *)stream;

	github_window_free(&d->window);
	free(d->next);
	free(d);
}

void
github_deployments_begin(struct github_repo *repo)
{
	struct deployments *d = msg_calloc(1, sizeof(*d));
	struct github_deployments_cursor *c = &repo->out.deployments;
	char *url;

	d->stream.free = free_deployments;
	d->repo = repo;
	github_own(repo, &d->stream);
	if (!c->set || github_goes_further(repo->run, c->floor)) {
		free(c->watch.items);
		*c = (struct github_deployments_cursor){
			.set = true, .floor = repo->run->floor
		};
	}
	watch(d);
	url = github_path(repo, "/deployments?per_page=%d", PER_PAGE);
	ask(d, url);
	free(url);
}
