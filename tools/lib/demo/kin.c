#include "demo/kin.h"

#include "demo/member.h"
#include "demo/stock.h"
#include "demo/wording.h"

bool
kin_is_subtask(const struct tracker_issue *issue)
{
	return catalog_types[issue->value[TRACKER_TYPE]].kind ==
	       CATALOG_SUBTASK;
}

static void
put_fields(const struct tracker *tracker, const struct tracker_issue *issue,
	   struct jsonw *w)
{
	const struct stock *stock = tracker->stock;
	const int32_t *value = issue->value;
	char text[256];

	wording_summary(tracker, issue, value[TRACKER_SUMMARY], text,
			sizeof(text));
	jsonw_key(w, "fields");
	jsonw_open(w, '{');
	jsonw_put_string(w, "summary", text);
	stock_member(w, "status", &stock->statuses[value[TRACKER_STATUS]]);
	stock_member(w, "priority",
		     &stock->priorities[value[TRACKER_PRIORITY]]);
	stock_member(w, "issuetype", &stock->types[value[TRACKER_TYPE]]);
	jsonw_close(w, '}');
}

void
kin_brief(const struct tracker *tracker, int32_t index, struct jsonw *w)
{
	const struct tracker_issue *issue = &tracker->issues[index];
	char key[TRACKER_KEY_SIZE];

	tracker_key(tracker, issue, key);
	jsonw_open(w, '{');
	member_id(w, "id", issue->id);
	jsonw_put_string(w, "key", key);
	member_self(w, tracker, "%s/issue/%d", member_api(tracker), issue->id);
	put_fields(tracker, issue, w);
	jsonw_close(w, '}');
}

void
kin_subtasks(const struct tracker *tracker, int32_t index, struct jsonw *w)
{
	int32_t i, end = index + KIN_AHEAD;

	jsonw_open(w, '[');
	if (end > tracker->issue_count)
		end = tracker->issue_count;
	for (i = index + 1; i < end; i++)
		if (tracker->issues[i].value[TRACKER_PARENT] == index &&
		    kin_is_subtask(&tracker->issues[i]) &&
		    !tracker->issues[i].deleted)
			kin_brief(tracker, i, w);
	jsonw_close(w, ']');
}

void
kin_links(const struct tracker *tracker, int32_t index, struct jsonw *w)
{
	const struct tracker_issue *issue = &tracker->issues[index];
	int32_t link = issue->value[TRACKER_LINK];

	jsonw_open(w, '[');
	if (link >= 0 && !tracker->issues[link].deleted) {
		jsonw_open(w, '{');
		member_id(w, "id", issue->id + 100000);
		jsonw_key(w, "type");
		jsonw_open(w, '{');
		member_id(w, "id", 10000);
		jsonw_put_string(w, "name", "Blocks");
		jsonw_put_string(w, "inward", "is blocked by");
		jsonw_put_string(w, "outward", "blocks");
		jsonw_close(w, '}');
		jsonw_key(w, "outwardIssue");
		kin_brief(tracker, link, w);
		jsonw_close(w, '}');
	}
	jsonw_close(w, ']');
}

void
kin_epic(const struct tracker *tracker, int32_t index, struct jsonw *w)
{
	const struct tracker_issue *issue = &tracker->issues[index];
	int32_t parent = issue->value[TRACKER_PARENT];
	char key[TRACKER_KEY_SIZE];

	if (parent < 0 || kin_is_subtask(issue)) {
		jsonw_null(w);
		return;
	}
	tracker_key(tracker, &tracker->issues[parent], key);
	jsonw_string(w, key);
}
