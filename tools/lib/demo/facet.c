#include "demo/facet.h"

#include <stdio.h>
#include <string.h>

#include "demo/agile.h"
#include "demo/kin.h"
#include "demo/member.h"
#include "demo/stock.h"
#include "demo/wording.h"

/* Some number that belongs to this issue and purpose and never changes. */
static unsigned
pick(const struct tracker_issue *issue, int32_t purpose, unsigned bound)
{
	uint64_t z = (uint64_t)issue->id * 0x9e3779b97f4a7c15u +
		     (uint64_t)purpose * 0xbf58476d1ce4e5b9u;

	z = (z ^ (z >> 30)) * 0x94d049bb133111ebu;
	return (unsigned)((z ^ (z >> 31)) % bound);
}

static void
put_prose(const struct facet *of, int32_t wording, unsigned count, bool rich)
{
	const struct stock *stock = of->tracker->stock;
	struct jsonw *w = of->w;
	unsigned i, n;

	if (!rich)
		jsonw_open(w, '"');
	else {
		jsonw_open(w, '{');
		jsonw_put_string(w, "type", "doc");
		jsonw_put_int(w, "version", 1);
		jsonw_key(w, "content");
		jsonw_open(w, '[');
	}
	for (i = 0; i < count; i++) {
		n = pick(of->issue, wording * 16 + (int32_t)i,
			 STOCK_PARAGRAPHS);
		if (rich) {
			stock_put(w, &stock->nodes[n]);
			continue;
		}
		w->comma = 0;
		if (i > 0)
			jsonw_raw(w, "\\n\\n", 4);
		w->comma = 0;
		jsonw_raw(w, stock->texts[n].json, stock->texts[n].len);
	}
	if (rich)
		jsonw_close(w, ']');
	jsonw_close(w, rich ? '}' : '"');
}

static void
put_description(const struct facet *of)
{
	int32_t wording = of->issue->value[TRACKER_DESCRIPTION];

	if (wording == 0 && pick(of->issue, 7, 5) == 0)
		jsonw_null(of->w);
	else
		put_prose(of, 100 + wording, 3 + pick(of->issue, 8, 4),
			  of->rich);
}

static void
put_comment(const struct facet *of, const struct tracker_comment *comment)
{
	const struct stock *stock = of->tracker->stock;
	struct jsonw *w = of->w;

	jsonw_open(w, '{');
	member_self(w, of->tracker, "%s/issue/%d/comment/%d",
		    member_api(of->tracker), of->issue->id, comment->id);
	member_id(w, "id", comment->id);
	stock_member(w, "author", &stock->users[comment->author]);
	jsonw_key(w, "body");
	put_prose(of, 1000 + comment->id, 1, of->rich);
	stock_member(w, "updateAuthor", &stock->users[comment->author]);
	member_time(w, "created", of->tracker, comment->at);
	member_time(w, "updated", of->tracker, comment->at);
	if (!of->tracker->world->config.data_center)
		jsonw_put_bool(w, "jsdPublic", true);
	jsonw_close(w, '}');
}

static void
put_comments(const struct facet *of)
{
	struct jsonw *w = of->w;
	uint32_t i;

	jsonw_open(w, '{');
	jsonw_key(w, "comments");
	jsonw_open(w, '[');
	for (i = 0; i < of->issue->comment_count; i++)
		put_comment(of, &of->issue->comments[i]);
	jsonw_close(w, ']');
	member_self(w, of->tracker, "%s/issue/%d/comment",
		    member_api(of->tracker), of->issue->id);
	jsonw_put_int(w, "maxResults", of->issue->comment_count);
	jsonw_put_int(w, "total", of->issue->comment_count);
	jsonw_put_int(w, "startAt", 0);
	jsonw_close(w, '}');
}

static void
put_user(const struct facet *of, int32_t user)
{
	if (user < 0)
		jsonw_null(of->w);
	else
		stock_put(of->w, &of->tracker->stock->users[user]);
}

