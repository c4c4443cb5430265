#include "jobs/plan.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "base/times.h"

/* A job on its way through the plan. */
struct player {
	const struct gates_job *is;
	int64_t wish;	 /* when it would start; NEVER: not at all */
	int64_t since;	 /* when it began to wait for others */
	int64_t busy;	 /* until then it runs */
	int64_t success; /* the end of its last good run, maybe to come; 0 */
	int64_t before;	 /* that of the good run before, 0 */
	int64_t good;	 /* from then on its last run ended well */
	int64_t length;
	enum states_reason reason;
	char note[PLAN_NOTE];
};

struct play {
	const struct gates_view *view;
	struct player *players;
};

static const int64_t never = INT64_MAX;

const char *
plan_never(const struct gates_job *job)
{
	const struct states_row *row = job->row;

	if (row->disabled)
		return "no longer in the schedule";
	if (row->state == STATES_PAUSED)
		return row->reason == STATES_EMERGENCY
			       ? "stopped by emergency-stop: pulse start "
				 "orchestrator"
			       : "paused: pulse resume";
	if (row->state == STATES_ERROR && row->reason == STATES_MANUAL_FIX)
		return "needs a person: pulse why, then pulse start";
	if (row->state == STATES_RUNNING && row->reason == STATES_STUCK)
		return "stuck: a dead run's lock is not free";
	return NULL;
}

const char *
plan_barrier(const struct gates_view *view)
{
	if (view->latched)
		return "the emergency latch is set: pulse start "
		       "orchestrator";
	if (view->held)
		return "the orchestrator is stopped: pulse start "
		       "orchestrator";
	if (view->full)
		return "there is less free space than free_space of the "
		       "schedule";
	return NULL;
}

__attribute__((format(printf, 2, 3))) static void
note(struct player *p, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(p->note, sizeof(p->note), format, args);
	va_end(args);
}

/* A first start, a grid point, or the end of a wait that the row names. */
static void
enter_pending(struct player *p, int64_t now)
{
	const struct states_row *row = p->is->row;
	char until[TIMES_SIZE];

	p->wish = row->not_before > now ? row->not_before : now;
	p->reason = row->trigger != STATES_NONE ? row->trigger : row->reason;
	if (p->wish == now || row->floor == STATES_NONE)
		return;
	times_format_seconds(p->wish, until);
	note(p, "%s until %s", states_reason_name(row->floor), until);
}

static void
enter_error(struct player *p, int64_t now)
{
	const struct states_row *row = p->is->row;

	p->wish = row->not_before > now ? row->not_before : now;
	p->reason = row->reason;
	if (row->reason == STATES_RETRY)
		note(p, "retry %lld of %lld", (long long)row->retry_count,
		     (long long)p->is->job->max_retries);
	else
		note(p, "one try; it failed too often for retries (%s)",
		     states_tier_name(row->tier));
}

/* Plays one run from `at` on, and goes to the due point after its end. */
static void
run(struct player *p, int64_t at)
{
	p->busy = at + p->length;
	p->before = p->success;
	p->success = p->busy;
	if (p->good > p->busy)
		p->good = p->busy;
	p->wish = schedule_next(p->is->job, p->is->client, p->busy);
	p->since = p->wish;
	p->reason = STATES_DUE;
	p->note[0] = '\0';
}

static void
enter(struct player *p, const struct gates_job *is, int64_t now)
{
	const struct states_row *row = is->row;

	p->is = is;
	p->reason = STATES_DUE;
	p->success = row->last_success;
	p->good = row->last_result == STATES_SUCCESS ||
				  row->last_result == STATES_PARTIAL
			  ? 0
			  : never;
	if (is->job == NULL) { /* takes its slot until it ends */
		p->wish = never;
		p->busy = now + p->length;
	} else if (plan_never(is) != NULL) {
		p->wish = never;
		p->busy = row->state == STATES_RUNNING ? never : 0;
	} else if (row->state == STATES_PENDING) {
		enter_pending(p, now);
	} else if (row->state == STATES_ERROR) {
		enter_error(p, now);
	} else if (row->state == STATES_RUNNING) {
		run(p, now);
		note(p, "is running");
	} else if (row->epoch == 0) {
		p->reason = STATES_FIRST;
		p->wish = now;
	} else if (row->next_due != 0) {
		p->wish = row->next_due > now ? row->next_due : now;
	} else {
		p->wish = schedule_next(is->job, is->client, now);
	}
	p->since = p->wish;
}

/* The same client's, or either of them is once for the host. */
static bool
meets(const struct player *p, const struct player *other)
{
	return p->is->client == other->is->client || p->is->client == 0 ||
	       other->is->client == 0;
}

/* Until when p waits for a run of other that ends well; 0: it need not. */
static int64_t
wait_for_success(const struct player *p, const struct player *other,
		 enum schedule_need need)
{
	int64_t fresh = other->is->job->interval;

	if (need == SCHEDULE_SUCCESS && other->good <= p->wish)
		return 0;
	if (need == SCHEDULE_FRESH &&
	    ((other->success != 0 && other->success <= p->wish &&
	      other->success + fresh > p->wish) ||
	     (other->before != 0 && other->before + fresh > p->wish)))
		return 0;
	if (other->busy > p->wish)
		return other->busy;
	return other->wish == never ? never : other->wish + other->length + 1;
}

/* At most max_wait for one that only must not run. */
static int64_t
wait_for_idle(const struct player *p, const struct player *other)
{
	int64_t patience = p->since + p->is->job->max_wait;

	if (other->busy <= p->wish || patience <= p->wish)
		return 0;
	return other->busy < patience ? other->busy : patience;
}

