#include "demo/tracker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "demo/chronicle.h"
#include "demo/founding.h"
#include "demo/search.h"
#include "demo/stock.h"

enum { NUMBER_BITS = 24, NUMBER_MASK = (1 << NUMBER_BITS) - 1 };

struct tracker_sprint *
tracker_sprint(const struct tracker *tracker, int32_t id)
{
	if (id < 1 || id > tracker->sprint_count)
		return NULL;
	return &tracker->sprints[id - 1];
}

struct tracker_board *
tracker_board(const struct tracker *tracker, int id)
{
	int i;

	for (i = 0; i < tracker->board_count; i++)
		if (tracker->boards[i].id == id)
			return &tracker->boards[i];
	return NULL;
}

int
tracker_project(const struct tracker *tracker, const char *key, size_t len)
{
	char id[16];
	int i;

	for (i = 0; i < tracker->project_count; i++) {
		const struct tracker_project *project = &tracker->projects[i];

		snprintf(id, sizeof(id), "%d", project->id);
		if ((strlen(project->key) == len &&
		     strncasecmp(project->key, key, len) == 0) ||
		    (strlen(id) == len && memcmp(id, key, len) == 0))
			return i;
	}
	return -1;
}

static void
remember_number(struct tracker_project *project, int32_t number, int32_t issue)
{
	int32_t i;

	if (number >= project->number_size) {
		int32_t size = number * 2 + 64;

		project->by_number =
			msg_realloc(project->by_number,
				    (size_t)size * sizeof(*project->by_number));
		for (i = project->number_size; i < size; i++)
			project->by_number[i] = -1;
		project->number_size = size;
	}
	project->by_number[number] = issue;
	if (number > project->last_number)
		project->last_number = number;
}

int32_t
tracker_number(struct tracker *tracker, int project)
{
	return ++tracker->projects[project].last_number;
}

static void
remember_id(struct tracker *tracker, int32_t id, int32_t issue)
{
	int32_t slot = id - TRACKER_FIRST_ID, i;

	if (slot >= tracker->id_size) {
		int32_t size = slot * 2 + 1024;

		tracker->by_id = msg_realloc(
			tracker->by_id, (size_t)size * sizeof(*tracker->by_id));
		for (i = tracker->id_size; i < size; i++)
			tracker->by_id[i] = -1;
		tracker->id_size = size;
	}
	tracker->by_id[slot] = issue;
}

int32_t
tracker_create(struct tracker *tracker, int project, int32_t number)
{
	struct tracker_issue *issue;
	int32_t index = tracker->issue_count;

	if (index == tracker->issue_size) {
		tracker->issue_size = index * 2 + 256;
		tracker->issues = msg_realloc(tracker->issues,
					      (size_t)tracker->issue_size *
						      sizeof(*tracker->issues));
	}
	tracker->issue_count++;
	issue = &tracker->issues[index];
	*issue = (struct tracker_issue){ .id = tracker->next_id, .born = true };
	/* Ids have gaps, as if other sites shared the sequence. */
	tracker->next_id += 1 + (tracker->next_id % 7 == 0);
	issue->value[TRACKER_RESOLUTION] = -1;
	issue->value[TRACKER_ASSIGNEE] = -1;
	issue->value[TRACKER_POINTS] = -1;
	issue->value[TRACKER_PARENT] = -1;
	issue->value[TRACKER_FIX_VERSION] = -1;
	issue->value[TRACKER_LINK] = -1;
	issue->value[TRACKER_PROJECT] = project;
	issue->value[TRACKER_KEY] = project << NUMBER_BITS | number;
	remember_id(tracker, issue->id, index);
	remember_number(&tracker->projects[project], number, index);
	return index;
}

enum catalog_category
tracker_category(const struct tracker_issue *issue)
{
	return catalog_statuses[issue->value[TRACKER_STATUS]].category;
}

/* What follows from an item beside the value itself. */
static void
follow(struct tracker *tracker, int32_t index, const struct tracker_item *item,
       int64_t at)
{
	struct tracker_issue *issue = &tracker->issues[index];

	if (item->field == TRACKER_STATUS &&
	    catalog_statuses[item->from].category !=
		    catalog_statuses[item->to].category)
		issue->category_changed = at;
	if (item->field == TRACKER_RESOLUTION)
		issue->resolved = item->to < 0 ? 0 : at;
	if (item->field == TRACKER_KEY)
		remember_number(&tracker->projects[item->to >> NUMBER_BITS],
				item->to & NUMBER_MASK, index);
}

static void
touch(const struct tracker *tracker, struct tracker_issue *issue, int64_t at)
{
	issue->updated = at;
	if (!tracker->lagging)
		issue->indexed = at;
}

