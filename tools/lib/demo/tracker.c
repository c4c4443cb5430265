#include "demo/tracker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "demo/chronicle.h"
#include "demo/search.h"
#include "demo/stock.h"

enum { NUMBER_BITS = 24, NUMBER_MASK = (1 << NUMBER_BITS) - 1 };

struct tracker_sets {
	struct set {
		size_t count;
		int32_t *ids;
	} * all;
	size_t count, size;
};

static int32_t
set_add(struct tracker_sets *sets, int32_t *ids, size_t count)
{
	if (sets->count == sets->size) {
		sets->size = sets->size * 2 + 16;
		sets->all =
			msg_realloc(sets->all, sets->size * sizeof(*sets->all));
	}
	sets->all[sets->count].ids = ids;
	sets->all[sets->count].count = count;
	return (int32_t)sets->count++;
}

size_t
tracker_set(const struct tracker *tracker, int32_t set, const int32_t **ids)
{
	*ids = tracker->sets->all[set].ids;
	return tracker->sets->all[set].count;
}

bool
tracker_set_has(const struct tracker *tracker, int32_t set, int32_t sprint)
{
	const int32_t *ids;
	size_t i, count = tracker_set(tracker, set, &ids);

	for (i = 0; i < count; i++)
		if (ids[i] == sprint)
			return true;
	return false;
}

int32_t
tracker_set_with(struct tracker *tracker, int32_t set, int32_t sprint)
{
	const int32_t *ids;
	size_t i, count = tracker_set(tracker, set, &ids);
	int32_t *more;

	if (tracker_set_has(tracker, set, sprint))
		return set;
	more = msg_calloc(count + 1, sizeof(*more));
	for (i = 0; i < count && ids[i] < sprint; i++)
		more[i] = ids[i];
	more[i] = sprint;
	for (; i < count; i++)
		more[i + 1] = ids[i];
	return set_add(tracker->sets, more, count + 1);
}

int32_t
tracker_set_without(struct tracker *tracker, int32_t set, int32_t sprint)
{
	const int32_t *ids;
	size_t i, kept = 0, count = tracker_set(tracker, set, &ids);
	int32_t *fewer;

	if (!tracker_set_has(tracker, set, sprint))
		return set;
	if (count == 1)
		return 0;
	fewer = msg_calloc(count, sizeof(*fewer));
	for (i = 0; i < count; i++)
		if (ids[i] != sprint)
			fewer[kept++] = ids[i];
	return set_add(tracker->sets, fewer, kept);
}

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
	issue->updated = change->at;
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
	issue->updated = at;
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

static void
found_projects(struct tracker *tracker)
{
	const struct world *world = tracker->world;
	size_t i;

	tracker->project_count = (int)world->project_count;
	tracker->projects =
		msg_calloc(world->project_count, sizeof(*tracker->projects));
	for (i = 0; i < world->project_count; i++) {
		struct tracker_project *project = &tracker->projects[i];

		project->id = 10000 + (int)i;
		project->key = world->projects[i].key;
		project->name = world->projects[i].name;
		project->flow = catalog_flow(project->key);
		project->lead = (int)(i % world->human_count);
	}
}

static void
set_up_board(struct tracker *tracker, int project)
{
	const struct tracker_project *of = &tracker->projects[project];
	struct tracker_board *board = &tracker->boards[tracker->board_count];
	bool dc = tracker->world->config.data_center;

	board->id = ++tracker->board_count;
	board->project = project;
	board->also = -1;
	board->sprints = of->flow->sprints;
	board->kind = of->flow->team_managed && !dc ? TRACKER_SIMPLE
		      : of->flow->sprints	    ? TRACKER_SCRUM
						    : TRACKER_KANBAN;
	snprintf(board->name, sizeof(board->name), "%s board", of->key);
}

/* One board a project, and one more over the first two, which shows the
 * sprints of both. */
static void
set_up_boards(struct tracker *tracker)
{
	struct tracker_board *shared;
	int i;

	tracker->boards = msg_calloc((size_t)tracker->project_count + 1,
				     sizeof(*tracker->boards));
	for (i = 0; i < tracker->project_count; i++)
		set_up_board(tracker, i);
	shared = &tracker->boards[tracker->board_count];
	*shared = tracker->boards[0];
	shared->id = ++tracker->board_count;
	shared->also = 1;
	snprintf(shared->name, sizeof(shared->name), "Alle Teams – 全チーム");
}

static void
hire_person(struct tracker *tracker, const struct world_person *person)
{
	struct tracker_user *user = &tracker->users[tracker->user_count];
	static const char *const zones[] = { "Europe/Berlin", "Asia/Tokyo",
					     "America/New_York" };

	user->number = 10100 + tracker->user_count;
	user->display = person->name;
	user->app = person->bot;
	user->active = !person->gone;
	/* Most accounts hide their address. */
	user->email = tracker->user_count % 3 == 0 ? person->email : NULL;
	user->zone = zones[tracker->user_count % 3];
	snprintf(user->account_id, sizeof(user->account_id), "%s",
		 person->account_id);
	snprintf(user->name, sizeof(user->name), "%s", person->login);
	tracker->user_count++;
}

static const struct tracker_user others[] = {
	{ "557058:f58131cb-b67d-43c7-b30d-6b58d40bd077", "automation",
	  "Automation for Jira", NULL, "UTC", 10090, true, true },
	{ "557058:0867a421-a9ee-4659-801a-bc0ee4a4487e", "slack", "Slack", NULL,
	  "UTC", 10091, true, true },
	{ "5f9a1c2e7d3b480069a1b2c3", "old.hand", "Ólafur Gone", NULL,
	  "Europe/Berlin", 10092, false, false },
	{ "70121:3cf2b9d1-1f2c-4f6c-8f62-9d0a1f0d5a11", "demo", "Demo Account",
	  "demo@acme.test", NULL, 10093, true, false },
};

static void
hire(struct tracker *tracker)
{
	const struct world *world = tracker->world;
	size_t i, extra = sizeof(others) / sizeof(others[0]);

	tracker->users = msg_calloc(world->person_count + extra,
				    sizeof(*tracker->users));
	for (i = 0; i < world->person_count; i++)
		hire_person(tracker, &world->people[i]);
	for (i = 0; i < extra; i++)
		tracker->users[tracker->user_count++] = others[i];
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
	tracker->sets = msg_calloc(1, sizeof(*tracker->sets));
	set_add(tracker->sets, NULL, 0);
	found_projects(tracker);
	set_up_boards(tracker);
	hire(tracker);
	chronicle_play(tracker);
	tracker->stock = stock_new(tracker);
	tracker->search = search_new();
	return tracker;
}

void
tracker_free(struct tracker *tracker)
{
	int32_t i;
	size_t s;

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
	for (s = 0; s < tracker->sets->count; s++)
		free(tracker->sets->all[s].ids);
	free(tracker->sets->all);
	free(tracker->sets);
	free(tracker->issues);
	free(tracker->by_id);
	free(tracker->sprints);
	free(tracker->boards);
	free(tracker->users);
	free(tracker->projects);
	wallclock_free(tracker->clock);
	free(tracker);
}
