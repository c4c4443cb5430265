/* plan: the next starts, in order, with what they wait for. */
#include "jobs/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

static const int64_t minute = 60000;
static const int64_t hour = 3600000;
static const int64_t noon = 1795000000000; /* any time */

enum { GITHUB, JIRA, SLEEP, OTHER, JOBS };

struct scene {
	struct schedule *schedule;
	struct states_row rows[JOBS];
	struct gates_job jobs[JOBS];
	struct breaker breaker;
	struct gates_breaker breakers[1];
	struct gates_view view;
	struct plan_start starts[64];
};

static const char yaml[] =
	"slots: {total: 2, github: 1}\n"
	"jobs:\n"
	"  github_job: {run: /bin/true, interval: 4h, integration: github}\n"
	"  jira_job: {run: /bin/true, interval: 6h, integration: jira}\n"
	"  sleep_job: {run: /bin/true, interval: 15m, per: host,\n"
	"    dependencies: [github_job, jira_job], max_wait: 1h}\n"
	"  other: {run: /bin/true, interval: 1h, integration: github,\n"
	"    dependencies: {jira_job: fresh}}\n";

/* All have run well an hour ago, and are next due on their grid. */
static void
set(struct scene *s)
{
	char *why;
	size_t i;

	schedule_free(s->schedule);
	*s = (struct scene){ 0 };
	s->schedule = schedule_of(
		config_parse("s.yaml", yaml, sizeof(yaml) - 1, &why), &why);
	if (s->schedule == NULL)
		abort();
	for (i = 0; i < JOBS; i++) {
		struct schedule_job *job = &s->schedule->jobs[i];
		int64_t client = i == SLEEP ? 0 : 1;

		s->rows[i] = (struct states_row){
			.state = STATES_FINISHED,
			.epoch = 3,
			.last_result = STATES_SUCCESS,
			.last_end = noon - hour,
			.last_success = noon - hour,
			.next_due = schedule_next(job, client, noon),
		};
		s->jobs[i] =
			(struct gates_job){ client, job, &s->rows[i], NULL };
	}
	s->breakers[0] = (struct gates_breaker){ 1, "github", &s->breaker };
	s->view = (struct gates_view){ .schedule = s->schedule,
				       .jobs = s->jobs,
				       .count = JOBS,
				       .breakers = s->breakers,
				       .breaker_count = 1 };
}

/* The n-th (from 0) start of a job in a plan of 40; NULL: there is none. */
static const struct plan_start *
start(struct scene *s, const int64_t *lengths, size_t job, size_t n)
{
	size_t count = plan_make(&s->view, lengths, noon, 40, s->starts), i;

	for (i = 1; i < count; i++)
		if (s->starts[i].at < s->starts[i - 1].at)
			abort();
	for (i = 0; i < count; i++)
		if (s->starts[i].job == job && n-- == 0)
			return &s->starts[i];
	return NULL;
}

static int
on_the_grid(struct scene *s)
{
	const struct plan_start *p;
	size_t n;

	set(s);
	CHECK(plan_make(&s->view, NULL, noon, 3, s->starts) == 3);
	CHECK(plan_make(&s->view, NULL, noon, 0, s->starts) == 0);
	for (n = 0; n < 2; n++) {
		p = start(s, NULL, GITHUB, n);
		CHECK(p != NULL && p->reason == STATES_DUE);
		CHECK(p->at ==
		      s->rows[GITHUB].next_due + (int64_t)n * 4 * hour);
		CHECK(p->note[0] == '\0');
	}
	p = start(s, NULL, SLEEP, 5);
	CHECK(p->at == s->rows[SLEEP].next_due + 75 * minute);
	CHECK(strcmp(p->note,
		     "not while one of these runs: github_job, jira_job") == 0);
	for (n = 0; n < JOBS; n++)
		s->rows[n].next_due = noon;
	CHECK(start(s, NULL, SLEEP, 0) == &s->starts[3]); /* it waits for two */
	CHECK(start(s, NULL, OTHER, 0) == &s->starts[2]);
	/* Overdue: once, now, then on the grid again. */
	s->rows[GITHUB].next_due = noon - 9 * hour;
	CHECK(start(s, NULL, GITHUB, 0)->at == noon);
	CHECK(start(s, NULL, GITHUB, 1)->at ==
	      schedule_next(s->jobs[GITHUB].job, 1, noon));
	return 0;
}

