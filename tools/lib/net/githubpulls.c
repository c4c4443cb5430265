#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/msg.h"
#include "net/githubbelow.h"
#include "net/githubprobe.h"
#include "net/githubstreams.h"
#include "net/githubwindow.h"
#include "net/link.h"
#include "net/seen.h"

enum { PER_PAGE = 100, KEY_SIZE = 24, REVIEWS = 1, COMMITS = 2 };

struct pulls {
	struct github_stream stream;
	struct github_repo *repo;
	struct github_window window;
	struct seen seen;
	struct github_pairs recent; /* for the mark that this walk sets */
	char *next;		    /* page to ask for when there is room */
	bool asking, ended;
};

static struct github_pulls_cursor *
cursor_of(const struct pulls *pulls)
{
	return &pulls->repo->out.pulls;
}

static unsigned
lists_below(const struct github_run *run)
{
	return (run->wants[GITHUB_REVIEW] ? REVIEWS : 0) |
	       (run->wants[GITHUB_PR_COMMIT] ? COMMITS : 0);
}

static void on_page(void *arg, const struct http_reply *reply);

static void
ask(struct pulls *pulls, const char *url)
{
	pulls->asking = true;
	github_ask(pulls->repo, GITHUB_LIST, url, on_page, pulls);
}

/* --- what is out -----------------------------------------------------------
 */

static void
end_first_walk(struct pulls *pulls)
{
	struct github_pulls_cursor *c = cursor_of(pulls);

	int64_t floor = pulls->repo->run->floor;

	c->walking = false;
	if (c->top > c->descent.mark)
		c->descent.mark = c->top;
	/* Rows of an earlier run were taken down to its own floor only. */
	if (c->upto != 0 || floor > c->floor)
		c->floor = floor;
	c->rows = c->top = c->upto = 0;
}

static void
end_later_walk(struct pulls *pulls)
{
	struct github_pulls_cursor *c = cursor_of(pulls);

	descent_finish(&c->descent);
	free(c->recent.items);
	c->recent = pulls->recent;
	pulls->recent = (struct github_pairs){ 0 };
	github_pairs_keep_since(&c->recent,
				c->descent.mark - pulls->repo->run->overlap);
}

static void
note_out(struct pulls *pulls, const struct github_entry *entry)
{
	struct github_pulls_cursor *c = cursor_of(pulls);
	struct github_pairs *recent = c->walking ? &c->recent : &pulls->recent;
	int64_t mark = c->walking ? c->top : c->descent.first;

	if (entry->time >= mark - pulls->repo->run->overlap &&
	    recent->count < GITHUB_RECENT)
		github_pairs_add(recent, entry->id, entry->time);
	if (c->walking)
		c->rows = entry->row + 1;
	else
		descent_out(&c->descent, entry->time);
}

/* Moves the cursor over what is complete, and asks on when there is room. */
static void
advance(struct pulls *pulls)
{
	struct github_entry *entry;
	bool moved = false;
	char *url;

	while ((entry = github_window_done(&pulls->window)) != NULL) {
		note_out(pulls, entry);
		free(entry);
		moved = true;
	}
	if (moved)
		github_out(pulls->repo);
	if (pulls->ended || pulls->asking)
		return;
	if (pulls->next != NULL) {
		if (pulls->window.count > pulls->repo->run->connections)
			return;
		url = pulls->next;
		pulls->next = NULL;
		ask(pulls, url);
		free(url);
	} else if (pulls->window.count == 0) {
		pulls->ended = true;
		if (cursor_of(pulls)->walking)
			end_first_walk(pulls);
		else
			end_later_walk(pulls);
		github_out(pulls->repo);
	}
}

/* --- rows ------------------------------------------------------------------
 */

static void
on_below(const struct github_below *below, const struct http_reply *failed,
	 const char *state)
{
	(void)failed, (void)state;
	below->entry->left--;
	advance(below->arg);
}

static void
ask_below(struct pulls *pulls, struct github_entry *entry,
	  enum github_type type)
{
	if (!pulls->repo->run->wants[type])
		return;
	entry->left++;
	github_below(pulls->repo, &(struct github_below){ .type = type,
							  .parent = entry->id,
							  .done = on_below,
							  .arg = pulls,
							  .entry = entry });
}

static void
take(struct pulls *pulls, struct github_entry *entry,
     const struct github_row *row, const struct http_reply *reply)
{
	struct github_record record = { .type = GITHUB_PR };
	char key[KEY_SIZE];

	snprintf(key, sizeof(key), "%" PRId64, entry->id);
	record.key = key;
	if (pulls->repo->run->wants[GITHUB_PR])
		github_emit(pulls->repo, &record, row, reply);
	ask_below(pulls, entry, GITHUB_REVIEW);
	ask_below(pulls, entry, GITHUB_PR_COMMIT);
}

static bool
is_within(const struct pulls *pulls, int64_t updated)
{
	const struct github_run *run = pulls->repo->run;
	const struct github_pulls_cursor *c = cursor_of(pulls);

	if (run->until != 0 && updated > run->until)
		return false;
	return !c->walking ||
	       (updated >= run->floor && (c->upto == 0 || updated < c->upto));
}

static bool
is_known(const struct pulls *pulls, int64_t number, int64_t updated)
{
	const struct github_pair *pair =
		github_pairs_find(&cursor_of(pulls)->recent, number);

	return !cursor_of(pulls)->walking && pair != NULL &&
	       pair->time == updated;
}

enum row { ROW_MORE, ROW_ENOUGH, ROW_ODD };

