#include "net/jirasite.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/msg.h"
#include "base/times.h"
#include "net/jiralist.h"

static const char scope[] = "site";
static const int64_t day = 86400000;

enum { PAGE = 50, USER_PAGE = 1000 };

/* Ids without doubles, in the order they came. */
struct ids {
	char **items;
	size_t count;
	void *tree;
};

struct jirasite {
	struct jira *jira;
	void (*found)(void *arg, const char *project);
	void *arg;
	bool failed;
	bool *key_found; /* of the chosen projects */
	struct ids users, boards, sprints;
	bool boards_whole, sprints_whole;
	int64_t asked_at;
	int64_t user_count, users_at; /* of the cursor */
};

/* One list whose items are records as they come. */
struct list {
	struct jirasite *site;
	const char *type;
	void (*each)(struct jirasite *site, const struct json_span *item,
		     int64_t at);
	void (*end)(struct jirasite *site, bool whole, size_t count);
};

static int
by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* False when it was there; the text is taken over. */
static bool
add_id(struct ids *ids, char *id)
{
	char **found = tsearch(id, &ids->tree, by_text);

	if (found == NULL)
		msg_die(EX_OSERR, "cannot keep 'ids': out of memory");
	if (*found != id) {
		free(id);
		return false;
	}
	ids->items =
		msg_realloc(ids->items, (ids->count + 1) * sizeof(*ids->items));
	ids->items[ids->count++] = id;
	return true;
}

static void
nothing(void *node)
{
	(void)node;
}

static void
free_ids(struct ids *ids)
{
	size_t i;

	tdestroy(ids->tree, nothing);
	for (i = 0; i < ids->count; i++)
		free(ids->items[i]);
	free(ids->items);
}

static void
emit_as(struct jirasite *site, const struct source_record *what,
	const struct json_span *item)
{
	struct source_record record = *what;

	if (!source_wants(site->jira->source, what->type))
		return;
	record.scope = scope;
	record.bytes = item->at;
	record.len = item->len;
	source_emit(site->jira->source, &record);
}

static void
fail(struct jirasite *site, const char *type, const char *key,
     const struct http_reply *reply)
{
	const struct source_item what = { scope, type, key };

	site->failed = site->failed || key == NULL;
	jira_fail(site->jira, &what, reply);
}

static void
emit_keys(struct jirasite *site, const char *type, const struct ids *ids)
{
	if (!source_wants(site->jira->source, type))
		return;
	source_keys(site->jira->source,
		    &(struct source_keys){
			    .of = type,
			    .scope = scope,
			    .keys = (const char *const *)ids->items,
			    .count = ids->count,
			    .at = site->asked_at,
		    });
}

/* Fields, statuses, users, projects. */

static void
on_item(void *arg, const struct json_span *item, int64_t at)
{
	struct list *list = arg;

	list->each(list->site, item, at);
}

static void
on_list_end(void *arg, const struct http_reply *reply, size_t count)
{
	struct list *list = arg;
	bool whole = reply->class == OUTCOME_NONE;

	if (!whole)
		fail(list->site, list->type, NULL, reply);
	if (list->end != NULL)
		list->end(list->site, whole, count);
	free(list);
}

static void
walk(struct jirasite *site, const struct list *what,
     const struct jiralist *pages)
{
	struct list *list = msg_calloc(1, sizeof(*list));
	struct jiralist mine = *pages;

	*list = *what;
	list->site = site;
	mine.each = on_item;
	mine.end = on_list_end;
	mine.arg = list;
	jiralist_walk(site->jira, &mine);
}

static void
each_field(struct jirasite *site, const struct json_span *item, int64_t at)
{
	char *id = jira_member(item, "id");

	jirafields_learn(&site->jira->fields, item);
	if (id != NULL)
		emit_as(site,
			&(struct source_record){ .type = "jira_field",
						 .key = id,
						 .fetched_at = at },
			item);
	free(id);
}

static void
each_status(struct jirasite *site, const struct json_span *item, int64_t at)
{
	char *id = jira_member(item, "id");

	if (id != NULL)
		emit_as(site,
			&(struct source_record){ .type = "jira_status",
						 .key = id,
						 .fetched_at = at },
			item);
	free(id);
}

static void
each_user(struct jirasite *site, const struct json_span *item, int64_t at)
{
	char *id = jira_member(item, "accountId");

	if (id == NULL)
		id = jira_member(item, "key");
	if (id == NULL)
		return;
	emit_as(site,
		&(struct source_record){
			.type = "jira_user", .key = id, .fetched_at = at },
		item);
	add_id(&site->users, id);
}

