#include "demo/stock.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "demo/member.h"
#include "demo/wording.h"

void
stock_put(struct jsonw *w, const struct stock_piece *piece)
{
	jsonw_raw(w, piece->json, piece->len);
}

void
stock_member(struct jsonw *w, const char *name, const struct stock_piece *piece)
{
	jsonw_key(w, name);
	stock_put(w, piece);
}

static struct stock_piece
keep(struct jsonw *w)
{
	struct stock_piece piece = { w->text, w->len };

	*w = (struct jsonw){ 0 };
	return piece;
}

static void
avatars(struct jsonw *w, const char *format, int64_t number)
{
	static const char *const sizes[] = { "48x48", "24x24", "16x16",
					     "32x32" };
	char url[256];
	size_t i;

	jsonw_key(w, "avatarUrls");
	jsonw_open(w, '{');
	for (i = 0; i < 4; i++) {
		snprintf(url, sizeof(url),
			 "https://avatar-management--avatars.us-west-2.prod."
			 "public.atl-paas.net/%s/%" PRIx64 "/%.2s?d=https%%3A"
			 "%%2F%%2Favatar.acme.test%%2Finitials%%2F%" PRId64
			 ".png",
			 format, (uint64_t)number * 0x9e3779b97f4a7c15u,
			 sizes[i], number);
		jsonw_put_string(w, sizes[i], url);
	}
	jsonw_close(w, '}');
}

static void
user_cloud(struct jsonw *w, const struct tracker *tracker,
	   const struct tracker_user *user, bool listed)
{
	member_self(w, tracker, "api/3/user?accountId=%s", user->account_id);
	jsonw_put_string(w, "accountId", user->account_id);
	if (listed)
		jsonw_put_string(w, "accountType",
				 user->app ? "app" : "atlassian");
	if (user->email != NULL)
		jsonw_put_string(w, "emailAddress", user->email);
	avatars(w, "initials", user->number);
	jsonw_put_string(w, "displayName", user->display);
	jsonw_put_bool(w, "active", user->active);
	if (listed) {
		if (!user->app)
			jsonw_put_string(w, "locale", "en_GB");
		return;
	}
	jsonw_put_string(w, "timeZone",
			 user->zone != NULL ? user->zone
					    : tracker->world->config.zone);
	jsonw_put_string(w, "accountType", user->app ? "app" : "atlassian");
}

static void
user_dc(struct jsonw *w, const struct tracker *tracker,
	const struct tracker_user *user, bool listed)
{
	char key[32];

	snprintf(key, sizeof(key), "JIRAUSER%d", user->number);
	member_self(w, tracker, "api/2/user?username=%s", user->name);
	jsonw_put_string(w, "name", user->name);
	jsonw_put_string(w, "key", key);
	if (user->email != NULL)
		jsonw_put_string(w, "emailAddress", user->email);
	avatars(w, "useravatar", user->number);
	jsonw_put_string(w, "displayName", user->display);
	jsonw_put_bool(w, "active", user->active);
	if (listed) {
		jsonw_put_bool(w, "deleted", false);
		jsonw_put_string(w, "locale", "en_GB");
	}
	jsonw_put_string(w, "timeZone",
			 user->zone != NULL ? user->zone
					    : tracker->world->config.zone);
}

static struct stock_piece
user_piece(const struct tracker *tracker, const struct tracker_user *user,
	   bool listed)
{
	struct jsonw w = { 0 };

	jsonw_open(&w, '{');
	if (tracker->world->config.data_center)
		user_dc(&w, tracker, user, listed);
	else
		user_cloud(&w, tracker, user, listed);
	jsonw_close(&w, '}');
	return keep(&w);
}

static struct stock_piece
project_piece(const struct tracker *tracker,
	      const struct tracker_project *project)
{
	bool own = project->flow->team_managed;
	struct jsonw w = { 0 };

	jsonw_open(&w, '{');
	member_self(&w, tracker, "%s/project/%d", member_api(tracker),
		    project->id);
	member_id(&w, "id", project->id);
	jsonw_put_string(&w, "key", project->key);
	jsonw_put_string(&w, "name", project->name);
	jsonw_put_string(&w, "projectTypeKey", "software");
	if (!tracker->world->config.data_center)
		jsonw_put_bool(&w, "simplified", own);
	avatars(&w, "universal_avatar/view/type/project", project->id);
	jsonw_close(&w, '}');
	return keep(&w);
}

