#include "demo/chronicle.h"

#include <stdlib.h>

#include "base/msg.h"
#include "demo/backlog.h"
#include "demo/cadence.h"

int64_t
chronicle_between(struct chronicle *c, int64_t low, int64_t high)
{
	return world_between(&c->chance, low, high);
}

bool
chronicle_chance(struct chronicle *c, unsigned percent)
{
	return world_chance(&c->chance, percent);
}

int16_t
chronicle_someone(struct chronicle *c)
{
	return (int16_t)world_below(&c->chance,
				    (unsigned)c->tracker->world->human_count);
}

int64_t
chronicle_office(struct chronicle *c, int64_t at)
{
	int64_t day = at / CHRONICLE_DAY;
	int64_t weekday = (day + 4) % 7; /* 1970-01-01 was a Thursday */

	if (weekday == 6)
		day += 2;
	if (weekday == 0)
		day += 1;
	return day * CHRONICLE_DAY + 8 * CHRONICLE_HOUR +
	       chronicle_between(c, 0, 10 * CHRONICLE_HOUR);
}

int32_t
chronicle_work(struct chronicle *c, int project)
{
	if (c->work_count == c->work_size) {
		c->work_size = c->work_size * 2 + 256;
		c->works = msg_realloc(c->works, (size_t)c->work_size *
							 sizeof(*c->works));
	}
	c->works[c->work_count] = (struct chronicle_work){
		.project = project,
		.first_project = project,
		.parent = -1,
		.points = -1,
		.owner = TRACKER_NOBODY,
		.issue = -1,
	};
	return c->work_count++;
}

static struct chronicle_event *
event(struct chronicle *c, int32_t work, int64_t at, enum chronicle_what what)
{
	struct chronicle_event *e;

	if (c->event_count == c->event_size) {
		c->event_size = c->event_size * 2 + 4096;
		c->events = msg_realloc(c->events,
					c->event_size * sizeof(*c->events));
	}
	e = &c->events[c->event_count];
	*e = (struct chronicle_event){ .at = at,
				       .order = (uint32_t)c->event_count++,
				       .work = work,
				       .what = (uint8_t)what };
	return e;
}

void
chronicle_note(struct chronicle *c, int32_t work, int64_t at, int16_t author)
{
	event(c, work, at, CHRONICLE_CHANGE)->author = author;
}

void
chronicle_set(struct chronicle *c, enum tracker_field field, int32_t to)
{
	struct chronicle_event *e = &c->events[c->event_count - 1];

	e->set[e->count].field = (uint8_t)field;
	e->set[e->count].to = to;
	e->count++;
}

void
chronicle_say(struct chronicle *c, int32_t work, int64_t at, int16_t author)
{
	event(c, work, at, CHRONICLE_COMMENT)->author = author;
}

static void
create(struct tracker *tracker, struct chronicle *c,
       struct chronicle_work *work)
{
	const struct tracker_project *project =
		&tracker->projects[work->first_project];
	struct tracker_issue *issue;

	work->issue =
		tracker_create(tracker, work->first_project, work->number);
	issue = &tracker->issues[work->issue];
	issue->created = issue->updated = issue->indexed =
		issue->category_changed = work->created;
	issue->creator = work->reporter;
	issue->deleted = work->deleted;
	issue->value[TRACKER_STATUS] =
		catalog_status(project->flow->statuses[CATALOG_TODO]);
	issue->value[TRACKER_TYPE] = catalog_type(project->key, work->kind);
	issue->value[TRACKER_PRIORITY] =
		work->incident != NULL ? work->number % 2 : 2;
	issue->value[TRACKER_RANK] = work->issue;
	if (work->parent >= 0)
		issue->value[TRACKER_PARENT] = c->works[work->parent].issue;
}

static int32_t
resolve(const struct chronicle *c, int32_t index, enum tracker_field field,
	int32_t to)
{
	struct tracker *tracker = c->tracker;
	struct tracker_issue *issue = &tracker->issues[index];
	int32_t set = issue->value[TRACKER_SPRINT];
	int project;

	if (field == TRACKER_SPRINT)
		return to > 0 ? sprintset_with(tracker->sets, set, to)
			      : sprintset_without(tracker->sets, set, -to);
	if (field == TRACKER_LINK)
		return to < 0 ? -1 : c->works[to].issue;
	if (field == TRACKER_KEY) {
		project = -1 - to;
		return project << 24 | tracker_number(tracker, project);
	}
	return to;
}

static void
play(struct chronicle *c, const struct chronicle_event *e)
{
	struct tracker *tracker = c->tracker;
	struct chronicle_work *work = &c->works[e->work];
	struct tracker_change change = { .at = e->at,
					 .author = e->author,
					 .count = e->count };
	unsigned i;

	if (e->what == CHRONICLE_CREATE) {
		create(tracker, c, work);
		return;
	}
	if (work->issue < 0 || e->at <= tracker->issues[work->issue].created)
		return;
	if (e->what == CHRONICLE_COMMENT) {
		tracker_comment(tracker, work->issue, e->at, e->author);
		return;
	}
	for (i = 0; i < e->count; i++) {
		change.items[i].field = e->set[i].field;
		change.items[i].to =
			resolve(c, work->issue, e->set[i].field, e->set[i].to);
	}
	tracker_change(tracker, work->issue, &change);
}

static int
by_time(const void *left, const void *right)
{
	const struct chronicle_event *a = left, *b = right;

	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	return a->order < b->order ? -1 : 1;
}

void
chronicle_play(struct tracker *tracker)
{
	struct chronicle c = { .tracker = tracker,
			       .from = tracker->world->from,
			       .now = tracker->world->config.now };
	int32_t w;
	size_t e;

	c.chance = world_stream(tracker->world, "chronicle", 0);
	backlog_fill(&c);
	cadence_run(&c);
	for (w = 0; w < c.work_count; w++)
		event(&c, w, c.works[w].created, CHRONICLE_CREATE);
	qsort(c.events, c.event_count, sizeof(*c.events), by_time);
	for (e = 0; e < c.event_count && c.events[e].at < c.now; e++)
		play(&c, &c.events[e]);
	free(c.events);
	free(c.works);
}