static void
end_users(struct jirasite *site, bool whole, size_t count)
{
	bool shortcut =
		site->users_at != 0 && site->user_count == (int64_t)count;

	if (!whole || shortcut)
		return;
	site->user_count = (int64_t)count;
	site->users_at = site->jira->now;
	emit_keys(site, "jira_user", &site->users);
}

static void
each_project(struct jirasite *site, const struct json_span *item, int64_t at)
{
	char *id = jira_member(item, "id");
	char *key = jira_member(item, "key");
	size_t i;

	if (id != NULL && key != NULL && jira_is_chosen(site->jira, key)) {
		for (i = 0;
		     site->jira->keys != NULL && site->jira->keys[i] != NULL;
		     i++)
			if (strcmp(site->jira->keys[i], key) == 0)
				site->key_found[i] = true;
		emit_as(site,
			&(struct source_record){ .type = "jira_project",
						 .key = id,
						 .fetched_at = at },
			item);
		site->found(site->arg, key);
	}
	free(id);
	free(key);
}

static void
end_projects(struct jirasite *site, bool whole, size_t count)
{
	size_t i;

	(void)count;
	for (i = 0;
	     whole && site->jira->keys != NULL && site->jira->keys[i] != NULL;
	     i++)
		if (!site->key_found[i])
			source_fail(site->jira->source,
				    &(struct source_failure){
					    .scope = site->jira->keys[i],
					    .class = OUTCOME_CONFIGURATION,
					    .reason = "no such project, or the "
						      "account may not see it",
				    });
}

/* Workflows: the newer resource, the older one, none. */

struct workflows {
	struct jirasite *site;
	bool older;
};

static void
each_workflow(void *arg, const struct json_span *item, int64_t at)
{
	struct workflows *w = arg;
	struct json_walk members = json_walk(item);
	struct json_span key, value, id = { .type = JSON_ABSENT };
	char *name = jira_member(item, "name"), *text;
	struct jsonw ext = { 0 };

	while (json_next(&members, &key, &value))
		if (json_is(&key, "id"))
			id = value;
	if (id.type == JSON_OBJECT) { /* {"name":…,"entityId":…} */
		text = jira_member(&id, "entityId");
		if (name == NULL)
			name = jira_member(&id, "name");
	} else {
		text = jira_id(&id);
	}
	if (text == NULL && name != NULL)
		text = msg_strdup(name);
	jsonw_open(&ext, '{');
	jsonw_key(&ext, "name");
	jsonw_string(&ext, name);
	jsonw_close(&ext, '}');
	if (text != NULL)
		emit_as(w->site,
			&(struct source_record){ .type = "jira_workflow",
						 .key = text,
						 .ext = ext.text,
						 .fetched_at = at },
			item);
	jsonw_free(&ext);
	free(name);
	free(text);
}

static void ask_workflows(struct workflows *w);

static bool
is_refused(long status)
{
	return status == 403 || status == 404 || status == 405 || status == 410;
}

static void
on_workflows_end(void *arg, const struct http_reply *reply, size_t count)
{
	struct workflows *w = arg;

	(void)count;
	if (reply->class != OUTCOME_NONE && is_refused(reply->status) &&
	    w->site->jira->cloud && !w->older) {
		w->older = true;
		ask_workflows(w);
		return;
	}
	if (reply->class != OUTCOME_NONE && is_refused(reply->status))
		source_tell(w->site->jira->source,
			    "workflows need the right to administer Jira "
			    "(HTTP %ld): the statuses are used alone",
			    reply->status);
	else if (reply->class != OUTCOME_NONE)
		fail(w->site, "jira_workflow", NULL, reply);
	free(w);
}

static void
ask_workflows(struct workflows *w)
{
	const bool cloud = w->site->jira->cloud;
	const char *path = cloud ? w->older ? "/rest/api/3/workflow/search"
					    : "/rest/api/3/workflows/search"
				 : "/rest/api/2/workflow";
	const struct jiralist list = {
		.path = path,
		.values = cloud ? "values" : NULL,
		.page = cloud ? PAGE : 0,
		.each = each_workflow,
		.end = on_workflows_end,
		.arg = w,
	};

	jiralist_walk(w->site->jira, &list);
}

/* Boards: each with its configuration, then its sprints. */

struct board {
	struct jirasite *site;
	char *id;
	char *bytes; /* the board as the list gave it */
	int64_t at;
	bool has_sprints;
	/* Of --items; else NULL. */
	void (*end)(void *arg, const struct http_reply *reply);
	void *arg;
};

static void
end_board(struct board *board, const struct http_reply *reply)
{
	bool ok = reply->class == OUTCOME_NONE;

	if (!ok)
		board->site->sprints_whole = false;
	if (board->end != NULL)
		board->end(board->arg, reply);
	else if (!ok)
		fail(board->site, "jira_board", board->id, reply);
	free(board->id);
	free(board->bytes);
	free(board);
}

