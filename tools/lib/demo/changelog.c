#include "demo/changelog.h"

#include <stdio.h>
#include <string.h>

#include "demo/member.h"
#include "demo/stock.h"
#include "demo/ticket.h"
#include "demo/wording.h"

enum { VALUE = 1024 };

/* What an item's value is called: id and name, either may be missing. */
struct naming {
	char id[VALUE], name[VALUE];
	bool has_id, has_name;
};

static const struct {
	const char *id, *field;
} fields[] = {
	[TRACKER_STATUS] = { "status", "status" },
	[TRACKER_RESOLUTION] = { "resolution", "resolution" },
	[TRACKER_ASSIGNEE] = { "assignee", "assignee" },
	[TRACKER_SPRINT] = { CATALOG_SPRINT_FIELD, "Sprint" },
	[TRACKER_POINTS] = { CATALOG_POINTS_FIELD, "Story Points" },
	[TRACKER_SUMMARY] = { "summary", "summary" },
	[TRACKER_DESCRIPTION] = { "description", "description" },
	[TRACKER_PRIORITY] = { "priority", "priority" },
	[TRACKER_LABELS] = { "labels", "labels" },
	[TRACKER_TYPE] = { "issuetype", "issuetype" },
	[TRACKER_PROJECT] = { "project", "project" },
	[TRACKER_KEY] = { "issuekey", "Key" },
	[TRACKER_PARENT] = { "parent", "IssueParentAssociation" },
	[TRACKER_RANK] = { "customfield_10019", "Rank" },
	[TRACKER_FLAGGED] = { "customfield_10021", "Flagged" },
	[TRACKER_FIX_VERSION] = { "fixVersions", "Fix Version" },
	[TRACKER_LINK] = { "issuelinks", "Link" },
};

static void
name_sprints(const struct tracker *tracker, int32_t set, struct naming *n)
{
	const int32_t *ids;
	size_t i, count = sprintset_ids(tracker->sets, set, &ids), id = 0,
		  name = 0;

	n->id[0] = n->name[0] = '\0';
	for (i = 0; i < count && id < VALUE - 16 && name < VALUE - 80; i++) {
		id += (size_t)snprintf(n->id + id, VALUE - id, "%s%d",
				       i == 0 ? "" : ", ", ids[i]);
		name += (size_t)snprintf(n->name + name, VALUE - name, "%s%s",
					 i == 0 ? "" : ", ",
					 tracker_sprint(tracker, ids[i])->name);
	}
}

static void
name_labels(const struct tracker *tracker, const struct tracker_issue *issue,
	    int32_t bits, struct naming *n)
{
	const struct catalog_flow *flow =
		tracker->projects[issue->value[TRACKER_PROJECT]].flow;
	size_t len = 0;
	int i;

	n->has_id = false;
	n->name[0] = '\0';
	for (i = 0; i < 4; i++)
		if (bits >> i & 1)
			len += (size_t)snprintf(n->name + len, VALUE - len,
						"%s%s", len == 0 ? "" : " ",
						flow->labels[i]);
}

static void
name_user(const struct tracker *tracker, int32_t user, struct naming *n)
{
	bool dc = tracker->world->config.data_center;

	if (user < 0) {
		n->has_id = n->has_name = false;
		return;
	}
	if (dc)
		snprintf(n->id, VALUE, "JIRAUSER%d",
			 tracker->users[user].number);
	else
		snprintf(n->id, VALUE, "%s", tracker->users[user].account_id);
	snprintf(n->name, VALUE, "%s", tracker->users[user].display);
}

static void
name_row(int32_t id, const char *name, struct naming *n)
{
	snprintf(n->id, VALUE, "%d", id);
	snprintf(n->name, VALUE, "%s", name);
}

static void
name_catalog(enum tracker_field field, int32_t value, struct naming *n)
{
	const struct catalog_named *table =
		field == TRACKER_RESOLUTION ? catalog_resolutions
		: field == TRACKER_PRIORITY ? catalog_priorities
					    : catalog_versions;

	if (value < 0) {
		n->has_id = n->has_name = false;
		return;
	}
	name_row(table[value].id, table[value].name, n);
}

static void
name_text(const struct tracker *tracker, const struct tracker_issue *issue,
	  enum tracker_field field, int32_t value, struct naming *n)
{
	n->has_id = false;
	switch (field) {
	case TRACKER_POINTS:
		n->has_name = value >= 0;
		snprintf(n->name, VALUE, "%d%s", value / 2,
			 value % 2 != 0 ? ".5" : "");
		return;
	case TRACKER_SUMMARY:
		wording_summary(tracker, issue, value, n->name, VALUE);
		return;
	case TRACKER_KEY:
		tracker_key_text(tracker, value, n->name);
		return;
	case TRACKER_FLAGGED:
		snprintf(n->name, VALUE, "%s", value ? "Impediment" : "");
		return;
	case TRACKER_RANK:
		snprintf(n->name, VALUE, "%s",
			 value == 0 ? "" : "Ranked higher");
		return;
	default:
		snprintf(n->name, VALUE,
			 "Wording %d of the text, with \"quotes\" and\nlines",
			 value);
	}
}

