#include "demo/cadence.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/msg.h"
#include "demo/backlog.h"

#define FORTNIGHT ((int64_t)14)

enum { AHEAD = 2 /* sprints laid out beyond the running one */ };

/* One project's sprints under way. */
struct team {
	struct chronicle *c;
	int project, board;
	int32_t *members; /* works in the sprint */
	size_t member_count;
	size_t capacity;
	int32_t first, last; /* its works */
};

static struct tracker_sprint *
lay_out(struct team *team, int64_t monday, int number)
{
	struct tracker *tracker = team->c->tracker;
	struct tracker_sprint *sprint;
	int64_t late;

	if (tracker->sprint_count == tracker->sprint_size) {
		tracker->sprint_size = tracker->sprint_size * 2 + 32;
		tracker->sprints = msg_realloc(
			tracker->sprints, (size_t)tracker->sprint_size *
						  sizeof(*tracker->sprints));
	}
	sprint = &tracker->sprints[tracker->sprint_count++];
	*sprint = (struct tracker_sprint){ .id = tracker->sprint_count,
					   .board = team->board };
	snprintf(sprint->name, sizeof(sprint->name), "%s Sprint %d",
		 tracker->projects[team->project].key, number);
	sprint->start = monday + 9 * CHRONICLE_HOUR;
	sprint->end = monday + 11 * CHRONICLE_DAY + 15 * CHRONICLE_HOUR;
	sprint->made = sprint->start - 10 * CHRONICLE_DAY;
	late = number % 5 == 0 ? 64 * CHRONICLE_HOUR : 0;
	sprint->complete = sprint->end + late +
			   chronicle_between(team->c, 5, 50) * CHRONICLE_MINUTE;
	sprint->state = sprint->start > team->c->now	  ? TRACKER_FUTURE
			: sprint->complete > team->c->now ? TRACKER_ACTIVE
							  : TRACKER_CLOSED;
	return sprint;
}

/* What a sprint that has not come so far does not have. */
static void
forget_future(struct tracker *tracker)
{
	int i;

	for (i = 0; i < tracker->sprint_count; i++) {
		struct tracker_sprint *sprint = &tracker->sprints[i];

		if (sprint->state != TRACKER_CLOSED)
			sprint->complete = 0;
		if (sprint->state == TRACKER_FUTURE && i % 2 == 1)
			sprint->start = sprint->end = 0;
	}
}

static void
estimate(struct team *team, int32_t index, int64_t at)
{
	static const int32_t scale[] = { 1, 2, 2, 4, 6, 6, 10, 10, 16, 26 };
	struct chronicle_work *work = &team->c->works[index];
	int32_t points = scale[chronicle_between(team->c, 0, 9)];

	if (points == work->points)
		return;
	work->points = points;
	chronicle_note(team->c, index, at, chronicle_someone(team->c));
	chronicle_set(team->c, TRACKER_POINTS, points);
}

static void
put_in(struct team *team, int32_t index, int32_t sprint, int64_t at)
{
	struct chronicle_work *work = &team->c->works[index];

	work->sprint = sprint;
	if (work->free_at < at)
		work->free_at = at + CHRONICLE_MINUTE;
	chronicle_note(team->c, index, at, chronicle_someone(team->c));
	chronicle_set(team->c, TRACKER_SPRINT, sprint);
	team->members[team->member_count++] = index;
}

/* Into a status that no column of the board holds. */
static void
park(struct team *team, int32_t index, int64_t at)
{
	const struct chronicle_work *work = &team->c->works[index];

	if (work->stage != CATALOG_TODO ||
	    team->c->tracker->projects[work->project].flow->team_managed)
		return;
	chronicle_note(team->c, index, at, chronicle_someone(team->c));
	chronicle_set(team->c, TRACKER_STATUS, catalog_status(10005));
}

static bool
may_take(const struct team *team, int32_t index, int64_t at)
{
	const struct chronicle_work *work = &team->c->works[index];

	return work->project == team->project && !work->planned &&
	       work->stage != CATALOG_FINISHED && work->sprint == 0 &&
	       work->created < at && work->free_at < at;
}

/* Takes up to count issues from the backlog into the sprint, oldest first. */
static void
take(struct team *team, const struct tracker_sprint *sprint, int64_t at,
     size_t count)
{
	int32_t id = sprint->id, i;

	for (i = team->first; i < team->last && count > 0; i++) {
		if (!may_take(team, i, at) || chronicle_chance(team->c, 20))
			continue;
		if (team->c->works[i].number % 37 == 9)
			park(team, i, at - 10 * CHRONICLE_MINUTE);
		if (chronicle_chance(team->c, 88))
			estimate(team, i, at - 5 * CHRONICLE_MINUTE);
		put_in(team, i, id, at + chronicle_between(team->c, 0, 50000));
		count--;
	}
}