static void
scope(struct jsonw *w, const struct tracker *tracker, const char *key)
{
	int project;

	if (key == NULL || tracker->world->config.data_center)
		return;
	project = tracker_project(tracker, key, strlen(key));
	if (project < 0)
		return;
	jsonw_key(w, "scope");
	jsonw_open(w, '{');
	jsonw_put_string(w, "type", "PROJECT");
	jsonw_key(w, "project");
	jsonw_open(w, '{');
	member_id(w, "id", tracker->projects[project].id);
	jsonw_close(w, '}');
	jsonw_close(w, '}');
}

static struct stock_piece
type_piece(const struct tracker *tracker, const struct catalog_type *type)
{
	struct jsonw w = { 0 };
	char icon[160];

	snprintf(icon, sizeof(icon),
		 "https://acme.atlassian.net/rest/api/2/universal_avatar/view/"
		 "type/issuetype/avatar/%d?size=medium",
		 10300 + type->kind);
	jsonw_open(&w, '{');
	member_self(&w, tracker, "%s/issuetype/%d", member_api(tracker),
		    type->id);
	member_id(&w, "id", type->id);
	jsonw_put_string(
		&w, "description",
		type->kind == CATALOG_STORY
			? "Functionality or a feature expressed as a user "
			  "goal."
		: type->kind == CATALOG_BUG
			? "A problem or error."
			: "A small, distinct piece of work.");
	jsonw_put_string(&w, "iconUrl", icon);
	jsonw_put_string(&w, "name", type->name);
	jsonw_put_bool(&w, "subtask", type->kind == CATALOG_SUBTASK);
	jsonw_put_int(&w, "avatarId", 10300 + type->kind);
	if (!tracker->world->config.data_center)
		jsonw_put_int(&w, "hierarchyLevel",
			      type->kind == CATALOG_EPIC      ? 1
			      : type->kind == CATALOG_SUBTASK ? -1
							      : 0);
	scope(&w, tracker, type->project);
	jsonw_close(&w, '}');
	return keep(&w);
}

static struct stock_piece
category_piece(const struct tracker *tracker, enum catalog_category category)
{
	struct jsonw w = { 0 };

	jsonw_open(&w, '{');
	member_self(&w, tracker, "%s/statuscategory/%d", member_api(tracker),
		    catalog_category_ids[category]);
	jsonw_put_int(&w, "id", catalog_category_ids[category]);
	jsonw_put_string(&w, "key", catalog_category_keys[category]);
	jsonw_put_string(&w, "colorName", catalog_category_colors[category]);
	jsonw_put_string(&w, "name", catalog_category_names[category]);
	jsonw_close(&w, '}');
	return keep(&w);
}

static struct stock_piece
status_piece(const struct tracker *tracker, const struct stock *stock,
	     const struct catalog_status *status)
{
	struct jsonw w = { 0 };

	jsonw_open(&w, '{');
	member_self(&w, tracker, "%s/status/%d", member_api(tracker),
		    status->id);
	jsonw_put_string(&w, "description", "");
	jsonw_put_string(&w, "iconUrl",
			 "https://acme.atlassian.net/images/icons/statuses/"
			 "generic.png");
	jsonw_put_string(&w, "name", status->name);
	if (!tracker->world->config.data_center)
		jsonw_put_string(&w, "untranslatedName", status->name);
	member_id(&w, "id", status->id);
	stock_member(&w, "statusCategory",
		     &stock->categories[status->category]);
	scope(&w, tracker, status->project);
	jsonw_close(&w, '}');
	return keep(&w);
}

static struct stock_piece
named_piece(const struct tracker *tracker, const char *what,
	    const struct catalog_named *named)
{
	struct jsonw w = { 0 };

	jsonw_open(&w, '{');
	member_self(&w, tracker, "%s/%s/%d", member_api(tracker), what,
		    named->id);
	if (strcmp(what, "priority") == 0)
		jsonw_put_string(&w, "iconUrl",
				 "https://acme.atlassian.net/images/icons/"
				 "priorities/medium_new.svg");
	else
		jsonw_put_string(&w, "description", "");
	jsonw_put_string(&w, "name", named->name);
	member_id(&w, "id", named->id);
	if (strcmp(what, "version") == 0) {
		jsonw_put_bool(&w, "archived", false);
		jsonw_put_bool(&w, "released", true);
		jsonw_put_string(&w, "releaseDate", "2026-01-15");
	}
	jsonw_close(&w, '}');
	return keep(&w);
}

