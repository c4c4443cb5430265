#include "net/jirasite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/msg.h"
#include "base/times.h"
#include "net/jiraboards.h"
#include "net/jiraflows.h"
#include "net/jiraids.h"
#include "net/jiralist.h"

static const int64_t day = 86400000;

enum { PAGE = 50, USER_PAGE = 1000 };

struct jirasite {
	struct jira *jira;
	void (*found)(void *arg, const char *project);
	void *arg;
	bool failed;
	bool *key_found; /* of the chosen projects */
	struct jiraids users;
	struct jiraboards *boards;
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

	if (!whole) {
		const struct source_item what = { jira_site, list->type, NULL };

		list->site->failed = true;
		jira_fail(list->site->jira, &what, reply);
	}
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
		jira_emit(site->jira,
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
		jira_emit(site->jira,
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
	jira_emit(site->jira,
		  &(struct source_record){
			  .type = "jira_user", .key = id, .fetched_at = at },
		  item);
	jiraids_add(&site->users, id);
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
	jira_emit_keys(site->jira, "jira_user", &site->users, site->asked_at);
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
		jira_emit(site->jira,
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

/* The whole site. */

static void
read_cursor(struct jirasite *site)
{
	static const char *const want[] = { "users", "users_at" };
	struct json_span spans[2];
	struct json_error error;
	struct json_paths *paths;
	size_t len;
	const char *text = source_cursor(site->jira->source, jira_site, &len);

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
	site->boards = jiraboards_new(jira);
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
	jiraids_free(&site->users);
	jiraboards_free(site->boards);
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
	source_checkpoint(site->jira->source, jira_site, text.text, text.len);
	source_completed(site->jira->source, jira_site);
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

	ask_projects(site);
	if (source_wants(source, "jira_status")) {
		snprintf(path, sizeof(path), "%s/status", site->jira->api);
		walk(site, &statuses, &page);
	}
	if (source_wants(source, "jira_user"))
		ask_users(site);
	if (source_wants(source, "jira_workflow"))
		jiraflows_ask(site->jira, &site->failed);
	if (source_wants(source, "jira_board") ||
	    source_wants(source, "jira_sprint"))
		jiraboards_ask(site->boards);
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
	jiraboards_keys(site->boards);
	if (!site->failed && !jiraboards_failed(site->boards) &&
	    is_wanted(site))
		checkpoint(site);
	return EX_OK;
}