static void
put_summary(const struct facet *of, const struct tracker_issue *issue)
{
	char text[256];

	wording_summary(of->tracker, issue, issue->value[TRACKER_SUMMARY], text,
			sizeof(text));
	jsonw_string(of->w, text);
}

static void
put_labels(const struct facet *of)
{
	const struct tracker_project *project =
		&of->tracker->projects[of->issue->value[TRACKER_PROJECT]];
	int i;

	jsonw_open(of->w, '[');
	for (i = 0; i < 4; i++)
		if (of->issue->value[TRACKER_LABELS] >> i & 1)
			jsonw_string(of->w, project->flow->labels[i]);
	jsonw_close(of->w, ']');
}

static void
put_versions(const struct facet *of)
{
	int32_t index = of->issue->value[TRACKER_FIX_VERSION];

	jsonw_open(of->w, '[');
	if (index >= 0)
		stock_put(of->w, &of->tracker->stock->versions[index]);
	jsonw_close(of->w, ']');
}

static void
put_watches(const struct facet *of, bool votes)
{
	char key[TRACKER_KEY_SIZE];

	tracker_key(of->tracker, of->issue, key);
	jsonw_open(of->w, '{');
	member_self(of->w, of->tracker, "%s/issue/%s/%s",
		    member_api(of->tracker), key, votes ? "votes" : "watchers");
	jsonw_put_int(of->w, votes ? "votes" : "watchCount",
		      pick(of->issue, votes, 4));
	jsonw_put_bool(of->w, votes ? "hasVoted" : "isWatching", false);
	jsonw_close(of->w, '}');
}

static void
put_rank(const struct facet *of)
{
	char rank[32];

	snprintf(rank, sizeof(rank),
		 "0|i%05x:", of->issue->value[TRACKER_RANK]);
	jsonw_string(of->w, rank);
}

static void
put_sprints(const struct facet *of)
{
	const int32_t *ids;
	size_t i, count = sprintset_ids(of->tracker->sets,
					of->issue->value[TRACKER_SPRINT], &ids);

	if (count == 0) {
		jsonw_null(of->w);
		return;
	}
	jsonw_open(of->w, '[');
	for (i = 0; i < count; i++)
		agile_sprint_value(of->tracker, ids[i], of->w);
	jsonw_close(of->w, ']');
}

static void
put_points(const struct facet *of, const char *field)
{
	const struct tracker_project *project =
		&of->tracker->projects[of->issue->value[TRACKER_PROJECT]];
	int32_t points = of->issue->value[TRACKER_POINTS];
	char text[16];

	if (points < 0 || strcmp(project->flow->points, field) != 0) {
		jsonw_null(of->w);
		return;
	}
	snprintf(text, sizeof(text), "%d.%d", points / 2, points % 2 * 5);
	jsonw_raw(of->w, text, strlen(text));
}

static void
put_flagged(const struct facet *of)
{
	struct jsonw *w = of->w;

	if (of->issue->value[TRACKER_FLAGGED] == 0) {
		jsonw_null(w);
		return;
	}
	jsonw_open(w, '[');
	jsonw_open(w, '{');
	member_self(w, of->tracker, "%s/customFieldOption/10019",
		    member_api(of->tracker));
	jsonw_put_string(w, "value", "Impediment");
	member_id(w, "id", 10019);
	jsonw_close(w, '}');
	jsonw_close(w, ']');
}

static void
put_time(const struct facet *of, int64_t at)
{
	char text[WALLCLOCK_SIZE];

	wallclock_format(of->tracker->clock, at, text);
	jsonw_string(of->w, at == 0 ? NULL : text);
}

static void
put_resolution(const struct facet *of)
{
	int32_t resolution = of->issue->value[TRACKER_RESOLUTION];

	if (resolution < 0)
		jsonw_null(of->w);
	else
		stock_put(of->w, &of->tracker->stock->resolutions[resolution]);
}

