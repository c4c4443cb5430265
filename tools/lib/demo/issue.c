#include "demo/jira.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "demo/changelog.h"
#include "demo/member.h"
#include "demo/stock.h"

enum {
	ISSUES_MOST = 100,
	CHANGELOGS_MOST = 1000,
	FIELDS_MOST = 10,
	HISTORIES = 1000,
	HISTORIES_MOST = 10000
};

/* Issues that a body names, in the order of its list. */
struct naming {
	const struct tracker *tracker;
	int32_t found[CHANGELOGS_MOST];
	size_t count, named;
	struct jsonw missing; /* errors for the rest */
};

static int32_t
named_issue(const struct desk_call *call)
{
	int32_t index = tracker_find(call->tracker, call->part[0],
				     strlen(call->part[0]));

	if (index < 0)
		desk_refuse(call, 404,
			    "Issue does not exist or you do not have "
			    "permission to see it.");
	return index;
}

void
jira_issue(const struct desk_call *call)
{
	int32_t index = named_issue(call);
	struct ticket_wish wish;
	struct jsonw w = { 0 };

	if (index < 0)
		return;
	desk_wish(call, "*all", &wish);
	ticket_issue(call->tracker, index, &wish, &w);
	desk_answer(call, 200, &w);
}

void
jira_issue_changelog(const struct desk_call *call)
{
	int32_t index = named_issue(call);
	struct changelog_style whole = { .chosen = NULL };
	const struct tracker_issue *issue;
	struct desk_page page;
	struct jsonw w = { 0 };
	int64_t i;

	if (index < 0)
		return;
	issue = &call->tracker->issues[index];
	page = desk_page(call, issue->change_count, 100, 100);
	desk_open_page(&w, &page, true);
	for (i = page.start; i < page.end; i++)
		changelog_put(call->tracker, issue, &issue->changes[i], &whole,
			      &w);
	desk_close_page(call, &w);
}

static void
note_issue(void *arg, const char *text, size_t len)
{
	struct naming *naming = arg;
	int32_t index = tracker_find(naming->tracker, text, len);

	naming->named++;
	if (naming->named > CHANGELOGS_MOST)
		return;
	if (index >= 0) {
		naming->found[naming->count++] = index;
		return;
	}
	jsonw_open(&naming->missing, '{');
	jsonw_put_string(&naming->missing, "id", text);
	jsonw_put_string(
		&naming->missing, "errorMessage",
		"Issue does not exist or you do not have permission to see "
		"it.");
	jsonw_close(&naming->missing, '}');
}

void
jira_issues(const struct desk_call *call)
{
	struct naming naming = { .tracker = call->tracker };
	struct ticket_wish wish;
	struct jsonw w = { 0 };
	size_t i;

	desk_list(call, "issueIdsOrKeys", note_issue, &naming);
	if (naming.named == 0 || naming.named > ISSUES_MOST) {
		desk_refuse(call, 400,
			    "issueIdsOrKeys must hold between 1 and %d issues",
			    ISSUES_MOST);
		jsonw_free(&naming.missing);
		return;
	}
	desk_wish(call, "*navigable", &wish);
	jsonw_open(&w, '{');
	jsonw_put_string(&w, "expand", "schema,names");
	jsonw_key(&w, "issues");
	jsonw_open(&w, '[');
	for (i = 0; i < naming.count; i++)
		ticket_issue(call->tracker, naming.found[i], &wish, &w);
	jsonw_close(&w, ']');
	jsonw_key(&w, "issueErrors");
	jsonw_open(&w, '[');
	if (naming.missing.len > 0)
		jsonw_raw(&w, naming.missing.text, naming.missing.len);
	jsonw_close(&w, ']');
	jsonw_close(&w, '}');
	jsonw_free(&naming.missing);
	desk_answer(call, 200, &w);
}

struct choice {
	bool field[TICKET_FIELDS];
	size_t count;
};

