#include "look/overview.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/home.h"
#include "base/msg.h"
#include "jobs/latch.h"
#include "jobs/lock.h"

/* A scheduler that a timer starts may be late by this much. */
enum { LATE = 600000 };

/* What is missing may have been made since. */
static int
open_rooms(struct overview *o, char **why)
{
	*why = NULL;
	if (o->there && o->rooms.run >= 0 && o->rooms.lock >= 0 &&
	    o->rooms.control >= 0 && o->rooms.status >= 0)
		return 0;
	if (o->there)
		rooms_close(&o->rooms);
	o->there = access(o->path, F_OK) == 0;
	if (!o->there)
		return 0;
	if (rooms_open(&o->rooms, o->path, false, why) == 0)
		return 0;
	o->there = false;
	return -1;
}

int
overview_open(struct overview *overview, const char *spool, char **why)
{
	*overview =
		(struct overview){ .path = spool != NULL ? msg_strdup(spool)
							 : home_path("spool"),
				   .rooms = { NULL, -1, -1, -1, -1, -1 } };
	return open_rooms(overview, why);
}

struct journal *
overview_journal(struct overview *overview, char **why,
		 enum outcome_class *class)
{
	char path[4096];

	*why = NULL;
	if (overview->journal != NULL || !overview->there ||
	    snprintf(path, sizeof(path), "%s/state.db", overview->rooms.path) >=
		    (int)sizeof(path) ||
	    access(path, F_OK) != 0)
		return overview->journal;
	overview->journal = overview->hurried
				    ? journal_glance(path, why, class)
				    : journal_open(path, false, why, class);
	return overview->journal;
}

/* The orchestrator's hold stands in state.db alone. */
static bool
is_held(struct overview *overview)
{
	enum outcome_class class;
	int64_t held = 0;
	char *why;
	struct journal *journal = overview_journal(overview, &why, &class);

	free(why);
	return journal != NULL && journal_get(journal, "held", &held) == 0 &&
	       held != 0;
}

static bool
is_asked(const struct overview_ask *ask, const struct status *status)
{
	const char *const *name = ask->jobs;

	if (ask->client >= 0 && ask->client != status->client)
		return false;
	if (name == NULL || *name == NULL)
		return true;
	while (*name != NULL && strcmp(*name, status->job) != 0)
		name++;
	return *name != NULL;
}

/* Without a scheduler: has a run ended that nobody has recorded, has a time
 * passed at which something should have happened? */
static bool
is_stale(const struct overview *overview, const struct status *status)
{
	char name[ROOMS_NAME];

	if (overview->leader)
		return false;
	if (status->state == STATES_RUNNING) {
		rooms_job(status->client, status->job, name);
		return !lock_is_held(&overview->rooms, name, NULL);
	}
	return status->state != STATES_PAUSED &&
	       status->reason != STATES_MANUAL_FIX && !status->disabled &&
	       status->next > 0 && overview->now > status->next + LATE;
}

void
overview_look_after(struct overview *overview, struct overview_job *job)
{
	const struct status *status = &job->status;

	job->stale = is_stale(overview, status);
	if (status->state == STATES_RUNNING && *status->run != '\0')
		pace_look(&overview->rooms, status->run, overview->now,
			  &job->pace);
	else
		job->pace = (struct pace){ .samples = 0 };
}

/* Room for one more, at a place among the others. */
static struct overview_job *
make_room(struct overview *o, size_t place)
{
	struct overview_job *job;

	if (o->count == o->room) {
		o->room = o->room == 0 ? 16 : o->room * 2;
		o->jobs = msg_realloc(o->jobs, o->room * sizeof(*o->jobs));
	}
	job = &o->jobs[place];
	memmove(job + 1, job, (o->count++ - place) * sizeof(*job));
	return job;
}

struct looking {
	struct overview *overview;
	const struct overview_ask *ask;
	int64_t client; /* of the first job that is not the host's */
};