static void
name_issue(const struct tracker *tracker, enum tracker_field field,
	   int32_t issue, struct naming *n)
{
	char key[TRACKER_KEY_SIZE];

	if (issue < 0) {
		n->has_id = n->has_name = false;
		return;
	}
	tracker_key(tracker, &tracker->issues[issue], key);
	snprintf(n->id, VALUE, "%s", key);
	snprintf(n->name, VALUE, "%s%s",
		 field == TRACKER_LINK ? "This issue blocks " : "", key);
}

static void
name_value(const struct tracker *tracker, const struct tracker_issue *issue,
	   enum tracker_field field, int32_t value, struct naming *n)
{
	n->has_id = n->has_name = true;
	switch (field) {
	case TRACKER_STATUS:
		name_row(catalog_statuses[value].id,
			 catalog_statuses[value].name, n);
		return;
	case TRACKER_TYPE:
		name_row(catalog_types[value].id, catalog_types[value].name, n);
		return;
	case TRACKER_PROJECT:
		name_row(tracker->projects[value].id,
			 tracker->projects[value].name, n);
		return;
	case TRACKER_ASSIGNEE:
		name_user(tracker, value, n);
		return;
	case TRACKER_SPRINT:
		name_sprints(tracker, value, n);
		return;
	case TRACKER_LABELS:
		name_labels(tracker, issue, value, n);
		return;
	case TRACKER_RESOLUTION:
	case TRACKER_PRIORITY:
	case TRACKER_FIX_VERSION:
		name_catalog(field, value, n);
		return;
	case TRACKER_LINK:
	case TRACKER_PARENT:
		name_issue(tracker, field, value, n);
		return;
	default:
		name_text(tracker, issue, field, value, n);
	}
}

static bool
is_custom(enum tracker_field field)
{
	return strncmp(fields[field].id, "customfield_", 12) == 0;
}

/* The field's id; story points go by the project's flow. */
static const char *
field_id(const struct tracker *tracker, const struct tracker_issue *issue,
	 enum tracker_field field)
{
	if (field != TRACKER_POINTS)
		return fields[field].id;
	return tracker->projects[issue->value[TRACKER_PROJECT]].flow->points;
}

static void
put_side(struct jsonw *w, const struct naming *n, bool from)
{
	jsonw_put_string(w, from ? "from" : "to", n->has_id ? n->id : NULL);
	jsonw_put_string(w, from ? "fromString" : "toString",
			 n->has_name ? n->name : NULL);
}

static void
put_item(const struct tracker *tracker, const struct tracker_issue *issue,
	 const struct tracker_item *item, struct jsonw *w)
{
	enum tracker_field field = (enum tracker_field)item->field;
	const char *id = field_id(tracker, issue, field);
	struct naming n;

	jsonw_open(w, '{');
	jsonw_put_string(w, "field",
			 strcmp(id, CATALOG_ESTIMATE_FIELD) == 0
				 ? "Story point estimate"
				 : fields[field].field);
	jsonw_put_string(w, "fieldtype", is_custom(field) ? "custom" : "jira");
	if (!tracker->world->config.data_center)
		jsonw_put_string(w, "fieldId", id);
	name_value(tracker, issue, field, item->from, &n);
	put_side(w, &n, true);
	name_value(tracker, issue, field, item->to, &n);
	put_side(w, &n, false);
	jsonw_close(w, '}');
}

static bool
item_is_chosen(const struct tracker *tracker, const struct tracker_issue *issue,
	       const struct tracker_item *item, const bool *chosen)
{
	const char *id =
		field_id(tracker, issue, (enum tracker_field)item->field);
	int field = ticket_field(id, strlen(id));

	return chosen == NULL || (field >= 0 && chosen[field]);
}

bool
changelog_is_chosen(const struct tracker *tracker,
		    const struct tracker_issue *issue,
		    const struct tracker_change *change, const bool *chosen)
{
	unsigned i;

	for (i = 0; i < change->count; i++)
		if (item_is_chosen(tracker, issue, &change->items[i], chosen))
			return true;
	return false;
}

void
changelog_put(const struct tracker *tracker, const struct tracker_issue *issue,
	      const struct tracker_change *change,
	      const struct changelog_style *style, struct jsonw *w)
{
	unsigned i;

	jsonw_open(w, '{');
	member_id(w, "id", change->id);
	if (change->author >= 0)
		stock_member(w, "author",
			     &tracker->stock->users[change->author]);
	if (style->epoch)
		jsonw_put_int(w, "created", change->at);
	else
		member_time(w, "created", tracker, change->at);
	jsonw_key(w, "items");
	jsonw_open(w, '[');
	for (i = 0; i < change->count; i++)
		if (item_is_chosen(tracker, issue, &change->items[i],
				   style->chosen))
			put_item(tracker, issue, &change->items[i], w);
	jsonw_close(w, ']');
	jsonw_close(w, '}');
}