static struct tracker_change *
append(struct tracker_issue *issue)
{
	if (issue->change_count == issue->change_size) {
		issue->change_size = issue->change_size * 2 + 4;
		issue->changes = msg_realloc(issue->changes,
					     issue->change_size *
						     sizeof(*issue->changes));
	}
	return &issue->changes[issue->change_count];
}

bool
tracker_change(struct tracker *tracker, int32_t index,
	       const struct tracker_change *change)
{
	struct tracker_issue *issue = &tracker->issues[index];
	struct tracker_change *kept = append(issue);
	unsigned i;

	*kept = *change;
	kept->count = 0;
	for (i = 0; i < change->count; i++) {
		struct tracker_item item = change->items[i];

		item.from = issue->value[item.field];
		if (item.from == item.to)
			continue;
		issue->value[item.field] = item.to;
		kept->items[kept->count++] = item;
		follow(tracker, index, &item, change->at);
	}
	if (kept->count == 0)
		return false;
	kept->id = tracker->next_change++;
	issue->change_count++;
	touch(tracker, issue, change->at);
	tracker->version++;
	return true;
}

void
tracker_comment(struct tracker *tracker, int32_t index, int64_t at,
		int16_t author)
{
	struct tracker_issue *issue = &tracker->issues[index];
	struct tracker_comment *comment;

	issue->comments =
		msg_realloc(issue->comments, (issue->comment_count + 1) *
						     sizeof(*issue->comments));
	comment = &issue->comments[issue->comment_count++];
	comment->at = at;
	comment->author = author;
	comment->id = tracker->next_comment++;
	touch(tracker, issue, at);
	tracker->version++;
}

static bool
number_of(const char *text, size_t len, int32_t *number)
{
	int64_t value = 0;
	size_t i;

	for (i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9' || value > NUMBER_MASK * 64L)
			return false;
		value = value * 10 + (text[i] - '0');
	}
	*number = (int32_t)value;
	return len > 0 && value < INT32_MAX;
}

static int32_t
find_key(const struct tracker *tracker, const char *name, size_t len)
{
	const char *dash = memrchr(name, '-', len);
	const struct tracker_project *project;
	int32_t number;
	int index;

	if (dash == NULL ||
	    !number_of(dash + 1, len - (size_t)(dash + 1 - name), &number))
		return -1;
	index = tracker_project(tracker, name, (size_t)(dash - name));
	if (index < 0)
		return -1;
	project = &tracker->projects[index];
	return number < project->number_size ? project->by_number[number] : -1;
}

int32_t
tracker_find(const struct tracker *tracker, const char *name, size_t len)
{
	int32_t index = -1, id;

	if (number_of(name, len, &id)) {
		if (id >= TRACKER_FIRST_ID &&
		    id - TRACKER_FIRST_ID < tracker->id_size)
			index = tracker->by_id[id - TRACKER_FIRST_ID];
	} else {
		index = find_key(tracker, name, len);
	}
	return index < 0 || tracker->issues[index].deleted ? -1 : index;
}

void
tracker_key_text(const struct tracker *tracker, int32_t key,
		 char out[TRACKER_KEY_SIZE])
{
	snprintf(out, TRACKER_KEY_SIZE, "%s-%d",
		 tracker->projects[key >> NUMBER_BITS].key, key & NUMBER_MASK);
}

void
tracker_key(const struct tracker *tracker, const struct tracker_issue *issue,
	    char out[TRACKER_KEY_SIZE])
{
	tracker_key_text(tracker, issue->value[TRACKER_KEY], out);
}

struct tracker *
tracker_new(struct world *world)
{
	struct tracker *tracker = msg_calloc(1, sizeof(*tracker));
	const struct world_config *config = &world->config;

	tracker->world = world;
	world->tracker = tracker;
	tracker->clock =
		wallclock_new(config->zone != NULL ? config->zone : "UTC",
			      world->from - 366LL * 86400000,
			      config->now + 2200LL * 86400000);
	tracker->next_id = TRACKER_FIRST_ID + 2;
	tracker->next_change = 100000;
	tracker->next_comment = 20000;
	tracker->now = config->now;
	tracker->sets = sprintset_new();
	founding_lay(tracker);
	chronicle_play(tracker);
	tracker->stock = stock_new(tracker);
	tracker->search = search_new();
	return tracker;
}

void
tracker_free(struct tracker *tracker)
{
	int32_t i;

	if (tracker == NULL)
		return;
	stock_free(tracker->stock, tracker);
	search_free(tracker->search);
	for (i = 0; i < tracker->issue_count; i++) {
		free(tracker->issues[i].changes);
		free(tracker->issues[i].comments);
	}
	for (i = 0; i < tracker->project_count; i++)
		free(tracker->projects[i].by_number);
	sprintset_free(tracker->sets);
	free(tracker->issues);
	free(tracker->by_id);
	free(tracker->sprints);
	free(tracker->boards);
	free(tracker->users);
	free(tracker->projects);
	wallclock_free(tracker->clock);
	free(tracker);
}