static void
put_always(const struct facet *of, const struct catalog_field *field)
{
	if (field->source == CATALOG_NULL)
		jsonw_raw(of->w, "null", 4);
	else if (field->source == CATALOG_LIST)
		jsonw_raw(of->w, "[]", 2);
	else
		jsonw_raw(of->w, field->always, strlen(field->always));
}

/* Values that are someone, some time, or a piece of the stock. */
static void
put_common(const struct facet *of, const struct catalog_field *field)
{
	const struct tracker_issue *issue = of->issue;
	const struct stock *stock = of->tracker->stock;
	const int32_t *value = issue->value;

	switch (field->source) {
	case CATALOG_ISSUETYPE:
		stock_put(of->w, &stock->types[value[TRACKER_TYPE]]);
		return;
	case CATALOG_PROJECT:
		stock_put(of->w, &stock->projects[value[TRACKER_PROJECT]]);
		return;
	case CATALOG_STATUS:
		stock_put(of->w, &stock->statuses[value[TRACKER_STATUS]]);
		return;
	case CATALOG_STATUS_CATEGORY:
		stock_put(of->w, &stock->categories[tracker_category(issue)]);
		return;
	case CATALOG_PRIORITY:
		stock_put(of->w, &stock->priorities[value[TRACKER_PRIORITY]]);
		return;
	case CATALOG_ASSIGNEE:
		put_user(of, value[TRACKER_ASSIGNEE]);
		return;
	case CATALOG_REPORTER:
	case CATALOG_CREATOR:
		put_user(of, issue->creator);
		return;
	case CATALOG_STATUS_CHANGED:
		put_time(of, issue->category_changed);
		return;
	case CATALOG_RESOLVED:
		put_time(of, issue->resolved);
		return;
	case CATALOG_CREATED:
		put_time(of, issue->created);
		return;
	case CATALOG_UPDATED:
		put_time(of, issue->updated);
		return;
	default:
		put_always(of, field);
	}
}

void
facet_put(const struct facet *of, const struct catalog_field *field)
{
	switch (field->source) {
	case CATALOG_SUMMARY:
		put_summary(of, of->issue);
		return;
	case CATALOG_RESOLUTION:
		put_resolution(of);
		return;
	case CATALOG_LABELS:
		put_labels(of);
		return;
	case CATALOG_DESCRIPTION:
		put_description(of);
		return;
	case CATALOG_COMMENT:
		put_comments(of);
		return;
	case CATALOG_PARENT:
		kin_brief(of->tracker, of->issue->value[TRACKER_PARENT], of->w);
		return;
	case CATALOG_SUBTASKS:
		kin_subtasks(of->tracker, of->index, of->w);
		return;
	case CATALOG_LINKS:
		kin_links(of->tracker, of->index, of->w);
		return;
	case CATALOG_VERSIONS:
		put_versions(of);
		return;
	case CATALOG_WATCHES:
	case CATALOG_VOTES:
		put_watches(of, field->source == CATALOG_VOTES);
		return;
	case CATALOG_RANK:
		put_rank(of);
		return;
	case CATALOG_SPRINT:
		put_sprints(of);
		return;
	case CATALOG_POINTS:
	case CATALOG_ESTIMATE:
		put_points(of, field->id);
		return;
	case CATALOG_FLAGGED:
		put_flagged(of);
		return;
	case CATALOG_EPIC_LINK:
		kin_epic(of->tracker, of->index, of->w);
		return;
	default:
		put_common(of, field);
	}
}

/* parent is missing where there is none, and in Data Center on all but
 * sub-tasks; that flavor has no status category of its own either. */
bool
facet_is_there(const struct facet *of, const struct catalog_field *field)
{
	bool dc = of->tracker->world->config.data_center;

	if (field->source == CATALOG_PARENT)
		return of->issue->value[TRACKER_PARENT] >= 0 &&
		       (!dc || kin_is_subtask(of->issue));
	return !dc || (field->source != CATALOG_STATUS_CATEGORY &&
		       field->source != CATALOG_STATUS_CHANGED);
}