static int
by_state(struct scene *s)
{
	const struct plan_start *p;

	set(s);
	s->rows[GITHUB] = (struct states_row){ 0 };
	p = start(s, NULL, GITHUB, 0);
	CHECK(p->at == noon && p->reason == STATES_FIRST);

	set(s);
	s->rows[GITHUB].state = STATES_ERROR;
	s->rows[GITHUB].reason = STATES_RETRY;
	s->rows[GITHUB].retry_count = 2;
	s->rows[GITHUB].not_before = noon + 12 * minute;
	p = start(s, NULL, GITHUB, 0);
	CHECK(p->at == noon + 12 * minute && p->reason == STATES_RETRY);
	CHECK(strcmp(p->note, "retry 2 of 3") == 0);
	s->rows[GITHUB].reason = STATES_PROBE;
	s->rows[GITHUB].tier = STATES_STANDARD;
	p = start(s, NULL, GITHUB, 0);
	CHECK(p->reason == STATES_PROBE && strstr(p->note, "standard") != NULL);

	s->rows[GITHUB].state = STATES_PENDING;
	s->rows[GITHUB].reason = STATES_QUOTA;
	s->rows[GITHUB].trigger = STATES_MANUAL;
	s->rows[GITHUB].floor = STATES_QUOTA;
	p = start(s, NULL, GITHUB, 0);
	CHECK(p->at == noon + 12 * minute && p->reason == STATES_MANUAL);
	CHECK(strncmp(p->note, "quota until 20", 14) == 0);
	s->rows[GITHUB].not_before = noon - 5;
	CHECK(start(s, NULL, GITHUB, 0)->at == noon);
	return 0;
}

static int
not_at_all(struct scene *s)
{
	set(s);
	CHECK(plan_never(&s->jobs[GITHUB]) == NULL);
	CHECK(plan_barrier(&s->view) == NULL);
	s->rows[GITHUB].state = STATES_PAUSED;
	CHECK(strstr(plan_never(&s->jobs[GITHUB]), "resume") != NULL);
	CHECK(start(s, NULL, GITHUB, 0) == NULL);
	s->rows[GITHUB].state = STATES_ERROR;
	s->rows[GITHUB].reason = STATES_MANUAL_FIX;
	CHECK(strstr(plan_never(&s->jobs[GITHUB]), "person") != NULL);
	CHECK(start(s, NULL, GITHUB, 0) == NULL);
	s->rows[GITHUB].state = STATES_RUNNING;
	s->rows[GITHUB].reason = STATES_STUCK;
	CHECK(start(s, NULL, GITHUB, 0) == NULL);
	CHECK(start(s, NULL, OTHER, 0) == NULL); /* its slot is never free */
	CHECK(start(s, NULL, SLEEP, 0)->at ==
	      s->rows[SLEEP].next_due + hour); /* max_wait */
	set(s);
	s->rows[JIRA].disabled = true;
	CHECK(start(s, NULL, JIRA, 0) == NULL);
	s->view.full = true;
	CHECK(strstr(plan_barrier(&s->view), "space") != NULL);
	s->view.held = true;
	CHECK(strstr(plan_barrier(&s->view), "stopped") != NULL);
	s->view.latched = true;
	CHECK(strstr(plan_barrier(&s->view), "latch") != NULL);
	for (size_t i = 0; i < JOBS; i++)
		s->rows[i].disabled = true;
	CHECK(plan_make(&s->view, NULL, noon, 9, s->starts) == 0);
	return 0;
}

