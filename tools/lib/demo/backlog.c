#include "demo/backlog.h"

#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

static const struct catalog_flow *
flow_of(const struct chronicle *c, const struct chronicle_work *work)
{
	return c->tracker->projects[work->project].flow;
}

static int16_t
automation(const struct chronicle *c)
{
	return (int16_t)c->tracker->world->person_count;
}

/* Moves the issue to a stage of its flow: one changelog history. */
static void
move(struct chronicle *c, int32_t index, int stage, int64_t at)
{
	struct chronicle_work *work = &c->works[index];
	const struct catalog_flow *flow = flow_of(c, work);
	int16_t author = work->owner;

	if (chronicle_chance(c, 2))
		author = TRACKER_NOBODY;
	chronicle_note(c, index, at, author);
	chronicle_set(c, TRACKER_STATUS, catalog_status(flow->statuses[stage]));
	if (stage == CATALOG_FINISHED && flow->resolves)
		chronicle_set(c, TRACKER_RESOLUTION, 0);
	if (stage != CATALOG_FINISHED && work->stage == CATALOG_FINISHED)
		chronicle_set(c, TRACKER_RESOLUTION, -1);
	work->stage = stage;
	work->free_at = at + CHRONICLE_MINUTE;
	work->done_at = stage == CATALOG_FINISHED ? at : 0;
}

static void
take(struct chronicle *c, int32_t index, int64_t at)
{
	struct chronicle_work *work = &c->works[index];

	if (work->owner == TRACKER_NOBODY)
		work->owner = chronicle_someone(c);
	chronicle_note(c, index, at - CHRONICLE_MINUTE, work->owner);
	chronicle_set(c, TRACKER_ASSIGNEE, work->owner);
}

/* One more round in review: found wanting, mended, shown again. */
static int64_t
bounce(struct chronicle *c, int32_t index, int64_t at, int64_t until)
{
	int64_t back =
		at + chronicle_between(c, CHRONICLE_HOUR, 8 * CHRONICLE_HOUR);
	int64_t again =
		back + chronicle_between(c, 2 * CHRONICLE_HOUR, CHRONICLE_DAY);

	if (again >= until)
		return at;
	move(c, index, CATALOG_PROGRESS, back);
	move(c, index, CATALOG_REVIEW, again);
	return again;
}

void
backlog_work(struct chronicle *c, int32_t index, int64_t from, int64_t until)
{
	struct chronicle_work *work = &c->works[index];
	int64_t at = from > work->free_at ? from : work->free_at;

	if (work->stage == CATALOG_TODO && at < until) {
		take(c, index, at);
		move(c, index, CATALOG_PROGRESS, at);
	}
	at += chronicle_between(c, 4 * CHRONICLE_HOUR, 3 * CHRONICLE_DAY);
	if (work->stage == CATALOG_PROGRESS && at < until) {
		move(c, index, CATALOG_REVIEW, at);
		if (chronicle_chance(c, 12))
			at = bounce(c, index, at, until);
	}
	at += chronicle_between(c, 2 * CHRONICLE_HOUR, 2 * CHRONICLE_DAY);
	if (work->stage == CATALOG_REVIEW && at < until)
		move(c, index, CATALOG_FINISHED, at);
}

void
backlog_reopen(struct chronicle *c, int32_t index, int64_t at)
{
	move(c, index, CATALOG_PROGRESS, at);
}

/* Given up without work: straight from the first status to the last. */
static void
cancel(struct chronicle *c, int32_t index, int64_t at)
{
	struct chronicle_work *work = &c->works[index];
	const struct catalog_flow *flow = flow_of(c, work);

	chronicle_note(c, index, at, work->reporter);
	chronicle_set(c, TRACKER_STATUS,
		      catalog_status(flow->statuses[CATALOG_FINISHED]));
	if (flow->resolves)
		chronicle_set(c, TRACKER_RESOLUTION,
			      1 + (int32_t)chronicle_between(c, 0, 2));
	work->stage = CATALOG_FINISHED;
	work->done_at = at;
}

/* To another project: the id stays; key, type and status are the new one's. */
static void
transfer(struct chronicle *c, int32_t index)
{
	struct chronicle_work *work = &c->works[index];
	int others = c->tracker->project_count - 1;
	int to =
		(work->project + 1 + work->number / 29 % (others - 1)) % others;
	int64_t at = chronicle_office(
		c, work->created + chronicle_between(c, 1, 5) * CHRONICLE_DAY);

	chronicle_note(c, index, at, work->reporter);
	chronicle_set(c, TRACKER_PROJECT, to);
	chronicle_set(c, TRACKER_KEY, -1 - to);
	work->project = to;
	chronicle_set(c, TRACKER_TYPE,
		      catalog_type(c->tracker->projects[to].key, work->kind));
	chronicle_set(c, TRACKER_STATUS,
		      catalog_status(flow_of(c, work)->statuses[CATALOG_TODO]));
	work->free_at = at + CHRONICLE_HOUR;
	work->planned = true;
}

