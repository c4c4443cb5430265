#include "net/jirawalk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/msg.h"
#include "base/times.h"
#include "net/jiracursor.h"
#include "net/jirahistory.h"
#include "net/jirakeys.h"
#include "net/jirasearch.h"
#include "net/jiraseen.h"

static const int64_t hour = 3600000, day = 86400000;

enum { OPEN_PAGES = 3, NOTE_PAGES = 50, NOTE_MS = 30000 };
enum {
	SEEN_MOST = 1000,
	FEW_ISSUES = 100,
	WINDOW_ISSUES = 500,
	YEAR_MONTHS = 12
};

/* A page whose histories are still on their way. */
struct page {
	struct jirawalk *walk;
	char *last_key; /* NULL: of an empty page */
	bool done;
	bool lost; /* the run ended before its histories came */
	struct page *next;
};

struct jirawalk {
	struct jira *jira;
	char *key;
	struct jiracursor cursor; /* as far as everything is out */
	int64_t size;
	uint64_t issues;
	void (*end)(void *arg);
	void *arg;
	struct jirasearch *search; /* NULL: none under way */
	struct page *first, *last;
	unsigned open;
	int64_t created_to; /* 0: the last window */
	bool failed, malformed;
	bool lost; /* a page is: the cursor stays before it */
	struct jiraseen seen;
	int64_t newest; /* change met in this walk */
	int64_t noted_at;
	unsigned pages; /* since then */
};

static const char *
wanted(const struct jira *jira)
{
	if (!source_wants(jira->source, "jira_change"))
		return "issues";
	return source_wants(jira->source, "jira_issue") ? "issues and changes"
							: "changes";
}

/* Without a known zone the site may read times up to 14 h off. */
static int64_t
overlap(const struct jira *jira)
{
	return jira->settings->overlap + (*jira->zone == '\0' ? 14 * hour : 0);
}

static void
plan_later(struct jirawalk *w)
{
	struct jiracursor *c = &w->cursor;

	c->walking = true;
	c->since = c->updated - overlap(w->jira);
	if (w->jira->wish.since != 0 && w->jira->wish.since < c->since)
		c->since = w->jira->wish.since;
	c->started = w->jira->now;
	c->created = c->months = 0;
	*c->after = '\0';
}

static void
plan_first(struct jirawalk *w)
{
	struct jiracursor *c = &w->cursor;

	c->walking = true;
	c->since = w->jira->wish.since != 0
			   ? w->jira->wish.since
			   : w->jira->now - w->jira->client->history;
	c->started = w->jira->now;
	c->months = 1;
	c->created = 0;
	*c->after = '\0';
}

struct jirawalk *
jirawalk_new(struct jira *jira, const char *key)
{
	struct jirawalk *w = msg_calloc(1, sizeof(*w));
	struct jiracursor *c = &w->cursor;
	size_t len = 0;
	const char *text = source_cursor(jira->source, key, &len);

	w->jira = jira;
	w->key = msg_strdup(key);
	w->size = -1;
	if (text != NULL && (!jiracursor_read(c, text, len) ||
			     strcmp(c->of, wanted(jira)) != 0)) {
		source_tell(jira->source,
			    "the cursor of '%s' is not one of this fetch: "
			    "starting over",
			    key);
		jiracursor_free(c);
	}
	snprintf(c->of, sizeof(c->of), "%s", wanted(jira));
	if (c->walking && strcmp(c->zone, jira->zone) != 0)
		c->walking = false;
	if (!c->walking && c->updated != 0)
		plan_later(w);
	else if (!c->walking)
		plan_first(w);
	snprintf(c->zone, sizeof(c->zone), "%s", jira->zone);
	jiraseen_load(&w->seen, c);
	return w;
}

const char *
jirawalk_key(const struct jirawalk *w)
{
	return w->key;
}

bool
jirawalk_is_first(const struct jirawalk *w)
{
	return w->cursor.updated == 0;
}