static bool
keep(void *arg, const struct status *status)
{
	struct looking *looking = arg;
	struct overview *o = looking->overview;
	struct overview_job *job;

	if (status->client > 0 && looking->client < 0)
		looking->client = status->client;
	o->several |= status->client > 0 && looking->client != status->client;
	if (!is_asked(looking->ask, status))
		return true;
	job = make_room(o, o->count);
	*job = (struct overview_job){ .status = *status };
	overview_look_after(o, job);
	o->overdue |= job->stale;
	return true;
}

void
overview_look_around(struct overview *o)
{
	char *why;

	open_rooms(o, &why);
	free(why);
	o->now = clock_now();
	o->leader = o->there && lock_is_held(&o->rooms, "leader", NULL);
	o->latched = o->there && latch_is_set(&o->rooms);
	o->held = is_held(o);
}

void
overview_look(struct overview *overview, const struct overview_ask *ask)
{
	struct looking looking = { overview, ask, -1 };

	overview->count = overview->damaged = 0;
	overview->several = overview->overdue = false;
	overview_look_around(overview);
	if (overview->there && overview->rooms.status >= 0)
		status_each(&overview->rooms, keep, &looking,
			    &overview->damaged);
}

/* The place of a job among the others, there or not. */
static size_t
place_of(const struct overview *o, int64_t client, const char *job, bool *there)
{
	size_t low = 0, high = o->count;

	*there = false;
	while (low < high && !*there) {
		size_t middle = low + (high - low) / 2;
		const struct status *status = &o->jobs[middle].status;
		int order = status->client != client
				    ? (status->client < client ? -1 : 1)
				    : strcmp(status->job, job);

		*there = order == 0;
		low = order < 0 ? middle + 1 : order == 0 ? middle : low;
		high = order > 0 ? middle : high;
	}
	return low;
}

struct overview_job *
overview_find(const struct overview *overview, int64_t client, const char *job)
{
	bool there;
	size_t place = place_of(overview, client, job, &there);

	return there ? &overview->jobs[place] : NULL;
}

int
overview_renew(struct overview *o, int64_t client, const char *job)
{
	struct status status;
	bool there;
	size_t place = place_of(o, client, job, &there);
	int found = o->rooms.status < 0
			    ? 0
			    : status_read(&o->rooms, client, job, &status);

	o->now = clock_now();
	if (found == 1) {
		if (!there)
			make_room(o, place);
		o->jobs[place] = (struct overview_job){ .status = status };
		overview_look_after(o, &o->jobs[place]);
	} else if (there) {
		o->count--;
		memmove(&o->jobs[place], &o->jobs[place + 1],
			(o->count - place) * sizeof(*o->jobs));
	}
	return found;
}

void
overview_sum_up(struct overview *o)
{
	int64_t first = -1;
	size_t i;

	o->several = o->overdue = false;
	for (i = 0; i < o->count; i++) {
		int64_t client = o->jobs[i].status.client;

		if (client > 0 && first < 0)
			first = client;
		o->several |= client > 0 && client != first;
		o->overdue |= o->jobs[i].stale;
	}
}

void
overview_close(struct overview *overview)
{
	journal_close(overview->journal);
	if (overview->there)
		rooms_close(&overview->rooms);
	free(overview->jobs);
	free(overview->path);
	*overview = (struct overview){ .there = false };
}

void
overview_put(struct jsonw *w, const struct overview_job *job)
{
	status_put(w, &job->status);
	pace_put(w, &job->pace);
	if (job->stale)
		jsonw_put_bool(w, "stale", true);
}

void
overview_write(struct jsonw *w, const struct overview_job *job)
{
	jsonw_open(w, '{');
	overview_put(w, job);
	jsonw_close(w, '}');
}

bool
overview_is_well(const struct overview *overview)
{
	size_t i;

	if (overview->latched || overview->overdue || overview->damaged > 0)
		return false;
	for (i = 0; i < overview->count; i++)
		if (overview->jobs[i].status.state == STATES_ERROR ||
		    overview->jobs[i].status.reason == STATES_STUCK)
			return false;
	return true;
}
