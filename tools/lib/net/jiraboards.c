#include "net/jiraboards.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/msg.h"
#include "net/jiraids.h"
#include "net/jiralist.h"

enum { PAGE = 50 };

struct jiraboards {
	struct jira *jira;
	struct jiraids boards, sprints;
	bool boards_whole, sprints_whole;
	bool failed;
	int64_t asked_at;
};

struct board {
	struct jiraboards *all;
	char *id;
	char *bytes; /* the board as the list gave it */
	int64_t at;
	bool has_sprints;
	/* Of --items; else NULL. */
	void (*end)(void *arg, const struct http_reply *reply);
	void *arg;
};

/* key NULL: the whole list. */
static void
fail(struct jiraboards *all, const char *key, const struct http_reply *reply)
{
	const struct source_item what = { jira_site, "jira_board", key };

	all->failed = all->failed || key == NULL;
	jira_fail(all->jira, &what, reply);
}

static void
end_board(struct board *board, const struct http_reply *reply)
{
	bool ok = reply->class == OUTCOME_NONE;

	if (!ok)
		board->all->sprints_whole = false;
	if (board->end != NULL)
		board->end(board->arg, reply);
	else if (!ok)
		fail(board->all, board->id, reply);
	free(board->id);
	free(board->bytes);
	free(board);
}

static void
each_sprint(void *arg, const struct json_span *item, int64_t at)
{
	struct board *board = arg;
	char *id = jira_member(item, "id");

	if (id == NULL || !jiraids_add(&board->all->sprints, id))
		return;
	jira_emit(board->all->jira,
		  &(struct source_record){
			  .type = "jira_sprint", .key = id, .fetched_at = at },
		  item);
}

/* A board that does not support sprints answers 400. */
static void
on_sprints_end(void *arg, const struct http_reply *reply, size_t count)
{
	struct http_reply fine = *reply;

	(void)count;
	if (reply->status == 400 || reply->status == 404)
		fine.class = OUTCOME_NONE;
	end_board(arg, &fine);
}

static void
emit_board(struct board *board, const struct http_reply *reply)
{
	const struct json_span bytes = { .at = board->bytes,
					 .len = strlen(board->bytes) };
	struct source_record record = { .type = "jira_board",
					.key = board->id,
					.fetched_at = board->at };
	struct jsonw ext = { 0 };

	if (reply->class == OUTCOME_NONE && reply->len > 0) {
		jsonw_open(&ext, '{');
		jsonw_key(&ext, "configuration");
		jsonw_raw(&ext, reply->body, reply->len);
		jsonw_close(&ext, '}');
		record.ext = ext.text;
	}
	jira_emit(board->all->jira, &record, &bytes);
	jsonw_free(&ext);
}

/* Its configuration may be hidden from us; the board is still there. */
static void
on_configuration(void *arg, const struct http_reply *reply)
{
	struct board *board = arg;
	char path[96];
	const struct jiralist sprints = {
		.path = path,
		.values = "values",
		.page = PAGE,
		.each = each_sprint,
		.end = on_sprints_end,
		.arg = board,
	};
	struct http_reply fine = *reply;

	if (reply->class != OUTCOME_NONE && !jira_is_refusal(reply->status)) {
		end_board(board, reply);
		return;
	}
	emit_board(board, reply);
	if (board->has_sprints &&
	    source_wants(board->all->jira->source, "jira_sprint")) {
		snprintf(path, sizeof(path), "/rest/agile/1.0/board/%s/sprint",
			 board->id);
		jiralist_walk(board->all->jira, &sprints);
		return;
	}
	fine.class = OUTCOME_NONE;
	end_board(board, &fine);
}

/* Takes id over. */
static void
begin_board(struct jiraboards *all, char *id, const struct json_span *item,
	    const struct board *how)
{
	struct board *board = msg_calloc(1, sizeof(*board));
	const struct jira_call call = { JIRA_LIST, on_configuration, board };
	char *type = jira_member(item, "type");

	*board = *how;
	board->all = all;
	board->id = id;
	board->bytes = msg_calloc(item->len + 1, 1);
	memcpy(board->bytes, item->at, item->len);
	board->has_sprints = type != NULL && (strcmp(type, "scrum") == 0 ||
					      strcmp(type, "simple") == 0);
	free(type);
	jira_get(all->jira, &call, "/rest/agile/1.0/board/%s/configuration",
		 id);
}