int64_t
jirawalk_expected(const struct jirawalk *w)
{
	return w->size;
}

uint64_t
jirawalk_issues(const struct jirawalk *w)
{
	return w->issues;
}

/* What fits a page needs no windows; one cut short keeps its own. */
void
jirawalk_size(struct jirawalk *w, int64_t issues)
{
	int64_t windows = issues / WINDOW_ISSUES + 2;

	w->size = issues;
	if (w->cursor.created != 0 || *w->cursor.after != '\0')
		return;
	if (windows > YEAR_MONTHS)
		windows = YEAR_MONTHS;
	w->cursor.months = issues <= FEW_ISSUES ? 0 : YEAR_MONTHS / windows;
}

void
jirawalk_query(const struct jirawalk *w, struct jql *jql)
{
	*jql = (struct jql){
		.project = w->key,
		.zone = *w->jira->zone != '\0' ? w->jira->zone : "UTC",
		.since = w->cursor.since,
		.until = w->jira->wish.until,
		.created_from = w->cursor.created,
		.after = w->cursor.after,
	};
}

static void
discard_pages(struct jirawalk *w)
{
	struct page *page;

	while ((page = w->first) != NULL) {
		w->first = page->next;
		free(page->last_key);
		free(page);
	}
	w->last = NULL;
}

void
jirawalk_free(struct jirawalk *w)
{
	if (w == NULL)
		return;
	discard_pages(w);
	jiraseen_free(&w->seen);
	jiracursor_free(&w->cursor);
	free(w->key);
	free(w);
}

static void
checkpoint(struct jirawalk *w)
{
	struct jsonw text = { 0 };

	jiracursor_write(&w->cursor, &text);
	source_checkpoint(w->jira->source, w->key, text.text, text.len);
	jsonw_free(&text);
	w->pages = 0;
	w->noted_at = clock_monotonic();
}

static void
finish(struct jirawalk *w)
{
	if (!w->failed)
		source_completed(w->jira->source, w->key);
	w->end(w->arg);
}

static void
fail(struct jirawalk *w, const struct http_reply *reply)
{
	const struct source_item scope = { .scope = w->key };

	w->failed = true;
	jira_fail(w->jira, &scope, reply);
}

/*
 * What is out but not listed is forgotten: a search that lagged behind would
 * else hide a row for good; so the next walk brings it back.
 */
static void
forget_unlisted(struct jirawalk *w, const struct jirakeys *keys)
{
	struct jiracursor *c = &w->cursor;
	size_t i, kept = 0;

	for (i = 0; i < c->seen_count; i++)
		if (jirakeys_has(keys, c->seen[i].id))
			c->seen[kept++] = c->seen[i];
	c->seen_count = kept;
}

static void
on_keys(void *arg, const struct http_reply *reply, const struct jirakeys *keys)
{
	struct jirawalk *w = arg;

	if (reply->class != OUTCOME_NONE) {
		fail(w, reply);
	} else {
		forget_unlisted(w, keys);
		w->cursor.keys_at = w->jira->now;
		w->cursor.keys_count = (int64_t)jirakeys_count(keys);
		checkpoint(w);
	}
	finish(w);
}

static bool
keys_are_due(const struct jirawalk *w)
{
	return source_wants(w->jira->source, "jira_issue") &&
	       (w->cursor.keys_at == 0 ||
		w->jira->now - w->cursor.keys_at >= day ||
		w->cursor.keys_count <= jirasearch_most_ids(w->jira));
}

/* The watermark never passes the start, nor what --until leaves out. */
static void
move_watermark(struct jirawalk *w)
{
	struct jiracursor *c = &w->cursor;
	int64_t most = c->started, margin = overlap(w->jira) + 3 * hour;
	int64_t updated;

	if (w->jira->wish.until != 0 && w->jira->wish.until < most)
		most = w->jira->wish.until;
	updated = c->updated == 0 || w->newest > most ? most : w->newest;
	if (updated < c->updated)
		updated = c->updated;
	if (jiraseen_count(&w->seen, updated - margin) > SEEN_MOST &&
	    updated < most)
		updated = most;
	c->updated = updated;
	jiraseen_store(&w->seen, updated - margin, SEEN_MOST, c);
	c->walking = false;
}