static int
waiting(struct scene *s)
{
	int64_t lengths[JOBS] = { 30 * minute, 2 * hour, minute, minute };
	const struct plan_start *p;

	set(s);
	s->rows[GITHUB].state = STATES_RUNNING;
	s->rows[OTHER].next_due = noon + minute;
	s->rows[SLEEP].next_due = noon + 2 * minute;
	s->rows[JIRA].next_due = noon + 5 * hour;
	p = start(s, lengths, OTHER, 0);
	CHECK(p->at == noon + 30 * minute);
	CHECK(strcmp(p->note, "after a slot of github is free") == 0);
	p = start(s, lengths, SLEEP, 0);
	CHECK(p->at == noon + 30 * minute);
	CHECK(strcmp(p->note, "after the run of github_job") == 0);
	p = start(s, lengths, GITHUB, 0);
	CHECK(p->at ==
	      schedule_next(s->jobs[GITHUB].job, 1, noon + 30 * minute));
	lengths[GITHUB] = 3 * hour;
	CHECK(start(s, lengths, SLEEP, 0)->at == noon + 2 * minute + hour);

	set(s);
	s->schedule->total = 1;
	s->rows[GITHUB].state = STATES_RUNNING;
	s->rows[JIRA].next_due = noon + minute;
	lengths[GITHUB] = 30 * minute;
	p = start(s, lengths, JIRA, 0);
	CHECK(p->at == noon + 30 * minute);
	CHECK(strcmp(p->note, "after a slot is free") == 0);
	return 0;
}

static int
after_success(struct scene *s)
{
	int64_t lengths[JOBS] = { 0, 10 * minute, 0, 0 };
	const struct plan_start *p;

	set(s);
	s->rows[JIRA].last_result = STATES_FAILED;
	s->rows[JIRA].last_success = noon - 7 * hour;
	s->rows[JIRA].next_due = noon + 20 * minute;
	s->rows[OTHER].next_due = noon + minute;
	p = start(s, lengths, OTHER, 0); /* fresh */
	CHECK(p->at > noon + 29 * minute && p->at < noon + 31 * minute);
	CHECK(strcmp(p->note, "after a good run of jira_job") == 0);
	s->jobs[OTHER].job->dependencies[0].need = SCHEDULE_SUCCESS;
	p = start(s, lengths, OTHER, 0);
	CHECK(p->at > noon + 29 * minute && p->at < noon + 31 * minute);
	s->rows[JIRA].last_result = STATES_PARTIAL;
	CHECK(start(s, lengths, OTHER, 0)->at == noon + minute);
	s->rows[JIRA].last_result = STATES_FAILED;
	s->rows[JIRA].state = STATES_PAUSED;
	CHECK(start(s, lengths, OTHER, 0) == NULL);
	return 0;
}

static int
breakers(struct scene *s)
{
	int64_t lengths[JOBS] = { 0 };
	const struct plan_start *p;

	set(s);
	s->rows[GITHUB].next_due = noon + minute;
	s->breaker = (struct breaker){ .state = BREAKER_OPEN,
				       .length = 15 * minute,
				       .opened_at = noon - minute,
				       .until = noon + 14 * minute };
	p = start(s, NULL, GITHUB, 0);
	CHECK(p->at == noon + 14 * minute);
	CHECK(strcmp(p->note, "the breaker of github is open") == 0);
	CHECK(start(s, NULL, JIRA, 0)->at == s->rows[JIRA].next_due);
	breaker_override(&s->breaker, BREAKER_FORCED_OPEN, noon);
	CHECK(start(s, NULL, GITHUB, 0) == NULL);
	breaker_override(&s->breaker, BREAKER_FORCED_CLOSED, noon);
	CHECK(start(s, NULL, GITHUB, 0)->at == noon + minute);

	s->breaker =
		(struct breaker){ .state = BREAKER_HALF_OPEN, .probe = 77 };
	s->rows[OTHER].state = STATES_RUNNING;
	s->rows[OTHER].run = 77;
	s->schedule->slots[0].count = 2;
	lengths[OTHER] = 5 * minute;
	p = start(s, lengths, GITHUB, 0);
	CHECK(p->at == noon + 5 * minute);
	CHECK(strcmp(p->note, "after the probe of github") == 0);
	return 0;
}

int
main(void)
{
	struct scene *s = calloc(1, sizeof(*s));
	int failed;

	if (s == NULL)
		return 1;
	failed = on_the_grid(s) || by_state(s) || not_at_all(s) || waiting(s) ||
		 after_success(s) || breakers(s);
	schedule_free(s->schedule);
	free(s);
	return failed;
}