static void
each_sprint(void *arg, const struct json_span *item, int64_t at)
{
	struct board *board = arg;
	char *id = jira_member(item, "id");

	if (id == NULL || !add_id(&board->site->sprints, id))
		return;
	emit_as(board->site,
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
	emit_as(board->site, &record, &bytes);
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

	if (reply->class != OUTCOME_NONE && !is_refused(reply->status)) {
		end_board(board, reply);
		return;
	}
	emit_board(board, reply);
	if (board->has_sprints &&
	    source_wants(board->site->jira->source, "jira_sprint")) {
		snprintf(path, sizeof(path), "/rest/agile/1.0/board/%s/sprint",
			 board->id);
		jiralist_walk(board->site->jira, &sprints);
		return;
	}
	fine.class = OUTCOME_NONE;
	end_board(board, &fine);
}

/* Takes id over. */
static void
begin_board(struct jirasite *site, char *id, const struct json_span *item,
	    const struct board *how)
{
	struct board *board = msg_calloc(1, sizeof(*board));
	const struct jira_call call = { JIRA_LIST, on_configuration, board };
	char *type = jira_member(item, "type");

	*board = *how;
	board->site = site;
	board->id = id;
	board->bytes = msg_calloc(item->len + 1, 1);
	memcpy(board->bytes, item->at, item->len);
	board->has_sprints = type != NULL && (strcmp(type, "scrum") == 0 ||
					      strcmp(type, "simple") == 0);
	free(type);
	jira_get(site->jira, &call, "/rest/agile/1.0/board/%s/configuration",
		 id);
}

static bool
is_number(const char *text)
{
	return *text != '\0' && text[strspn(text, "0123456789")] == '\0';
}

static void
each_board(struct jirasite *site, const struct json_span *item, int64_t at)
{
	const struct board how = { .at = at };
	char *id = jira_member(item, "id");

	if (id == NULL || !is_number(id)) {
		free(id);
		return;
	}
	if (add_id(&site->boards, msg_strdup(id)))
		begin_board(site, id, item, &how);
	else
		free(id);
}

/* Sites without Jira Software have no boards. */
static void
on_boards_end(void *arg, const struct http_reply *reply, size_t count)
{
	struct jirasite *site = arg;

	(void)count;
	if (reply->class == OUTCOME_NONE)
		return;
	site->boards_whole = site->sprints_whole = false;
	if (reply->status != 404)
		fail(site, "jira_board", NULL, reply);
}

static void
on_board(void *arg, const struct json_span *item, int64_t at)
{
	each_board(arg, item, at);
}

static void
ask_boards(struct jirasite *site, const char *project)
{
	char path[128];
	const struct jiralist list = {
		.path = path,
		.values = "values",
		.page = PAGE,
		.each = on_board,
		.end = on_boards_end,
		.arg = site,
	};

	if (project == NULL)
		snprintf(path, sizeof(path), "/rest/agile/1.0/board");
	else
		snprintf(path, sizeof(path),
			 "/rest/agile/1.0/board?projectKeyOrId=%s", project);
	jiralist_walk(site->jira, &list);
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
	begin_board(board->site, board->id, &item, &how);
	free(board);
}

void
jirasite_board(struct jirasite *site, const char *id,
	       void (*end)(void *arg, const struct http_reply *reply),
	       void *arg)
{
	struct board *board = msg_calloc(1, sizeof(*board));
	const struct jira_call call = { JIRA_LIST, on_single_board, board };

	board->site = site;
	board->id = msg_strdup(id);
	board->end = end;
	board->arg = arg;
	jira_get(site->jira, &call, "/rest/agile/1.0/board/%s", id);
}

/* The whole site. */

static void
read_cursor(struct jirasite *site)
{
	static const char *const want[] = { "users", "users_at" };
	struct json_span spans[2];
	struct json_error error;
	struct json_paths *paths;
	size_t len;
	const char *text = source_cursor(site->jira->source, scope, &len);

	if (text == NULL)
		return;
	paths = json_paths(want, 2);
	if (json_scan(paths, text, len, spans, &error) != 0 ||
	    !json_int(&spans[0], &site->user_count) ||
	    spans[1].type != JSON_STRING ||
	    !times_parse(spans[1].at, spans[1].len, &site->users_at) ||
	    site->jira->now - site->users_at >= day)
		site->user_count = site->users_at = 0;
	json_paths_free(paths);
}

struct jirasite *
jirasite_new(struct jira *jira, void (*found)(void *arg, const char *project),
	     void *arg)
{
	struct jirasite *site = msg_calloc(1, sizeof(*site));
	size_t count = 0;

	site->jira = jira;
	site->found = found;
	site->arg = arg;
	site->boards_whole = site->sprints_whole = true;
	while (jira->keys != NULL && jira->keys[count] != NULL)
		count++;
	site->key_found = msg_calloc(count, sizeof(*site->key_found));
	site->asked_at = clock_now();
	read_cursor(site);
	return site;
}

void
jirasite_free(struct jirasite *site)
{
	if (site == NULL)
		return;
	free_ids(&site->users);
	free_ids(&site->boards);
	free_ids(&site->sprints);
	free(site->key_found);
	free(site);
}

static void
ask_users(struct jirasite *site)
{
	const struct list users = { .type = "jira_user",
				    .each = each_user,
				    .end = end_users };
	const struct jiralist pages = {
		.path = site->jira->cloud ? "/rest/api/3/users/search"
					  : "/rest/api/2/user/search?username=."
					    "&includeInactive=true",
		.page = USER_PAGE,
		.until_empty = true,
		.expected = (size_t)site->user_count,
	};

	walk(site, &users, &pages);
}

static void
ask_projects(struct jirasite *site)
{
	const struct list projects = { .type = "jira_project",
				       .each = each_project,
				       .end = end_projects };
	const struct jiralist cloud = { .path = "/rest/api/3/project/search",
					.values = "values",
					.page = PAGE };
	const struct jiralist dc = { .path = "/rest/api/2/project" };

	walk(site, &projects, site->jira->cloud ? &cloud : &dc);
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

static void
ask_all_boards(struct jirasite *site)
{
	const char *const *key = site->jira->keys;

	if (key == NULL) {
		ask_boards(site, NULL);
		return;
	}
	site->boards_whole = site->sprints_whole = false;
	for (; *key != NULL; key++)
		if (is_project_key(*key))
			ask_boards(site, *key);
}

static void
checkpoint(struct jirasite *site)
{
	struct jsonw text = { 0 };

	jsonw_open(&text, '{');
	jsonw_key(&text, "at");
	jsonw_time(&text, site->jira->now);
	if (site->users_at != 0) {
		jsonw_key(&text, "users");
		jsonw_int(&text, site->user_count);
		jsonw_key(&text, "users_at");
		jsonw_time(&text, site->users_at);
	}
	jsonw_close(&text, '}');
	source_checkpoint(site->jira->source, scope, text.text, text.len);
	source_completed(site->jira->source, scope);
	jsonw_free(&text);
}

int
jirasite_fields(struct jirasite *site)
{
	const struct list fields = { .type = "jira_field", .each = each_field };
	char path[64];
	const struct jiralist page = { .path = path };
	int code;

	snprintf(path, sizeof(path), "%s/field", site->jira->api);
	walk(site, &fields, &page);
	code = source_run(site->jira->source);
	jirafields_settle(&site->jira->fields);
	return code;
}

static void
ask_the_rest(struct jirasite *site)
{
	struct source *source = site->jira->source;
	const struct list statuses = { .type = "jira_status",
				       .each = each_status };
	char path[64];
	const struct jiralist page = { .path = path };
	struct workflows *workflows;

	ask_projects(site);
	if (source_wants(source, "jira_status")) {
		snprintf(path, sizeof(path), "%s/status", site->jira->api);
		walk(site, &statuses, &page);
	}
	if (source_wants(source, "jira_user"))
		ask_users(site);
	if (source_wants(source, "jira_workflow")) {
		workflows = msg_calloc(1, sizeof(*workflows));
		workflows->site = site;
		ask_workflows(workflows);
	}
	if (source_wants(source, "jira_board") ||
	    source_wants(source, "jira_sprint"))
		ask_all_boards(site);
}

/* Fields and projects are asked for in any case; that alone is no scope. */
static bool
is_wanted(const struct jirasite *site)
{
	static const char *const types[] = { "jira_project",  "jira_board",
					     "jira_sprint",   "jira_status",
					     "jira_workflow", "jira_user",
					     "jira_field" };
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (source_wants(site->jira->source, types[i]))
			return true;
	return false;
}

int
jirasite_run(struct jirasite *site)
{
	int code = jirasite_fields(site);

	if (code != EX_OK)
		return code;
	ask_the_rest(site);
	source_progress(site->jira->source, 0, 0, "lists of the site");
	if ((code = source_run(site->jira->source)) != EX_OK)
		return code;
	if (site->boards_whole)
		emit_keys(site, "jira_board", &site->boards);
	if (site->boards_whole && site->sprints_whole)
		emit_keys(site, "jira_sprint", &site->sprints);
	if (!site->failed && is_wanted(site))
		checkpoint(site);
	return EX_OK;
}
