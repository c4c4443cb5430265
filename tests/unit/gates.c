/* gates: which jobs start, in which order, and what the others wait for. */
#include "jobs/gates.h"
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { HOUR = 3600 * 1000, MANY = 1200, MOST = 3 * MANY };

static const int64_t now = 1795514400000;

/* a and b are github's and jira's, c has no integration, s is one per host and
 * waits while a or b runs. */
static struct schedule_dependency on_both[] = { { 0, SCHEDULE_IDLE },
						{ 1, SCHEDULE_IDLE } };
static struct schedule_job shelf[] = {
	{ .name = "a", .interval = 4 * HOUR, .integration = "github" },
	{ .name = "b", .interval = 6 * HOUR, .integration = "jira" },
	{ .name = "c", .interval = HOUR },
	{ .name = "s",
	  .interval = HOUR,
	  .max_wait = HOUR,
	  .per_host = true,
	  .dependencies = on_both,
	  .dependency_count = 2 },
	{ .name = "a2", .interval = HOUR, .integration = "github" },
};
static struct schedule_slots slots[] = { { "github", 1 }, { "jira", 1 } };
enum { A, B, C, S, A2 };

struct scene {
	struct schedule schedule;
	struct states_row rows[MOST];
	struct gates_job jobs[MOST];
	struct gates_answer answers[MOST];
	size_t order[MOST];
	struct gates_view view;
	size_t started;
};

static struct scene *
scene(int64_t total)
{
	struct scene *s = calloc(1, sizeof(*s));

	if (s == NULL)
		exit(1);
	s->schedule = (struct schedule){ .total = total,
					 .slots = slots,
					 .slot_count = 2,
					 .jobs = shelf,
					 .job_count = 5 };
	s->view = (struct gates_view){ .schedule = &s->schedule,
				       .jobs = s->jobs };
	return s;
}

/* A job since some minutes in its state; returns its row. */
static struct states_row *
add(struct scene *s, int64_t client, int job, enum states_state state,
    int since)
{
	size_t i = s->view.count++;

	s->rows[i] = (struct states_row){ .state = state,
					  .trigger = STATES_DUE,
					  .reason = STATES_DUE,
					  .since = now - since * 60000LL };
	s->jobs[i] =
		(struct gates_job){ client, &shelf[job], &s->rows[i], NULL };
	return &s->rows[i];
}

static void
judge(struct scene *s)
{
	memset(s->answers, 0xa5, sizeof(s->answers[0]) * s->view.count);
	s->started = gates_judge(&s->view, now, s->answers, s->order);
}

static bool
waits(const struct scene *s, size_t i, enum states_reason reason,
      const char *whom)
{
	const struct gates_answer *answer = &s->answers[i];

	return !answer->start && answer->reason == reason &&
	       (whom == NULL ? answer->whom == NULL
			     : answer->whom != NULL &&
				       strcmp(answer->whom, whom) == 0);
}

static int
what_is_pending_starts(void)
{
	struct scene *s = scene(4);

	add(s, 1, A, STATES_PENDING, 5);
	add(s, 1, B, STATES_FINISHED, 5);
	add(s, 1, C, STATES_PENDING, 9)->trigger = STATES_RETRY;
	add(s, 2, A, STATES_ERROR, 9);
	judge(s);
	CHECK(s->started == 2);
	CHECK(s->answers[0].start && s->answers[2].start);
	CHECK(s->answers[2].reason == STATES_RETRY);
	CHECK(!s->answers[1].start && !s->answers[3].start);
	CHECK(s->order[0] == 2 && s->order[1] == 0); /* the oldest first */
	free(s);
	return 0;
}

static int
some_things_nobody_gets_past(void)
{
	struct scene *s = scene(4);
	struct states_row *row = add(s, 1, A, STATES_PENDING, 5);

	row->forced = true;
	s->view.latched = s->view.held = s->view.full = true;
	judge(s);
	CHECK(s->started == 0 && waits(s, 0, STATES_EMERGENCY, NULL));
	s->view.latched = false;
	judge(s);
	CHECK(s->started == 0 && waits(s, 0, STATES_HOLD, NULL));
	s->view.held = false;
	judge(s);
	CHECK(s->started == 0 && waits(s, 0, STATES_SPACE, NULL));
	s->view.full = false;
	judge(s);
	CHECK(s->started == 1);
	row->forced = false;
	row->not_before = now + 1;
	row->floor = STATES_QUOTA;
	judge(s);
	CHECK(s->started == 0 && waits(s, 0, STATES_QUOTA, NULL));
	CHECK(s->answers[0].until == now + 1);
	row->not_before = now;
	judge(s);
	CHECK(s->started == 1);
	free(s);
	return 0;
}