static enum row
on_row(struct pulls *pulls, const struct github_row *row, int64_t place,
       const struct http_reply *reply)
{
	const struct json_span *number = &row->values[GITHUB_NUMBER];
	struct github_pulls_cursor *c = cursor_of(pulls);
	int64_t id = github_integer(row, GITHUB_NUMBER);
	int64_t updated = github_time(row, GITHUB_UPDATED);
	enum descent_row judged = DESCENT_TAKE;
	struct github_entry *entry;

	if (id <= 0 || updated == 0)
		return ROW_ODD;
	if (!c->walking)
		judged = descent_judge(&c->descent, updated,
				       c->descent.mark -
					       pulls->repo->run->overlap);
	if (judged == DESCENT_ENOUGH)
		return ROW_ENOUGH;
	if (c->walking && place < c->rows)
		return ROW_MORE;
	entry = github_window_add(&pulls->window, id, updated);
	entry->row = place;
	if (judged == DESCENT_TAKE && is_within(pulls, updated) &&
	    !is_known(pulls, id, updated) &&
	    seen_add(&pulls->seen, number->at, number->len, updated))
		take(pulls, entry, row, reply);
	return ROW_MORE;
}

/* The place of the page's first row in the whole list. */
static int64_t
first_place(const char *url)
{
	long page = 1, size = PER_PAGE;

	link_number(url, "page", &page);
	link_number(url, "per_page", &size);
	return (int64_t)(page > 0 ? page - 1 : 0) * size;
}

static void
on_page(void *arg, const struct http_reply *reply)
{
	struct pulls *pulls = arg;
	int64_t place = first_place(reply->url);
	struct json_walk rows;
	struct github_row row;
	enum row end = ROW_MORE;

	pulls->asking = false;
	if (reply->class != OUTCOME_NONE) {
		pulls->ended = true;
		github_fail(pulls->repo, "pull requests", reply);
		return;
	}
	rows = github_rows(reply);
	while (end == ROW_MORE &&
	       github_next_row(pulls->repo->run, &rows, &row))
		end = on_row(pulls, &row, place++, reply);
	if (end == ROW_ODD) {
		pulls->ended = true;
		github_fail_format(pulls->repo, "pull requests",
				   "a row without number or updated_at");
	}
	if (end == ROW_MORE && reply->next != NULL)
		pulls->next = msg_strdup(reply->next);
	advance(pulls);
}

/* --- the first question ----------------------------------------------------
 */

static void
ask_first_walk(struct pulls *pulls)
{
	long page = (long)(cursor_of(pulls)->rows / PER_PAGE) + 1;
	char *url = github_path(pulls->repo,
				"/pulls?state=all&sort=created&direction=asc"
				"&per_page=%d&page=%ld",
				PER_PAGE, page);

	ask(pulls, url);
	free(url);
}

static void
begin_first_walk(struct pulls *pulls)
{
	struct github_pulls_cursor *c = cursor_of(pulls);

	c->top = pulls->repo->probe.top;
	c->walking = pulls->repo->probe.count > 0;
	if (c->walking)
		ask_first_walk(pulls);
	else
		advance(pulls);
}

static void
on_top(void *arg, const struct http_reply *reply)
{
	struct pulls *pulls = arg;

	pulls->asking = false;
	if (reply->class != OUTCOME_NONE) {
		pulls->ended = true;
		github_fail(pulls->repo, "pull requests", reply);
		return;
	}
	github_probe_read(pulls->repo, reply);
	begin_first_walk(pulls);
}

/* Asks which change is the latest: the mark, when the first walk is done. */
static void
ask_top(struct pulls *pulls)
{
	char *url = github_probe_path(pulls->repo);

	pulls->asking = true;
	github_ask(pulls->repo, GITHUB_LIST, url, on_top, pulls);
	free(url);
}

static void
ask_later_walk(struct pulls *pulls)
{
	char *url = github_path(pulls->repo,
				"/pulls?state=all&sort=updated&direction=desc"
				"&per_page=%d",
				PER_PAGE);

	ask(pulls, url);
	free(url);
}

static void
free_pulls(struct github_stream *stream)
{
	struct pulls *pulls = (struct pulls *)stream;

	github_window_free(&pulls->window);
	seen_free(&pulls->seen);
	free(pulls->recent.items);
	free(pulls->next);
	free(pulls);
}

/* A walk further back leaves out the rows that are out already. */
static void
begin_walk(struct pulls *pulls)
{
	struct github_pulls_cursor *c = cursor_of(pulls);
	unsigned with = lists_below(pulls->repo->run);
	bool lacks_lists = (with & ~c->with) != 0;

	if (!c->set || lacks_lists) {
		free(c->recent.items);
		*c = (struct github_pulls_cursor){ .set = true,
						   .walking = true };
	} else if (!c->walking &&
		   github_goes_further(pulls->repo->run, c->floor)) {
		c->walking = true;
		c->rows = c->top = 0;
		c->upto = c->floor;
	}
	c->with = with;
	if (c->walking && c->floor == 0)
		c->floor = pulls->repo->run->floor;
}

bool
github_pulls_are_fresh(const struct github_repo *repo)
{
	const struct github_pulls_cursor *c = &repo->out.pulls;

	return !c->set || (lists_below(repo->run) & ~c->with) != 0;
}

void
github_pulls_begin(struct github_repo *repo)
{
	struct pulls *pulls = msg_calloc(1, sizeof(*pulls));
	struct github_pulls_cursor *c = &repo->out.pulls;

	pulls->stream.free = free_pulls;
	pulls->repo = repo;
	github_own(repo, &pulls->stream);
	begin_walk(pulls);
	if (!c->walking && c->descent.mark > 0)
		ask_later_walk(pulls);
	else if (c->walking && c->top != 0)
		ask_first_walk(pulls);
	else if (repo->probe.known)
		begin_first_walk(pulls);
	else
		ask_top(pulls);
}
