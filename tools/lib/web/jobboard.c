#include "web/jobboard.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/msg.h"
#include "web/kept.h"
#include "web/lookout.h"
#include "web/loop.h"

/* ms: between two tellings of a run's progress; what is read again by the clock
 * when it is asked for; after which a lock that was just let go is looked at
 * once more, since inotify tells of it before it is free. */
enum { APART = 500, OLD = 2000, LET_GO = 50, TRIES = 3 };

/* A run that is followed. */
struct runner {
	int64_t client;
	char job[NAMES_SIZE];
	char run[FOLDER_ID];
	bool untold;  /* there is more than was told */
	int64_t told; /* monotonic ms */
};

struct jobboard {
	struct web *web;
	struct overview overview;
	struct dossier *dossier;
	struct lookout *lookout;
	struct kept *kept;
	struct runner *runners;
	size_t runner_count;
	uint64_t version;
	int64_t checked; /* when what the clock changes was looked at */
	bool taking, anew, around;
	struct loop_timer tell, again;
	void (*changed)(void *arg, const struct overview_job *job);
	void *arg;
};

static void
change(struct jobboard *b, const struct overview_job *job)
{
	b->version++;
	if (b->changed != NULL)
		b->changed(b->arg, job);
}

static void
drop_runner(struct jobboard *b, struct runner *runner)
{
	lookout_follow(b->lookout, runner->run, false);
	*runner = b->runners[--b->runner_count];
}

static struct runner *
runner_of(struct jobboard *b, const struct status *status)
{
	size_t i;

	for (i = 0; i < b->runner_count; i++)
		if (b->runners[i].client == status->client &&
		    strcmp(b->runners[i].job, status->job) == 0)
			return &b->runners[i];
	return NULL;
}

/* Watches the run of a job that runs, and no other. */
static void
follow(struct jobboard *b, const struct status *status)
{
	struct runner *runner = runner_of(b, status);
	char job[NAMES_SIZE];
	int64_t client, run;

	if (runner != NULL && status->state == STATES_RUNNING &&
	    strcmp(runner->run, status->run) == 0)
		return;
	if (runner != NULL)
		drop_runner(b, runner);
	if (status->state != STATES_RUNNING ||
	    !folder_parse(status->run, &client, job, &run))
		return;
	b->runners = msg_realloc(b->runners,
				 (b->runner_count + 1) * sizeof(*b->runners));
	runner = &b->runners[b->runner_count++];
	*runner = (struct runner){ .client = status->client };
	memcpy(runner->job, status->job, sizeof(runner->job));
	memcpy(runner->run, status->run, sizeof(runner->run));
	lookout_follow(b->lookout, runner->run, true);
}

static void
begin_anew(struct jobboard *b)
{
	const struct overview_ask all = { -1, NULL };
	struct overview *o = &b->overview;
	int tries = 0;
	char *why;
	size_t i;

	b->runner_count = 0;
	do {
		overview_close(o);
		overview_open(o, b->web->spool, &why);
		free(why);
		o->hurried = true;
		lookout_turn_to(b->lookout, o->path);
		overview_look(o, &all);
	} while (!lookout_sees(b->lookout, o->there ? &o->rooms : NULL) &&
		 ++tries < TRIES);
	for (i = 0; i < o->count; i++)
		follow(b, &o->jobs[i].status);
	b->anew = b->around = false;
	dossier_touch(b->dossier);
	change(b, NULL);
}

/* Nobody looks after jobs without a scheduler: so they are all looked at. */
static void
look_around(struct jobboard *b)
{
	struct overview *o = &b->overview;
	bool leader = o->leader, latched = o->latched, held = o->held;
	size_t i;

	b->around = false;
	overview_look_around(o);
	for (i = 0; i < o->count && leader != o->leader; i++)
		overview_look_after(o, &o->jobs[i]);
	if (leader != o->leader || latched != o->latched || held != o->held)
		change(b, NULL);
}

static void
status_changed(struct jobboard *b, const char *name)
{
	struct status gone = { .state = STATES_NOT_STARTED };
	struct overview_job *job;

	if (*name == '.' || !rooms_parse_job(name, &gone.client, gone.job))
		return;
	if (overview_renew(&b->overview, gone.client, gone.job) < 0 ||
	    b->overview.damaged > 0) {
		b->anew = true;
		return;
	}
	job = overview_find(&b->overview, gone.client, gone.job);
	follow(b, job != NULL ? &job->status : &gone);
	dossier_touch(b->dossier);
	change(b, job);
}

static void
tell_runner(struct jobboard *b, struct runner *runner, int64_t now)
{
	struct overview_job *job =
		overview_find(&b->overview, runner->client, runner->job);

	runner->untold = false;
	runner->told = now;
	if (job == NULL)
		return;
	b->overview.now = clock_now();
	overview_look_after(&b->overview, job);
	change(b, job);
}

/* Tells of the progress that is due, and comes again for what is not. */
static void
tell(void *arg)
{
	struct jobboard *b = arg;
	int64_t now = clock_monotonic(), next = 0;
	bool nested = b->taking;
	size_t i;

	b->taking = true;
	for (i = 0; i < b->runner_count; i++) {
		struct runner *runner = &b->runners[i];

		if (!runner->untold)
			continue;
		if (now - runner->told >= APART)
			tell_runner(b, runner, now);
		else if (next == 0 || runner->told + APART < next)
			next = runner->told + APART;
	}
	b->taking = nested;
	if (next != 0)
		loop_at(b->web->loop, &b->tell, next, tell, b);
}