static struct stock_piece *
named_pieces(const struct tracker *tracker, const char *what,
	     const struct catalog_named *named, size_t count)
{
	struct stock_piece *pieces = msg_calloc(count, sizeof(*pieces));
	size_t i;

	for (i = 0; i < count; i++)
		pieces[i] = named_piece(tracker, what, &named[i]);
	return pieces;
}

static void
write_paragraph(const struct tracker *tracker, struct stock *stock, unsigned i)
{
	struct jsonw w = { 0 };
	char text[WORDING_SIZE];

	wording_paragraph(tracker, i, text);
	jsonw_string(&w, text);
	/* Without its quotes: texts are joined to a longer one. */
	stock->texts[i].len = w.len - 2;
	stock->texts[i].json = msg_calloc(w.len, 1);
	memcpy(stock->texts[i].json, w.text + 1, w.len - 2);
	jsonw_reset(&w);
	jsonw_open(&w, '{');
	jsonw_put_string(&w, "type", "paragraph");
	jsonw_key(&w, "content");
	jsonw_open(&w, '[');
	jsonw_open(&w, '{');
	jsonw_put_string(&w, "type", "text");
	jsonw_put_string(&w, "text", text);
	jsonw_close(&w, '}');
	jsonw_close(&w, ']');
	jsonw_close(&w, '}');
	stock->nodes[i] = keep(&w);
}

static void
write_users(const struct tracker *tracker, struct stock *stock)
{
	size_t count = (size_t)tracker->user_count, i;

	stock->users = msg_calloc(count, sizeof(*stock->users));
	stock->people = msg_calloc(count, sizeof(*stock->people));
	for (i = 0; i < count; i++) {
		stock->users[i] =
			user_piece(tracker, &tracker->users[i], false);
		stock->people[i] =
			user_piece(tracker, &tracker->users[i], true);
	}
}

static void
write_statuses(const struct tracker *tracker, struct stock *stock)
{
	size_t i;

	stock->categories =
		msg_calloc(CATALOG_DONE + 1, sizeof(*stock->categories));
	for (i = 0; i <= CATALOG_DONE; i++)
		stock->categories[i] =
			category_piece(tracker, (enum catalog_category)i);
	stock->statuses =
		msg_calloc(catalog_status_count, sizeof(*stock->statuses));
	for (i = 0; i < catalog_status_count; i++)
		stock->statuses[i] =
			status_piece(tracker, stock, &catalog_statuses[i]);
	stock->types = msg_calloc(catalog_type_count, sizeof(*stock->types));
	for (i = 0; i < catalog_type_count; i++)
		stock->types[i] = type_piece(tracker, &catalog_types[i]);
}

struct stock *
stock_new(const struct tracker *tracker)
{
	struct stock *stock = msg_calloc(1, sizeof(*stock));
	unsigned i;
	int p;

	write_users(tracker, stock);
	write_statuses(tracker, stock);
	stock->projects = msg_calloc((size_t)tracker->project_count,
				     sizeof(*stock->projects));
	for (p = 0; p < tracker->project_count; p++)
		stock->projects[p] =
			project_piece(tracker, &tracker->projects[p]);
	stock->priorities =
		named_pieces(tracker, "priority", catalog_priorities,
			     catalog_priority_count);
	stock->resolutions =
		named_pieces(tracker, "resolution", catalog_resolutions,
			     catalog_resolution_count);
	stock->versions = named_pieces(tracker, "version", catalog_versions,
				       catalog_version_count);
	for (i = 0; i < STOCK_PARAGRAPHS; i++)
		write_paragraph(tracker, stock, i);
	return stock;
}

static void
drop(struct stock_piece *pieces, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		free(pieces[i].json);
}

static void
drop_all(struct stock_piece *pieces, size_t count)
{
	drop(pieces, count);
	free(pieces);
}

void
stock_free(struct stock *stock, const struct tracker *tracker)
{
	if (stock == NULL)
		return;
	drop_all(stock->users, (size_t)tracker->user_count);
	drop_all(stock->people, (size_t)tracker->user_count);
	drop_all(stock->projects, (size_t)tracker->project_count);
	drop_all(stock->types, catalog_type_count);
	drop_all(stock->statuses, catalog_status_count);
	drop_all(stock->categories, CATALOG_DONE + 1);
	drop_all(stock->priorities, catalog_priority_count);
	drop_all(stock->resolutions, catalog_resolution_count);
	drop_all(stock->versions, catalog_version_count);
	drop(stock->nodes, STOCK_PARAGRAPHS);
	drop(stock->texts, STOCK_PARAGRAPHS);
	free(stock);
}