static int
slots_are_per_host_and_per_client(void)
{
	struct scene *s = scene(3);

	add(s, 1, A, STATES_RUNNING, 1);
	add(s, 1, A2, STATES_PENDING, 90); /* client 1's github is taken */
	add(s, 2, A, STATES_PENDING, 80);
	add(s, 2, A2, STATES_PENDING, 70);
	add(s, 1, C, STATES_PENDING, 60);
	add(s, 2, C, STATES_PENDING, 50); /* total is full by then */
	judge(s);
	CHECK(s->started == 2);
	CHECK(waits(s, 1, STATES_SLOT, "github"));
	CHECK(s->answers[2].start);
	CHECK(waits(s, 3, STATES_SLOT, "github"));
	CHECK(s->answers[4].start);
	CHECK(waits(s, 5, STATES_SLOT, NULL));
	/* Forced: past slots, though it takes one. */
	s->rows[1].forced = true;
	judge(s);
	CHECK(s->answers[1].start && s->order[0] == 1);
	CHECK(s->started == 2);
	free(s);
	return 0;
}

static int
an_old_run_of_a_removed_job_counts(void)
{
	struct scene *s = scene(1);

	add(s, 1, C, STATES_RUNNING, 9)->disabled = true;
	s->jobs[0].job = NULL;
	add(s, 1, A, STATES_PENDING, 1);
	judge(s);
	CHECK(s->started == 0 && waits(s, 1, STATES_SLOT, NULL));
	free(s);
	return 0;
}

static int
clients_come_in_turn(void)
{
	struct scene *s = scene(4);
	int64_t client;

	for (client = 1; client <= 3; client++) {
		add(s, client, A, STATES_PENDING, (int)client);
		add(s, client, B, STATES_PENDING, (int)client + 90);
		add(s, client, C, STATES_PENDING, (int)client + 50);
	}
	s->view.last_client = 1;
	judge(s);
	/* 2, 3, 1, 2: each its oldest, and the second time its next. */
	CHECK(s->started == 4);
	CHECK(s->order[0] == 4 && s->order[1] == 7 && s->order[2] == 1);
	CHECK(s->order[3] == 5);
	s->view.last_client = 3;
	judge(s);
	CHECK(s->order[0] == 1 && s->order[1] == 4 && s->order[2] == 7);
	free(s);
	return 0;
}

static int
a_plain_dependency_waits_for_quiet(void)
{
	struct scene *s = scene(4);
	struct states_row *last = NULL;

	add(s, 1, A, STATES_FINISHED, 5);
	add(s, 1, B, STATES_ERROR, 5);
	add(s, 2, B, STATES_RUNNING, 5);
	last = add(s, 0, S, STATES_PENDING, 10);
	judge(s);
	CHECK(s->started == 0 && waits(s, 3, STATES_DEPENDENCY, "b"));
	CHECK(s->answers[3].until == now + 50 * 60000LL);
	s->rows[2].state = STATES_FINISHED;
	judge(s);
	CHECK(s->started == 1);
	/* Not beside one that starts in this very round. */
	s->rows[0].state = STATES_PENDING;
	judge(s);
	CHECK(s->started == 1 && s->order[0] == 0);
	CHECK(waits(s, 3, STATES_DEPENDENCY, "a"));
	/* After max_wait beside them; at once when forced. */
	last->since = now - HOUR;
	judge(s);
	CHECK(s->started == 2 && s->answers[3].start);
	last->since = now;
	last->forced = true;
	judge(s);
	CHECK(s->started == 2);
	free(s);
	return 0;
}