static void
end_walk(struct jirawalk *w)
{
	move_watermark(w);
	checkpoint(w);
	if (keys_are_due(w))
		jirakeys_print(w->jira,
			       &(struct jirakeys_wish){ .project = w->key,
							.end = on_keys,
							.arg = w });
	else
		finish(w);
}

/* Windows and their pages. */

static void search_window(struct jirawalk *w);

/* Nothing of the window is under way any more. */
static void
end_window(struct jirawalk *w)
{
	if (w->malformed && !w->failed) {
		const struct source_item scope = { .scope = w->key };

		w->failed = true;
		jira_fail_protocol(w->jira, &scope,
				   "an issue came without id or key");
	}
	if (w->failed) {
		if (*w->cursor.after != '\0' && w->pages > 0)
			checkpoint(w);
		finish(w);
		return;
	}
	*w->cursor.after = '\0';
	if (w->created_to == 0) {
		end_walk(w);
		return;
	}
	w->cursor.created = w->created_to;
	checkpoint(w);
	search_window(w);
}

/* Moves the cursor behind the pages that are whole, in their order. */
static void
advance(struct jirawalk *w)
{
	struct page *page;

	while ((page = w->first) != NULL && page->done) {
		w->failed = w->failed || page->lost;
		w->lost = w->lost || page->lost;
		if (page->last_key != NULL && !w->malformed && !w->lost)
			snprintf(w->cursor.after, sizeof(w->cursor.after), "%s",
				 page->last_key);
		if ((w->first = page->next) == NULL)
			w->last = NULL;
		free(page->last_key);
		free(page);
		w->open--;
		w->pages++;
	}
	if (w->search == NULL && w->open == 0) {
		end_window(w);
		return;
	}
	if (w->pages >= NOTE_PAGES ||
	    (w->pages > 0 && (source_stopping(w->jira->source) ||
			      clock_monotonic() - w->noted_at >= NOTE_MS)))
		checkpoint(w);
	if (w->search != NULL && w->open < OPEN_PAGES)
		jirasearch_go_on(w->search);
}

/* What is short has been told as a failed item, and the page goes on; but not
 * when the run has ended and nothing is told any more. */
static void
on_histories(void *arg, bool whole)
{
	struct page *page = arg;

	page->lost = !whole && source_has_ended(page->walk->jira->source);
	page->done = true;
	advance(page->walk);
}

static void
emit(struct jirawalk *w, const struct json_span *issue, int64_t at,
     const char *id)
{
	struct jirafields *fields = &w->jira->fields;
	struct jsonw ext = { 0 };

	w->issues++;
	if (!source_wants(w->jira->source, "jira_issue"))
		return;
	jirafields_ext(fields, &ext);
	source_emit(w->jira->source,
		    &(struct source_record){
			    .type = "jira_issue",
			    .scope = w->key,
			    .key = id,
			    .updated_at = &fields->spans[JIRAFIELDS_UPDATED],
			    .ext = ext.text,
			    .bytes = issue->at,
			    .len = issue->len,
			    .fetched_at = at,
		    });
	jsonw_free(&ext);
}

static int64_t
count_members(const struct json_span *array)
{
	struct json_walk walk = json_walk(array);
	struct json_span key, value;
	int64_t count = 0;

	while (json_next(&walk, &key, &value))
		count++;
	return count;
}

