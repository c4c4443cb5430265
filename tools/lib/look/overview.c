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
							 : home_path("spool") };
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
	overview->journal = journal_open(path, false, why, class);
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
	if (o->count == o->room) {
		o->room = o->room == 0 ? 16 : o->room * 2;
		o->jobs = msg_realloc(o->jobs, o->room * sizeof(*o->jobs));
	}
	job = &o->jobs[o->count++];
	*job = (struct overview_job){ .status = *status };
	job->stale = is_stale(o, status);
	o->overdue |= job->stale;
	if (status->state == STATES_RUNNING && *status->run != '\0')
		pace_look(&o->rooms, status->run, o->now, &job->pace);
	return true;
}

void
overview_look(struct overview *overview, const struct overview_ask *ask)
{
	struct looking looking = { overview, ask, -1 };
	char *why;

	open_rooms(overview, &why);
	free(why);
	overview->now = clock_now();
	overview->count = overview->damaged = 0;
	overview->several = overview->overdue = false;
	if (!overview->there)
		return;
	overview->leader = lock_is_held(&overview->rooms, "leader", NULL);
	overview->latched =
		overview->rooms.control >= 0 && latch_is_set(&overview->rooms);
	overview->held = is_held(overview);
	if (overview->rooms.status >= 0)
		status_each(&overview->rooms, keep, &looking,
			    &overview->damaged);
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
overview_write(struct jsonw *w, const struct overview_job *job)
{
	jsonw_open(w, '{');
	status_put(w, &job->status);
	pace_put(w, &job->pace);
	if (job->stale) {
		jsonw_key(w, "stale");
		jsonw_bool(w, true);
	}
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