static void
note_field(void *arg, const char *text, size_t len)
{
	struct choice *choice = arg;
	int field = ticket_field(text, len);

	choice->count++;
	if (field >= 0)
		choice->field[field] = true;
}

static int
by_index(const void *left, const void *right)
{
	int32_t a = *(const int32_t *)left, b = *(const int32_t *)right;

	return (a > b) - (a < b);
}

/* A page of histories, counted over all issues asked for. */
struct page {
	struct changelog_style style;
	int64_t start, end, at; /* numbers of histories; at: the next */
	bool full;
};

/* Writes those of one issue that fall on the page. */
static void
put_histories(const struct desk_call *call, int32_t index, struct page *page,
	      struct jsonw *w)
{
	const struct tracker_issue *issue = &call->tracker->issues[index];
	bool open = false;
	uint32_t c;

	for (c = 0; c < issue->change_count && !page->full; c++) {
		const struct tracker_change *change = &issue->changes[c];

		if (!changelog_is_chosen(call->tracker, issue, change,
					 page->style.chosen))
			continue;
		page->full = page->at == page->end;
		if (page->full || page->at++ < page->start)
			continue;
		if (!open) {
			jsonw_open(w, '{');
			member_id(w, "issueId", issue->id);
			jsonw_key(w, "changeHistories");
			jsonw_open(w, '[');
			open = true;
		}
		changelog_put(call->tracker, issue, change, &page->style, w);
	}
	if (open) {
		jsonw_close(w, ']');
		jsonw_close(w, '}');
	}
}

/* The token says with which history to go on. */
static bool
read_page(const struct desk_call *call, struct page *page)
{
	char *token = desk_text(call, "nextPageToken");
	int64_t most = desk_number(call, "maxResults", HISTORIES);
	bool good = token == NULL || *token == '\0' ||
		    sscanf(token, "UxAQBFRF%" SCNx64, &page->start) == 1;

	free(token);
	if (most < 1 || most > HISTORIES_MOST)
		most = HISTORIES;
	page->end = page->start + most;
	return good;
}

static void
answer_changelogs(const struct desk_call *call, struct naming *naming,
		  struct page *page)
{
	struct jsonw w = { 0 };
	char token[48];
	size_t i;

	/* By issue id, whatever the order of the request. */
	qsort(naming->found, naming->count, sizeof(naming->found[0]), by_index);
	jsonw_open(&w, '{');
	jsonw_key(&w, "issueChangeLogs");
	jsonw_open(&w, '[');
	for (i = 0; i < naming->count && !page->full; i++)
		if (i == 0 || naming->found[i] != naming->found[i - 1])
			put_histories(call, naming->found[i], page, &w);
	jsonw_close(&w, ']');
	if (page->full) {
		snprintf(token, sizeof(token), "UxAQBFRF%" PRIx64, page->end);
		jsonw_put_string(&w, "nextPageToken", token);
	}
	jsonw_close(&w, '}');
	desk_answer(call, 200, &w);
}

void
jira_changelogs(const struct desk_call *call)
{
	struct naming naming = { .tracker = call->tracker };
	struct choice choice = { .count = 0 };
	struct page page = { .start = 0 };

	desk_list(call, "issueIdsOrKeys", note_issue, &naming);
	desk_list(call, "fieldIds", note_field, &choice);
	jsonw_free(&naming.missing);
	page.style.epoch = call->tracker->world->config.jira_epoch;
	page.style.chosen = choice.count > 0 ? choice.field : NULL;
	if (naming.named == 0 || naming.named > CHANGELOGS_MOST)
		desk_refuse(call, 400,
			    "issueIdsOrKeys must hold between 1 and %d issues",
			    CHANGELOGS_MOST);
	else if (choice.count > FIELDS_MOST)
		desk_refuse(call, 400, "fieldIds must hold at most %d fields",
			    FIELDS_MOST);
	else if (!read_page(call, &page))
		desk_refuse(call, 400, "The next page token is not valid.");
	else
		answer_changelogs(call, &naming, &page);
}