static bool
is_number(const char *text)
{
	return *text != '\0' && text[strspn(text, "0123456789")] == '\0';
}

static void
each_board(struct jiraboards *all, const struct json_span *item, int64_t at)
{
	const struct board how = { .at = at };
	char *id = jira_member(item, "id");

	if (id == NULL || !is_number(id)) {
		free(id);
		return;
	}
	if (jiraids_add(&all->boards, msg_strdup(id)))
		begin_board(all, id, item, &how);
	else
		free(id);
}

/* Sites without Jira Software have no boards. */
static void
on_boards_end(void *arg, const struct http_reply *reply, size_t count)
{
	struct jiraboards *all = arg;

	(void)count;
	if (reply->class == OUTCOME_NONE)
		return;
	all->boards_whole = all->sprints_whole = false;
	if (reply->status != 404)
		fail(all, NULL, reply);
}

static void
on_board(void *arg, const struct json_span *item, int64_t at)
{
	each_board(arg, item, at);
}

static void
ask_boards(struct jiraboards *all, const char *project)
{
	char path[128];
	const struct jiralist list = {
		.path = path,
		.values = "values",
		.page = PAGE,
		.each = on_board,
		.end = on_boards_end,
		.arg = all,
	};

	if (project == NULL)
		snprintf(path, sizeof(path), "/rest/agile/1.0/board");
	else
		snprintf(path, sizeof(path),
			 "/rest/agile/1.0/board?projectKeyOrId=%s", project);
	jiralist_walk(all->jira, &list);
}

/* --items: the board itself first. */
static void
on_single_board(void *arg, const struct http_reply *reply)
{
	struct board *board = arg;
	const struct json_span item = { .at = reply->body,
					.len = reply->len,
					.type = JSON_OBJECT };
	struct board how = *board;

	if (reply->class != OUTCOME_NONE || *reply->body != '{') {
		end_board(board, reply);
		return;
	}
	how.at = reply->at;
	begin_board(board->all, board->id, &item, &how);
	free(board);
}

void
jiraboards_one(struct jiraboards *all, const char *id,
	       void (*end)(void *arg, const struct http_reply *reply),
	       void *arg)
{
	struct board *board = msg_calloc(1, sizeof(*board));
	const struct jira_call call = { JIRA_LIST, on_single_board, board };

	board->all = all;
	board->id = msg_strdup(id);
	board->end = end;
	board->arg = arg;
	jira_get(all->jira, &call, "/rest/agile/1.0/board/%s", id);
}

/* Safe in a URL as it is. */
static bool
is_project_key(const char *text)
{
	return *text != '\0' &&
	       text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				 "abcdefghijklmnopqrstuvwxyz0123456789_")] ==
		       '\0';
}

void
jiraboards_ask(struct jiraboards *all)
{
	const char *const *key = all->jira->keys;

	all->asked_at = clock_now();
	all->boards_whole = all->sprints_whole = true;
	if (key == NULL) {
		ask_boards(all, NULL);
		return;
	}
	all->boards_whole = all->sprints_whole = false;
	for (; *key != NULL; key++)
		if (is_project_key(*key))
			ask_boards(all, *key);
}

void
jiraboards_keys(struct jiraboards *all)
{
	if (all->boards_whole)
		jira_emit_keys(all->jira, "jira_board", &all->boards,
			       all->asked_at);
	if (all->boards_whole && all->sprints_whole)
		jira_emit_keys(all->jira, "jira_sprint", &all->sprints,
			       all->asked_at);
}

bool
jiraboards_failed(const struct jiraboards *all)
{
	return all->failed;
}

struct jiraboards *
jiraboards_new(struct jira *jira)
{
	struct jiraboards *all = msg_calloc(1, sizeof(*all));

	all->jira = jira;
	return all;
}

void
jiraboards_free(struct jiraboards *all)
{
	if (all == NULL)
		return;
	jiraids_free(&all->boards);
	jiraids_free(&all->sprints);
	free(all);
}