static void
flow_through(struct chronicle *c, int32_t index)
{
	struct chronicle_work *work = &c->works[index];
	int64_t from = chronicle_office(
		c, work->created + chronicle_between(c, 1, 12) * CHRONICLE_DAY);

	work->planned = true;
	if (work->kind == CATALOG_EPIC) {
		take(c, index, from);
		move(c, index, CATALOG_PROGRESS, from);
		if (work->number % 3 == 0)
			move(c, index, CATALOG_FINISHED,
			     from + 90 * CHRONICLE_DAY);
	} else if (chronicle_chance(c, 6)) {
		cancel(c, index, from);
	} else {
		backlog_work(c, index, from, INT64_MAX);
	}
	if (work->done_at != 0 && chronicle_chance(c, 5)) {
		backlog_reopen(c, index, work->done_at + 3 * CHRONICLE_DAY);
		backlog_work(c, index, work->free_at, INT64_MAX);
	}
}

static void
suffer(struct chronicle *c, int32_t index)
{
	struct chronicle_work *work = &c->works[index];
	int64_t at = work->created + chronicle_between(c, 3, 15) * 60000;
	int64_t end = work->incident->resolved_at;

	if (end != 0 && at > work->created + (end - work->created) / 4)
		at = work->created + (end - work->created) / 4;
	work->owner = chronicle_someone(c);
	work->planned = true;
	take(c, index, at);
	move(c, index, CATALOG_PROGRESS, at);
	if (end == 0)
		return;
	if (end - at > 4 * CHRONICLE_HOUR && chronicle_chance(c, 40)) {
		move(c, index, CATALOG_REVIEW, at + CHRONICLE_HOUR);
		move(c, index, CATALOG_PROGRESS, at + 2 * CHRONICLE_HOUR);
	}
	move(c, index, CATALOG_FINISHED, end);
	if (chronicle_chance(c, 60)) { /* Resolved, then Closed */
		chronicle_note(c, index, end + 3 * CHRONICLE_DAY,
			       automation(c));
		chronicle_set(c, TRACKER_STATUS, catalog_status(6));
	}
}

static void
edit(struct chronicle *c, int32_t index, int64_t at, int32_t round)
{
	static const enum tracker_field edited[] = {
		TRACKER_LABELS,	     TRACKER_PRIORITY, TRACKER_DESCRIPTION,
		TRACKER_SUMMARY,     TRACKER_RANK,     TRACKER_FLAGGED,
		TRACKER_FIX_VERSION, TRACKER_LINK,
	};
	enum tracker_field field = edited[world_below(
		&c->chance, sizeof(edited) / sizeof(edited[0]))];
	int32_t to = round + 1;

	if (field == TRACKER_LABELS)
		to = (int32_t)chronicle_between(c, 0, 15);
	if (field == TRACKER_PRIORITY || field == TRACKER_FIX_VERSION)
		to = (int32_t)chronicle_between(c, 0, 4);
	if (field == TRACKER_FLAGGED)
		to = round % 2 == 0;
	if (field == TRACKER_RANK)
		to = (int32_t)chronicle_between(c, 0, 1 << 20);
	if (field == TRACKER_LINK)
		to = index > 20 ? index - 1 - round % 20 : -1;
	/* The priority of an incident says how bad it was. */
	if (c->works[index].incident != NULL && field == TRACKER_PRIORITY)
		return;
	chronicle_note(c, index, at, chronicle_someone(c));
	chronicle_set(c, field, to);
}

/* A rule gone wild: one issue ranked to and fro. */
static void
flutter(struct chronicle *c, int32_t index, int32_t times)
{
	int64_t at = c->works[index].created + CHRONICLE_HOUR;
	int32_t i;

	for (i = 0; i < times; i++) {
		at += chronicle_between(c, 20, 400) * CHRONICLE_MINUTE;
		chronicle_note(c, index, at, automation(c));
		chronicle_set(c, TRACKER_RANK, 1000 + i);
	}
}