/* Data Center embeds all; Cloud only what is too short to be cut. */
static void
add_history(struct jirawalk *w, struct jirahistory *job, char *id, int64_t at)
{
	const struct json_span *spans = w->jira->fields.spans;
	const struct json_span *histories = &spans[JIRAFIELDS_HISTORIES];
	struct jirahistory_issue *issue;
	int64_t total;

	job->issues = msg_realloc(job->issues,
				  (job->count + 1) * sizeof(*job->issues));
	issue = &job->issues[job->count++];
	*issue = (struct jirahistory_issue){ .id = id, .total = -1 };
	issue->key = json_text(&spans[JIRAFIELDS_KEY]);
	if (json_int(&spans[JIRAFIELDS_TOTAL], &total))
		issue->total = total;
	if (!w->jira->cloud ||
	    (issue->total >= 0 && issue->total < JIRAHISTORY_TRUSTED &&
	     count_members(histories) == issue->total))
		jirahistory_embedded(w->jira, w->key, issue, histories, at);
}

static void
take_issue(struct jirawalk *w, struct jirahistory *job,
	   const struct json_span *issue, int64_t at)
{
	struct jirafields *fields = &w->jira->fields;
	const struct json_span *updated = &fields->spans[JIRAFIELDS_UPDATED];
	int64_t floor = w->cursor.started - overlap(w->jira) - 3 * hour;
	int64_t ms = 0;
	char *id;

	if (issue->type != JSON_OBJECT || jirafields_scan(fields, issue) != 0 ||
	    (id = json_text(&fields->spans[JIRAFIELDS_ID])) == NULL) {
		w->malformed = true;
		return;
	}
	if (updated->type == JSON_STRING)
		times_parse(updated->at, updated->len, &ms);
	if (ms > w->newest)
		w->newest = ms;
	if ((w->cursor.updated != 0 || ms >= floor) &&
	    !jiraseen_is_new(&w->seen, id, ms)) {
		free(id);
		return;
	}
	emit(w, issue, at, id);
	if (source_wants(w->jira->source, "jira_change"))
		add_history(w, job, id, at);
	else
		free(id);
}

static bool
on_issues(void *arg, const struct jirasearch_page *found)
{
	struct jirawalk *w = arg;
	struct page *page = msg_calloc(1, sizeof(*page));
	struct jirahistory *job = msg_calloc(1, sizeof(*job));
	struct json_walk walk = json_walk(found->issues);
	struct json_span key, issue;
	bool skip = found->repeats_first;

	*page = (struct page){ .walk = w };
	if (found->last_key != NULL)
		page->last_key = msg_strdup(found->last_key);
	*job = (struct jirahistory){ .scope = w->key,
				     .end = on_histories,
				     .arg = page };
	if (w->last == NULL)
		w->first = page;
	else
		w->last->next = page;
	w->last = page;
	w->open++;
	for (; json_next(&walk, &key, &issue); skip = false)
		if (!skip)
			take_issue(w, job, &issue, found->at);
	jirahistory_fetch(w->jira, job);
	return w->open < OPEN_PAGES;
}

static void
on_issues_end(void *arg, const struct http_reply *reply)
{
	struct jirawalk *w = arg;

	w->search = NULL;
	if (reply->class != OUTCOME_NONE)
		fail(w, reply);
	if (w->open == 0)
		end_window(w);
}

static void
search_window(struct jirawalk *w)
{
	struct jirasearch_query query = {
		.histories = source_wants(w->jira->source, "jira_change"),
		.page = on_issues,
		.end = on_issues_end,
		.arg = w,
	};
	const struct jiracursor *c = &w->cursor;

	jirawalk_query(w, &query.jql);
	w->created_to = 0;
	if (c->months > 0)
		w->created_to = jql_month(
			c->created != 0 ? c->created : c->since, c->months);
	if (w->created_to >= c->started)
		w->created_to = 0;
	query.jql.created_to = w->created_to;
	w->search = jirasearch_start(w->jira, &query);
}

void
jirawalk_start(struct jirawalk *w, void (*end)(void *arg), void *arg)
{
	w->end = end;
	w->arg = arg;
	w->noted_at = clock_monotonic();
	search_window(w);
}