static int
other_dependencies_want_a_success(void)
{
	static struct schedule_dependency need = { A, SCHEDULE_SUCCESS };
	struct scene *s = scene(4);

	shelf[C].dependencies = &need;
	shelf[C].dependency_count = 1;
	shelf[C].max_wait = 1;
	add(s, 1, A, STATES_RUNNING, 5)->last_result = STATES_FAILED;
	add(s, 1, C, STATES_PENDING, 99);
	/* Another client's success is none of this one's. */
	add(s, 2, A, STATES_FINISHED, 5)->last_result = STATES_SUCCESS;
	judge(s);
	CHECK(waits(s, 1, STATES_DEPENDENCY, "a"));
	CHECK(s->answers[1].until == 0);
	s->rows[0].last_result = STATES_PARTIAL;
	judge(s);
	CHECK(s->answers[1].start);
	need.need = SCHEDULE_FRESH;
	judge(s);
	CHECK(waits(s, 1, STATES_DEPENDENCY, "a"));
	s->rows[0].last_success = now - 4 * HOUR + 1;
	judge(s);
	CHECK(s->answers[1].start);
	s->rows[0].last_success = now - 4 * HOUR;
	judge(s);
	CHECK(!s->answers[1].start);
	/* A clock that was set back by years makes nothing fresh. */
	s->rows[0].last_success = now + 90000 * (int64_t)HOUR;
	judge(s);
	CHECK(!s->answers[1].start);
	shelf[C].dependencies = NULL;
	shelf[C].dependency_count = 0;
	free(s);
	return 0;
}

static int
an_open_breaker_holds_its_pair_only(void)
{
	struct breaker breaker = { .state = BREAKER_OPEN, .until = now + 7 };
	struct gates_breaker breakers[] = { { 1, "github", &breaker },
					    { 9, "github", &breaker } };
	struct scene *s = scene(9);

	s->view.breakers = breakers;
	s->view.breaker_count = 2;
	add(s, 1, A, STATES_PENDING, 5);
	add(s, 1, A2, STATES_PENDING, 6);
	add(s, 1, B, STATES_PENDING, 5);
	add(s, 2, A, STATES_PENDING, 5);
	judge(s);
	CHECK(s->started == 2);
	CHECK(waits(s, 0, STATES_BREAKER, "github"));
	CHECK(s->answers[0].until == now + 7);
	CHECK(s->answers[2].start && s->answers[3].start);
	/* Half open: one probe, though there were slots for two. */
	slots[0].count = 2;
	breaker = (struct breaker){ .state = BREAKER_HALF_OPEN };
	judge(s);
	CHECK(s->started == 3);
	CHECK(s->answers[1].start && waits(s, 0, STATES_BREAKER, "github"));
	breaker.probe = 77;
	judge(s);
	CHECK(s->started == 2);
	s->rows[0].forced = true;
	judge(s);
	CHECK(s->answers[0].start && !s->answers[1].start);
	slots[0].count = 1;
	free(s);
	return 0;
}

/* A thousand clients, all due: nobody comes twice, and it takes no longer
 * than a tick may. */
static int
many_are_judged_at_once(void)
{
	struct scene *s = scene(MANY);
	struct timespec a, b;
	size_t i;

	for (i = 0; i < MANY; i++) {
		add(s, (int64_t)i + 1, A, STATES_PENDING, (int)i % 60);
		add(s, (int64_t)i + 1, B, STATES_PENDING, (int)i % 50);
	}
	add(s, 0, S, STATES_PENDING, 1);
	clock_gettime(CLOCK_MONOTONIC, &a);
	judge(s);
	clock_gettime(CLOCK_MONOTONIC, &b);
	CHECK(s->started == MANY);
	for (i = 0; i < MANY; i++)
		CHECK(s->jobs[s->order[i]].client == (int64_t)i + 1);
	CHECK(waits(s, 2 * MANY, STATES_DEPENDENCY, "a"));
	CHECK((b.tv_sec - a.tv_sec) * 1000 + (b.tv_nsec - a.tv_nsec) / 1000000 <
	      500);
	free(s);
	return 0;
}

int
main(void)
{
	return what_is_pending_starts() || some_things_nobody_gets_past() ||
	       slots_are_per_host_and_per_client() ||
	       an_old_run_of_a_removed_job_counts() || clients_come_in_turn() ||
	       a_plain_dependency_waits_for_quiet() ||
	       other_dependencies_want_a_success() ||
	       an_open_breaker_holds_its_pair_only() ||
	       many_are_judged_at_once();
}