static void
add_noise(struct chronicle *c, int32_t index)
{
	const struct chronicle_work *work = &c->works[index];
	int64_t end = work->created + 60 * CHRONICLE_DAY;
	int32_t i, times = (int32_t)chronicle_between(c, 0, 4);

	for (i = 0; i < times; i++)
		edit(c, index,
		     chronicle_office(c,
				      chronicle_between(c, work->created, end)),
		     i);
	times = (int32_t)chronicle_between(c, 0, 3);
	for (i = 0; i < times; i++)
		chronicle_say(
			c, index,
			chronicle_office(
				c, chronicle_between(c, work->created, end)),
			chronicle_someone(c));
	if (work->number == 3 || work->number % 97 == 5)
		flutter(c, index, 50 + work->number % 20);
	if (work->number == 5 || work->number % 211 == 7)
		flutter(c, index, 130 + work->number % 40);
}

static int
by_value(const void *left, const void *right)
{
	int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;

	return (a > b) - (a < b);
}

/* When the issues of a project are created, in order. */
static int64_t *
births(struct chronicle *c, unsigned count)
{
	int64_t *times = msg_calloc(count + 1, sizeof(*times));
	int64_t span = c->now - c->from - CHRONICLE_DAY;
	unsigned i;

	for (i = 0; i < count; i++) {
		times[i] = chronicle_office(
			c, c->from + span * (int64_t)i / (int64_t)count);
		if (times[i] >= c->now)
			times[i] = c->now -
				   (int64_t)(count - i) * CHRONICLE_MINUTE;
	}
	qsort(times, count, sizeof(*times), by_value);
	return times;
}

static enum catalog_kind
kind_of(struct chronicle *c, int32_t number)
{
	unsigned dice = world_below(&c->chance, 100);

	if (number % 14 == 1)
		return CATALOG_EPIC;
	return dice < 45   ? CATALOG_STORY
	       : dice < 70 ? CATALOG_BUG
	       : dice < 88 ? CATALOG_TASK
			   : CATALOG_SUBTASK;
}

/* Sub-tasks hang below the last story or task, stories below the last epic. */
static void
hang(struct chronicle *c, int32_t index, int32_t *epic, int32_t *story)
{
	struct chronicle_work *work = &c->works[index];

	if (work->kind == CATALOG_SUBTASK && *story < 0)
		work->kind = CATALOG_TASK;
	if (work->kind == CATALOG_EPIC)
		*epic = index;
	else if (work->kind == CATALOG_SUBTASK)
		work->parent = *story;
	else
		work->parent = *epic;
	if (work->kind == CATALOG_STORY || work->kind == CATALOG_TASK)
		*story = index;
}

static void
fill_project(struct chronicle *c, int project)
{
	struct tracker_project *of = &c->tracker->projects[project];
	unsigned i, count = c->tracker->world->projects[project].issues;
	int64_t *times = births(c, count);
	int32_t epic = -1, story = -1, index;
	struct chronicle_work *work;

	of->last_number = (int32_t)count;
	for (i = 0; i < count; i++) {
		index = chronicle_work(c, project);
		work = &c->works[index];
		work->number = (int32_t)i + 1;
		work->created = work->free_at = times[i];
		work->reporter = chronicle_someone(c);
		work->kind = kind_of(c, work->number);
		work->deleted = i % 61 == 16;
		hang(c, index, &epic, &story);
		if (i % 29 == 10 && work->kind != CATALOG_SUBTASK)
			transfer(c, index);
		if (!of->flow->sprints || work->kind == CATALOG_EPIC ||
		    work->kind == CATALOG_SUBTASK || work->planned)
			flow_through(c, index);
		add_noise(c, index);
	}
	free(times);
}

static void
fill_incidents(struct chronicle *c)
{
	const struct world *world = c->tracker->world;
	struct chronicle_work *work;
	int32_t index, number;
	const char *dash;
	size_t i;

	for (i = 0; i < world->incident_count; i++) {
		dash = strrchr(world->incidents[i].key, '-');
		number = dash == NULL ? (int32_t)i + 1
				      : (int32_t)strtol(dash + 1, NULL, 10);
		index = chronicle_work(c, c->tracker->project_count - 1);
		work = &c->works[index];
		work->number = number;
		work->kind = CATALOG_INCIDENT;
		work->incident = &world->incidents[i];
		work->created = work->incident->created_at;
		work->reporter = automation(c);
		suffer(c, index);
		add_noise(c, index);
	}
}

void
backlog_fill(struct chronicle *c)
{
	int i;

	for (i = 0; i < c->tracker->project_count; i++)
		fill_project(c, i);
	fill_incidents(c);
}