static void
progress_changed(struct jobboard *b, const char *run)
{
	size_t i = 0;

	while (i < b->runner_count && strcmp(b->runners[i].run, run) != 0)
		i++;
	if (i == b->runner_count || b->runners[i].untold)
		return;
	b->runners[i].untold = true;
	tell(b);
}

static void
look_again(void *arg)
{
	struct jobboard *b = arg;

	b->taking = true;
	look_around(b);
	b->taking = false;
}

/* The scheduler has come or gone; or, without one, a run has. */
static void
lock_changed(struct jobboard *b, const char *name)
{
	struct overview_job *job = NULL;
	char word[NAMES_SIZE];
	int64_t client;
	bool stale;

	if (strcmp(name, "leader") == 0) {
		b->around = true;
		loop_at(b->web->loop, &b->again, clock_monotonic() + LET_GO,
			look_again, b);
		return;
	}
	if (!b->overview.leader && rooms_parse_job(name, &client, word))
		job = overview_find(&b->overview, client, word);
	if (job == NULL)
		return;
	stale = job->stale;
	overview_look_after(&b->overview, job);
	if (stale != job->stale)
		change(b, job);
}

static void
seen(void *arg, enum lookout_sight sight, const char *name)
{
	struct jobboard *b = arg;

	switch (sight) {
	case LOOKOUT_SPOOL:
		b->anew = true;
		return;
	case LOOKOUT_STATUS:
		status_changed(b, name);
		return;
	case LOOKOUT_LOCK:
		lock_changed(b, name);
		return;
	case LOOKOUT_LATCH:
		b->around = true;
		return;
	case LOOKOUT_PROGRESS:
		progress_changed(b, name);
		return;
	case LOOKOUT_DATABASE:
		journal_close(b->overview.journal);
		b->overview.journal = NULL;
		break;
	case LOOKOUT_EVENTS:
	default:
		break;
	}
	dossier_touch(b->dossier);
	b->version++;
}

static void
take(void *arg, short revents)
{
	struct jobboard *b = arg;

	(void)revents;
	if (b->taking)
		return;
	b->taking = true;
	lookout_take(b->lookout, seen, b);
	if (b->anew)
		begin_anew(b);
	if (b->around)
		look_around(b);
	b->taking = false;
}

static bool
is_same_pace(const struct pace *a, const struct pace *b)
{
	return a->samples == b->samples && a->done == b->done &&
	       a->total == b->total && a->at == b->at && a->rate == b->rate &&
	       strcmp(a->op, b->op) == 0;
}

/* What the clock alone changes. */
static void
look_at_the_clock(struct jobboard *b)
{
	struct overview *o = &b->overview;
	int64_t now = clock_monotonic();
	size_t i;

	if (now - b->checked < OLD)
		return;
	b->checked = now;
	if (lookout_fd(b->lookout) < 0)
		begin_anew(b);
	look_around(b);
	for (i = 0; i < o->count; i++) {
		struct overview_job *job = &o->jobs[i], before = *job;

		if (o->leader && job->status.state != STATES_RUNNING)
			continue;
		overview_look_after(o, job);
		if (before.stale != job->stale ||
		    !is_same_pace(&before.pace, &job->pace))
			b->version++;
	}
}

struct overview *
jobboard_look(struct jobboard *board)
{
	if (board->taking)
		return &board->overview;
	take(board, 0);
	board->taking = true;
	look_at_the_clock(board);
	overview_sum_up(&board->overview);
	if (dossier_catch_up(board->dossier, &board->overview))
		board->version++;
	board->taking = false;
	return &board->overview;
}

uint64_t
jobboard_version(const struct jobboard *board)
{
	return board->version;
}

struct dossier *
jobboard_dossier(struct jobboard *board)
{
	return board->dossier;
}

struct kept *
jobboard_kept(struct jobboard *board)
{
	return board->kept;
}

void
jobboard_listen(struct jobboard *board,
		void (*changed)(void *arg, const struct overview_job *job),
		void *arg)
{
	board->changed = changed;
	board->arg = arg;
}

struct jobboard *
jobboard_open(struct web *web)
{
	struct jobboard *b = msg_calloc(1, sizeof(*b));

	b->web = web;
	b->dossier = dossier_new(web->schedule);
	b->lookout = lookout_new();
	b->kept = kept_new();
	begin_anew(b);
	while (dossier_catch_up(b->dossier, &b->overview) &&
	       dossier_is_behind(b->dossier))
		;
	if (lookout_fd(b->lookout) >= 0)
		loop_add(web->loop, lookout_fd(b->lookout), POLLIN, take, b);
	return b;
}

void
jobboard_close(struct jobboard *board)
{
	if (board == NULL)
		return;
	loop_cancel(board->web->loop, &board->tell);
	loop_cancel(board->web->loop, &board->again);
	if (lookout_fd(board->lookout) >= 0)
		loop_remove(board->web->loop, lookout_fd(board->lookout));
	lookout_free(board->lookout);
	kept_free(board->kept);
	overview_close(&board->overview);
	dossier_free(board->dossier);
	free(board->runners);
	free(board);
}
