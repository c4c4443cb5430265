#include "jobs/gates.h"

#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

/* What the jobs of one client and integration share. */
struct lane {
	int64_t client;
	const char *integration;
	int64_t slots, running;
	const struct breaker *breaker;
	bool probing; /* its probe starts in this round */
};

/* One look at all jobs. */
struct hall {
	const struct gates_view *view;
	int64_t now;
	struct lane *lanes;
	size_t lane_count;
	size_t *by_name; /* jobs, by name and client */
	bool *starting;
	int64_t free; /* slots left in total */
	struct gates_answer *answers;
	size_t *order;
	size_t started;
};

static int
compare(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int
compare_lanes(const void *a, const void *b)
{
	const struct lane *one = a, *other = b;
	int order = compare(one->client, other->client);

	return order != 0 ? order
			  : strcmp(one->integration, other->integration);
}

static struct lane *
lane_of(const struct hall *hall, int64_t client, const char *integration)
{
	struct lane key = { .client = client, .integration = integration };

	if (integration == NULL || hall->lane_count == 0)
		return NULL;
	return bsearch(&key, hall->lanes, hall->lane_count, sizeof(key),
		       compare_lanes);
}

static struct lane *
lane_of_job(const struct hall *hall, size_t i)
{
	const struct gates_job *job = &hall->view->jobs[i];

	return lane_of(hall, job->client,
		       job->job != NULL ? job->job->integration : job->runs_on);
}

static void
make_lanes(struct hall *hall)
{
	const struct gates_view *view = hall->view;
	size_t i, count = 0, kept = 0;
	struct lane *lanes = msg_calloc(view->count + 1, sizeof(*lanes));

	for (i = 0; i < view->count; i++) {
		const struct schedule_job *job = view->jobs[i].job;

		if (job != NULL && job->integration != NULL)
			lanes[count++] = (struct lane){
				.client = view->jobs[i].client,
				.integration = job->integration,
				.slots = schedule_slots(view->schedule,
							job->integration),
			};
	}
	qsort(lanes, count, sizeof(*lanes), compare_lanes);
	for (i = 0; i < count; i++)
		if (kept == 0 || compare_lanes(&lanes[kept - 1], &lanes[i]))
			lanes[kept++] = lanes[i];
	hall->lanes = lanes;
	hall->lane_count = kept;
}

static void
hang_breakers(struct hall *hall)
{
	const struct gates_view *view = hall->view;
	size_t i;

	for (i = 0; i < view->breaker_count; i++) {
		const struct gates_breaker *b = &view->breakers[i];
		struct lane *lane = lane_of(hall, b->client, b->integration);

		if (lane != NULL)
			lane->breaker = b->breaker;
	}
}

static void
occupy(struct hall *hall, size_t i)
{
	const struct gates_job *job = &hall->view->jobs[i];
	struct lane *lane = lane_of_job(hall, i);

	if (job->job != NULL ? !job->job->per_host : job->client != 0)
		hall->free--;
	if (lane != NULL)
		lane->running++;
}

static const char *
name_of(const struct gates_view *view, size_t i)
{
	return view->jobs[i].job != NULL ? view->jobs[i].job->name : "";
}

static int
compare_names(const void *a, const void *b, void *arg)
{
	const struct gates_view *view = arg;
	size_t one = *(const size_t *)a, other = *(const size_t *)b;
	int order = strcmp(name_of(view, one), name_of(view, other));

	return order != 0 ? order
			  : compare(view->jobs[one].client,
				    view->jobs[other].client);
}

static void
sort_names(struct hall *hall)
{
	const struct gates_view *view = hall->view;
	size_t i;

	hall->by_name = msg_calloc(view->count + 1, sizeof(*hall->by_name));
	for (i = 0; i < view->count; i++)
		hall->by_name[i] = i;
	qsort_r(hall->by_name, view->count, sizeof(*hall->by_name),
		compare_names, (void *)view);
}

/* The first place in by_name that is not before (name, client). */
static size_t
first_named(const struct hall *hall, const char *name, int64_t client)
{
	const struct gates_view *view = hall->view;
	size_t low = 0, high = view->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		size_t i = hall->by_name[middle];
		int order = strcmp(name_of(view, i), name);

		if (order == 0)
			order = compare(view->jobs[i].client, client);
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* A clock that was set may leave the success in the future. */
static bool
is_fresh(const struct gates_job *job, int64_t now)
{
	int64_t age = now - job->row->last_success;

	return job->row->last_success != 0 && age < job->job->interval &&
	       -age < job->job->interval;
}

static bool
is_met(const struct hall *hall, size_t i, enum schedule_need need)
{
	const struct states_row *row = hall->view->jobs[i].row;

	if (need == SCHEDULE_SUCCESS)
		return row->last_result == STATES_SUCCESS ||
		       row->last_result == STATES_PARTIAL;
	if (need == SCHEDULE_FRESH)
		return is_fresh(&hall->view->jobs[i], hall->now);
	return row->state != STATES_RUNNING && !hall->starting[i];
}

/* Is it met by the job of that name of the same client, or of every client
 * when either of the two is one per host? */
static bool
is_met_by_all(const struct hall *hall, size_t i,
	      const struct schedule_dependency *dependency)
{
	const struct gates_view *view = hall->view;
	const struct schedule_job *on = &view->schedule->jobs[dependency->job];
	int64_t client = view->jobs[i].client;
	size_t at = first_named(hall, on->name, on->per_host ? 0 : client);

	for (; at < view->count; at++) {
		size_t k = hall->by_name[at];

		if (strcmp(name_of(view, k), on->name) != 0 ||
		    (!on->per_host && client != 0 &&
		     view->jobs[k].client != client))
			break;
		if (!view->jobs[k].row->disabled &&
		    !is_met(hall, k, dependency->need))
			return false;
	}
	return true;
}

static bool
waits_for_dependency(struct hall *hall, size_t i)
{
	const struct gates_job *job = &hall->view->jobs[i];
	int64_t until = job->row->since + job->job->max_wait;
	size_t k;

	for (k = 0; k < job->job->dependency_count; k++) {
		const struct schedule_dependency *dependency =
			&job->job->dependencies[k];
		bool plain = dependency->need == SCHEDULE_IDLE;

		if ((plain && hall->now >= until) ||
		    is_met_by_all(hall, i, dependency))
			continue;
		hall->answers[i] = (struct gates_answer){
			.reason = STATES_DEPENDENCY,
			.until = plain ? until : 0,
			.whom = hall->view->schedule->jobs[dependency->job]
					.name,
		};
		return true;
	}
	return false;
}

static bool
waits_for_breaker(struct hall *hall, size_t i)
{
	const struct lane *lane = lane_of_job(hall, i);
	int64_t until = 0;

	if (lane == NULL || lane->breaker == NULL ||
	    (breaker_lets(lane->breaker, hall->now, &until) &&
	     !(lane->probing && lane->breaker->state != BREAKER_CLOSED)))
		return false;
	hall->answers[i] = (struct gates_answer){ .reason = STATES_BREAKER,
						  .until = until,
						  .whom = lane->integration };
	return true;
}

static bool
waits_for_slot(struct hall *hall, size_t i)
{
	const struct lane *lane = lane_of_job(hall, i);
	bool full = lane != NULL && lane->running >= lane->slots;

	if (!full && (hall->view->jobs[i].job->per_host || hall->free > 0))
		return false;
	hall->answers[i] = (struct gates_answer){
		.reason = STATES_SLOT, .whom = full ? lane->integration : NULL
	};
	return true;
}

/* What nobody gets past, and the row's own not_before. */
static bool
waits_for_all(struct hall *hall, size_t i)
{
	const struct gates_view *view = hall->view;
	const struct states_row *row = view->jobs[i].row;
	struct gates_answer *answer = &hall->answers[i];

	if (view->latched)
		answer->reason = STATES_EMERGENCY;
	else if (view->held)
		answer->reason = STATES_HOLD;
	else if (row->not_before > hall->now)
		*answer = (struct gates_answer){
			.reason = row->floor != STATES_NONE ? row->floor
							    : row->reason,
			.until = row->not_before,
		};
	else if (view->full)
		answer->reason = STATES_SPACE;
	else
		return false;
	return true;
}

static void
start(struct hall *hall, size_t i)
{
	struct lane *lane = lane_of_job(hall, i);

	occupy(hall, i);
	if (lane != NULL)
		lane->probing = true;
	hall->starting[i] = true;
	hall->answers[i].start = true;
	hall->answers[i].reason = hall->view->jobs[i].row->trigger;
	hall->order[hall->started++] = i;
}

static bool
may_start(struct hall *hall, size_t i)
{
	return !waits_for_breaker(hall, i) && !waits_for_dependency(hall, i) &&
	       !waits_for_slot(hall, i);
}

/* Client after client from the one whose turn it is; hosts' own jobs last. */
static int
turn_of(const struct gates_view *view, size_t i)
{
	int64_t client = view->jobs[i].client;

	if (client == 0)
		return 2;
	return client > view->last_client ? 0 : 1;
}

static int
compare_turns(const void *a, const void *b, void *arg)
{
	const struct gates_view *view = arg;
	size_t one = *(const size_t *)a, other = *(const size_t *)b;
	const struct gates_job *x = &view->jobs[one], *y = &view->jobs[other];
	int order = compare(turn_of(view, one), turn_of(view, other));

	if (order == 0)
		order = compare(x->client, y->client);
	if (order == 0)
		order = compare(x->row->since, y->row->since);
	return order != 0 ? order : compare((int64_t)one, (int64_t)other);
}

/* The candidates of one client, from next on. */
struct group {
	size_t next, end;
};

static size_t
make_groups(const struct hall *hall, const size_t *waiting, size_t count,
	    struct group *groups)
{
	size_t i, made = 0;

	for (i = 0; i < count; i++) {
		const struct gates_job *jobs = hall->view->jobs;

		if (made == 0 ||
		    jobs[waiting[i - 1]].client != jobs[waiting[i]].client)
			groups[made++].next = i;
		groups[made - 1].end = i + 1;
	}
	return made;
}

static bool
start_one(struct hall *hall, const size_t *waiting, struct group *group)
{
	while (group->next < group->end) {
		size_t i = waiting[group->next++];

		if (!may_start(hall, i))
			continue;
		start(hall, i);
		return true;
	}
	return false;
}

/* One start a client and round, until a round starts nothing. */
static void
take_turns(struct hall *hall, size_t *waiting, size_t count)
{
	struct group *groups = msg_calloc(count + 1, sizeof(*groups));
	bool any = true;
	size_t i, made;

	qsort_r(waiting, count, sizeof(*waiting), compare_turns,
		(void *)hall->view);
	made = make_groups(hall, waiting, count, groups);
	while (any) {
		any = false;
		for (i = 0; i < made; i++)
			any |= start_one(hall, waiting, &groups[i]);
	}
	free(groups);
}

/* Starts the forced ones; the others that nothing but a turn keeps back go to
 * waiting. */
static size_t
sift(struct hall *hall, size_t *waiting)
{
	const struct gates_view *view = hall->view;
	size_t i, count = 0;

	for (i = 0; i < view->count; i++) {
		const struct gates_job *job = &view->jobs[i];

		hall->answers[i] = (struct gates_answer){ 0 };
		if (job->job == NULL || job->row->state != STATES_PENDING ||
		    waits_for_all(hall, i))
			continue;
		if (job->row->forced)
			start(hall, i);
		else
			waiting[count++] = i;
	}
	return count;
}

size_t
gates_judge(const struct gates_view *view, int64_t now,
	    struct gates_answer *answers, size_t *order)
{
	struct hall hall = { .view = view,
			     .now = now,
			     .free = view->schedule->total,
			     .answers = answers,
			     .order = order };
	size_t *waiting = msg_calloc(view->count + 1, sizeof(*waiting));
	size_t i;

	hall.starting = msg_calloc(view->count + 1, sizeof(*hall.starting));
	make_lanes(&hall);
	hang_breakers(&hall);
	sort_names(&hall);
	for (i = 0; i < view->count; i++)
		if (view->jobs[i].row->state == STATES_RUNNING)
			occupy(&hall, i);
	take_turns(&hall, waiting, sift(&hall, waiting));
	free(waiting);
	free(hall.starting);
	free(hall.lanes);
	free(hall.by_name);
	return hall.started;
}