static int64_t
wait_for_others(const struct play *play, struct player *p)
{
	const struct schedule_job *job = p->is->job;
	int64_t until = 0, one;
	size_t d, i;

	for (d = 0; d < job->dependency_count; d++)
		for (i = 0; i < play->view->count; i++) {
			const struct schedule_dependency *on =
				&job->dependencies[d];
			const struct player *other = &play->players[i];

			if (other->is->job !=
				    &play->view->schedule->jobs[on->job] ||
			    !meets(p, other))
				continue;
			one = on->need == SCHEDULE_IDLE
				      ? wait_for_idle(p, other)
				      : wait_for_success(p, other, on->need);
			if (one <= until)
				continue;
			until = one;
			note(p,
			     on->need == SCHEDULE_IDLE
				     ? "after the run of %s"
				     : "after a good run of %s",
			     other->is->job->name);
		}
	return until;
}

/* When the run that is the breaker's probe has ended; played, it ends well. */
static int64_t
wait_for_probe(const struct play *play, struct player *p, int64_t run)
{
	size_t i;

	note(p, "after the probe of %s", p->is->job->integration);
	for (i = 0; i < play->view->count; i++) {
		const struct player *other = &play->players[i];

		if (other->is->row->run == run && other->is->row->run != 0 &&
		    other->is->client == p->is->client)
			return other->busy > p->wish ? other->busy : 0;
	}
	return never;
}

static int64_t
wait_for_breaker(const struct play *play, struct player *p)
{
	const char *integration = p->is->job->integration;
	int64_t until = 0;
	size_t i;

	for (i = 0; i < play->view->breaker_count; i++) {
		const struct gates_breaker *b = &play->view->breakers[i];

		if (integration == NULL || b->client != p->is->client ||
		    strcmp(b->integration, integration) != 0)
			continue;
		if (breaker_lets(b->breaker, p->wish, &until))
			return 0;
		if (b->breaker->state == BREAKER_HALF_OPEN)
			return wait_for_probe(play, p, b->breaker->probe);
		note(p, "the breaker of %s is open", integration);
		return until > p->wish ? until : never;
	}
	return 0;
}

/* The first end among the runs that fill a slot, when they fill all. */
static int64_t
wait_for_slot(const struct play *play, struct player *p, const char *name)
{
	int64_t slots = name == NULL
				? play->view->schedule->total
				: schedule_slots(play->view->schedule, name);
	int64_t until = never;
	size_t i;

	for (i = 0; i < play->view->count; i++) {
		const struct player *other = &play->players[i];
		const char *its = other->is->job != NULL
					  ? other->is->job->integration
					  : other->is->runs_on;

		if (other->busy <= p->wish || other->is->client == 0 ||
		    (name != NULL && (other->is->client != p->is->client ||
				      its == NULL || strcmp(its, name) != 0)))
			continue;
		slots--;
		if (other->busy < until)
			until = other->busy;
	}
	if (slots > 0)
		return 0;
	note(p, "after a slot%s%s is free", name != NULL ? " of " : "",
	     name != NULL ? name : "");
	return until;
}

/* 0: p may start at its wish; else when to look again. */
static int64_t
wait(const struct play *play, struct player *p)
{
	const char *integration = p->is->job->integration;
	int64_t until = wait_for_breaker(play, p);

	if (until == 0)
		until = wait_for_others(play, p);
	if (until == 0 && integration != NULL && p->is->client != 0)
		until = wait_for_slot(play, p, integration);
	if (until == 0 && p->is->client != 0)
		until = wait_for_slot(play, p, NULL);
	return until;
}

static void
note_dependencies(struct player *p, const struct schedule *schedule)
{
	const struct schedule_job *job = p->is->job;
	size_t len = 0, i;

	for (i = 0; i < job->dependency_count && len < sizeof(p->note); i++)
		if (job->dependencies[i].need == SCHEDULE_IDLE)
			len += (size_t)snprintf(
				p->note + len, sizeof(p->note) - len, "%s%s",
				len == 0 ? "not while one of these runs: "
					 : ", ",
				schedule->jobs[job->dependencies[i].job].name);
}

/* At the same time those that wait for nobody go first, as they will. */
static bool
goes_before(const struct player *p, const struct player *other)
{
	if (p->wish != other->wish)
		return p->wish < other->wish;
	return p->is->job->dependency_count < other->is->job->dependency_count;
}

static struct player *
next_player(const struct play *play)
{
	struct player *first = NULL;
	size_t i;

	for (i = 0; i < play->view->count; i++) {
		struct player *p = &play->players[i];

		if (p->wish != never &&
		    (first == NULL || goes_before(p, first)))
			first = p;
	}
	return first;
}

static size_t
perform(const struct play *play, size_t most, struct plan_start *starts)
{
	struct player *p;
	size_t count = 0;

	while (count < most && (p = next_player(play)) != NULL) {
		int64_t until = wait(play, p);
		struct plan_start *start = &starts[count];

		if (until > p->wish) {
			p->wish = until;
			continue;
		}
		if (p->note[0] == '\0')
			note_dependencies(p, play->view->schedule);
		start->at = p->wish;
		start->job = (size_t)(p - play->players);
		start->reason = p->reason;
		memcpy(start->note, p->note, sizeof(start->note));
		run(p, p->wish);
		count++;
	}
	return count;
}

size_t
plan_make(const struct gates_view *view, const int64_t *lengths, int64_t now,
	  size_t most, struct plan_start *starts)
{
	struct play play = { .view = view };
	size_t count, i;

	play.players = msg_calloc(view->count + 1, sizeof(*play.players));
	for (i = 0; i < view->count; i++) {
		if (lengths != NULL && lengths[i] > 0)
			play.players[i].length = lengths[i];
		enter(&play.players[i], &view->jobs[i], now);
	}
	count = perform(&play, most, starts);
	free(play.players);
	return count;
}