static void
take_out(struct team *team, size_t member, int32_t sprint, int64_t at)
{
	int32_t index = team->members[member];
	struct chronicle_work *work = &team->c->works[index];

	work->sprint = 0;
	work->free_at = at + CHRONICLE_MINUTE;
	chronicle_note(team->c, index, at, chronicle_someone(team->c));
	chronicle_set(team->c, TRACKER_SPRINT, -sprint);
	team->members[member] = team->members[--team->member_count];
}

static void
work_on(struct team *team, int32_t index, const struct tracker_sprint *sprint)
{
	struct chronicle *c = team->c;
	int64_t last = sprint->complete - CHRONICLE_HOUR;
	int64_t begin = chronicle_between(c, sprint->start + CHRONICLE_HOUR,
					  last - 2 * CHRONICLE_DAY);
	int64_t until = last;

	if (chronicle_chance(c, 9))
		estimate(team, index,
			 chronicle_between(c, sprint->start + CHRONICLE_HOUR,
					   last));
	if (chronicle_chance(c, 18)) /* got stuck */
		until = begin + CHRONICLE_DAY;
	backlog_work(c, index, begin, until);
	if (c->works[index].done_at != 0 && chronicle_chance(c, 7) &&
	    c->works[index].done_at + CHRONICLE_DAY < last) {
		backlog_reopen(c, index,
			       c->works[index].done_at + CHRONICLE_DAY);
		backlog_work(c, index, c->works[index].free_at, last);
	}
}

static void
run(struct team *team, const struct tracker_sprint *sprint)
{
	struct chronicle *c = team->c;
	int64_t in = sprint->start + 2 * CHRONICLE_DAY;
	size_t m;

	if (team->member_count > 4 && chronicle_chance(c, 60))
		take_out(team, team->member_count - 1, sprint->id,
			 chronicle_between(c, in, in + 4 * CHRONICLE_DAY));
	take(team, sprint, chronicle_between(c, in, in + 5 * CHRONICLE_DAY),
	     (size_t)chronicle_between(c, 0, 1 + (int64_t)team->capacity / 5));
	for (m = 0; m < team->member_count; m++)
		work_on(team, team->members[m], sprint);
}

/* Hands what is not done on to the next sprint, or leaves it behind. */
static void
close_sprint(struct team *team, const struct tracker_sprint *sprint)
{
	struct chronicle *c = team->c;
	int64_t closed = sprint->complete;
	size_t m, carried = 0;

	if (sprint->state != TRACKER_CLOSED)
		return;
	for (m = 0; m < team->member_count; m++) {
		int32_t index = team->members[m];
		struct chronicle_work *work = &c->works[index];

		work->sprint = 0;
		if (work->stage == CATALOG_FINISHED && chronicle_chance(c, 3))
			backlog_reopen(c, index, closed + CHRONICLE_HOUR);
		if (work->stage == CATALOG_FINISHED || chronicle_chance(c, 15))
			continue;
		if (work->free_at > closed)
			continue;
		chronicle_note(c, index, closed, chronicle_someone(c));
		chronicle_set(c, TRACKER_SPRINT, sprint->id + 1);
		work->sprint = sprint->id + 1;
		work->free_at = closed + CHRONICLE_MINUTE;
		team->members[carried++] = index;
	}
	team->member_count = carried;
}

static void
play_project(struct chronicle *c, int project)
{
	struct team team = { .c = c, .project = project, .board = project };
	int64_t day = c->from / CHRONICLE_DAY, monday;
	int number = 1, total, left = AHEAD;

	day += (8 - (day + 4) % 7) % 7; /* the first Monday */
	total = (int)((c->now / CHRONICLE_DAY - day) / FORTNIGHT) + 1;
	team.last = c->work_count;
	team.members = msg_calloc((size_t)team.last + 1, sizeof(*team.members));
	team.capacity = c->tracker->world->projects[project].issues * 9 /
				(unsigned)(10 * (total > 0 ? total : 1)) +
			2;
	monday = day * CHRONICLE_DAY;
	while (left > 0) {
		struct tracker_sprint *sprint =
			lay_out(&team, monday, number++);

		monday += FORTNIGHT * CHRONICLE_DAY;
		if (sprint->state == TRACKER_FUTURE) {
			take(&team, sprint, c->now - CHRONICLE_DAY, 3);
			team.member_count = 0;
			left--;
			continue;
		}
		take(&team, sprint,
		     sprint->start -
			     chronicle_between(c, 30, 80) * CHRONICLE_MINUTE,
		     team.capacity > team.member_count
			     ? team.capacity - team.member_count + 1
			     : 1);
		run(&team, sprint);
		close_sprint(&team, sprint);
	}
	free(team.members);
}

void
cadence_run(struct chronicle *c)
{
	int i;

	for (i = 0; i < c->tracker->project_count; i++)
		if (c->tracker->projects[i].flow->sprints)
			play_project(c, i);
	forget_future(c->tracker);
}
