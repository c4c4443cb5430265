#include "demo/ticket.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "demo/changelog.h"
#include "demo/facet.h"
#include "demo/member.h"

_Static_assert(TICKET_FIELDS > 110, "room for all fields");

void
ticket_wish(struct ticket_wish *wish, const struct tracker *tracker)
{
	*wish = (struct ticket_wish){
		.rich = !tracker->world->config.data_center
	};
}

int
ticket_field(const char *id, size_t len)
{
	size_t i;

	for (i = 0; i < catalog_field_count; i++)
		if (strlen(catalog_fields[i].id) == len &&
		    memcmp(catalog_fields[i].id, id, len) == 0)
			return (int)i;
	return -1;
}

static void
want(struct ticket_wish *wish, size_t field, bool wanted)
{
	if (catalog_fields[field].source == CATALOG_KEY ||
	    wish->field[field] == wanted)
		return;
	wish->field[field] = wanted;
	wish->count += wanted ? 1 : -1;
}

void
ticket_wish_field(struct ticket_wish *wish, const char *name, size_t len)
{
	bool all = len == 4 && memcmp(name, "*all", 4) == 0;
	bool navigable = len == 10 && memcmp(name, "*navigable", 10) == 0;
	bool without = len > 1 && *name == '-';
	int field;
	size_t i;

	if (all || navigable) {
		wish->wild = true;
		for (i = 0; i < catalog_field_count; i++)
			if (all || catalog_fields[i].navigable)
				want(wish, i, true);
		return;
	}
	field = ticket_field(name + without, len - without);
	if (field >= 0)
		want(wish, (size_t)field, !without);
}

static void
put_fields(const struct facet *of, const struct ticket_wish *wish)
{
	size_t i;

	jsonw_key(of->w, "fields");
	jsonw_open(of->w, '{');
	for (i = 0; i < catalog_field_count; i++) {
		const struct catalog_field *field = &catalog_fields[i];

		if (!wish->field[i] || !facet_is_there(of, field))
			continue;
		jsonw_key(of->w, field->id);
		facet_put(of, field);
	}
	jsonw_close(of->w, '}');
}

/* Embedded histories: Cloud gives the newest 40 first, Data Center all. */
static void
put_changelog(const struct facet *of)
{
	bool dc = of->tracker->world->config.data_center;
	uint32_t i, total = of->issue->change_count;
	uint32_t count = dc || total < TICKET_CUT ? total : TICKET_CUT;
	struct changelog_style whole = { .chosen = NULL };
	struct jsonw *w = of->w;

	jsonw_key(w, "changelog");
	jsonw_open(w, '{');
	jsonw_put_int(w, "startAt", 0);
	jsonw_put_int(w, "maxResults", count);
	jsonw_put_int(w, "total", total);
	jsonw_key(w, "histories");
	jsonw_open(w, '[');
	for (i = 0; i < count; i++)
		changelog_put(of->tracker, of->issue,
			      &of->issue->changes[dc ? i : total - 1 - i],
			      &whole, w);
	jsonw_close(w, ']');
	jsonw_close(w, '}');
}

void
ticket_issue(const struct tracker *tracker, int32_t index,
	     const struct ticket_wish *wish, struct jsonw *w)
{
	const struct tracker_issue *issue = &tracker->issues[index];
	struct facet of = { tracker, issue, index, wish->rich, w };
	bool dc = tracker->world->config.data_center;
	char key[TRACKER_KEY_SIZE];

	if (wish->count == 0 && !wish->changelog && !dc) {
		jsonw_open(w, '{');
		member_id(w, "id", issue->id);
		jsonw_close(w, '}');
		return;
	}
	tracker_key(tracker, issue, key);
	jsonw_open(w, '{');
	jsonw_put_string(
		w, "expand",
		"operations,versionedRepresentations,editmeta,changelog,"
		"renderedFields");
	member_id(w, "id", issue->id);
	member_self(w, tracker, "%s/issue/%d", member_api(tracker), issue->id);
	jsonw_put_string(w, "key", key);
	if (wish->changelog)
		put_changelog(&of);
	if (wish->count > 0)
		put_fields(&of, wish);
	jsonw_close(w, '}');
}
