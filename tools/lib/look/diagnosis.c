#include "look/diagnosis.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/msg.h"
#include "storage/store.h"

enum { RUNS = 3, WAIT_MS = 200, NOTE = 600 };

static void
note(struct diagnosis *d, const char *what, const char *why)
{
	char text[NOTE];

	if (d->note_count == DIAGNOSIS_NOTES)
		return;
	snprintf(text, sizeof(text), "%s: %s", what,
		 why != NULL ? why : "it cannot be read");
	d->notes[d->note_count++] = msg_strdup(text);
}

static void
read_schedule(struct diagnosis *d, const char *given)
{
	char *path = schedule_path(given), *why = NULL;

	d->schedule = d->read = schedule_load(path, &why);
	if (d->schedule == NULL)
		note(d, "the schedule is not used", why);
	free(why);
	free(path);
}

/* A job of the schedule that no scheduler has looked at yet. */
static bool
is_planned(struct diagnosis *d, const struct diagnosis_ask *ask)
{
	const struct schedule_job *plan =
		d->schedule == NULL ? NULL
				    : schedule_job(d->schedule, ask->word);

	if (plan == NULL)
		return false;
	snprintf(d->found.job, sizeof(d->found.job), "%s", plan->name);
	d->found.client = ask->client >= 0 ? ask->client : 1;
	if (plan->per_host)
		d->found.client = 0;
	return true;
}

/* Of the jobs of the schedule, when the spool has none that is near. */
static char *
near_planned(const struct diagnosis *d, const char *word, char *why)
{
	const char **names, *near;
	size_t i;

	if (d->schedule == NULL || strstr(why, "did you mean") != NULL)
		return why;
	names = msg_calloc(d->schedule->job_count + 1, sizeof(*names));
	for (i = 0; i < d->schedule->job_count; i++)
		names[i] = d->schedule->jobs[i].name;
	near = cli_nearest(word, names);
	if (near != NULL) {
		free(why);
		why = msg_calloc(NAMES_SIZE + 64, 1);
		snprintf(why, NAMES_SIZE + 64, "no such job; did you mean %s?",
			 near);
	}
	free(names);
	return why;
}

static void
name_it(struct diagnosis *d)
{
	if (d->overview->several && d->found.client > 0)
		snprintf(d->name, sizeof(d->name), "%s -k %lld", d->found.job,
			 (long long)d->found.client);
	else
		snprintf(d->name, sizeof(d->name), "%s", d->found.job);
}

static void
take_status(struct diagnosis *d)
{
	const struct overview_job *job =
		overview_find(d->overview, d->found.client, d->found.job);

	d->known = job != NULL;
	if (job != NULL) {
		d->job = *job;
		return;
	}
	d->job = (struct overview_job){ .status.client = d->found.client };
	snprintf(d->job.status.job, sizeof(d->job.status.job), "%s",
		 d->found.job);
}

/* What the status line tells of the row, should there be no database. */
static void
row_of_status(struct diagnosis *d)
{
	const struct status *s = &d->job.status;

	d->row = (struct states_row){
		.state = s->state,
		.since = s->since,
		.reason = s->reason,
		.want = s->want,
		.tier = s->tier,
		.retry_count = s->retries,
		.not_before = s->next,
		.look_at = s->next,
		.next_due = s->next_due,
		.last_result = s->last,
		.last_end = s->last_end,
		.last_success = s->last_success,
		.missed = s->missed,
		.disabled = s->disabled,
		.epoch = s->epoch,
	};
}

static bool
keep_ended(void *arg, const struct journal_run *run)
{
	if (run->ended == 0)
		return true;
	*(struct journal_run *)arg = *run;
	return false;
}

static bool
keep_breaker(void *arg, const struct journal_breaker *breaker)
{
	struct diagnosis *d = arg;

	if (breaker->client != d->found.client ||
	    strcmp(breaker->integration, d->plan->integration) != 0)
		return true;
	d->breaker = *breaker;
	d->has_breaker = true;
	return false;
}

static void
read_journal(struct diagnosis *d)
{
	const struct journal_runs_ask runs = { .client = d->found.client,
					       .job = d->found.job,
					       .most = RUNS };
	enum outcome_class class;
	struct journal *journal;
	char *why = NULL;
	int got;

	journal = overview_journal(d->overview, &why, &class);
	if (journal == NULL) {
		if (why != NULL)
			note(d, "state.db is not used", why);
		free(why);
		return;
	}
	got = journal_read_job(journal, d->found.client, d->found.job, &d->row);
	d->known = d->known || got == 1;
	if (got < 0 ||
	    journal_each_run(journal, &runs, keep_ended, &d->latest) != 0 ||
	    (d->plan != NULL && d->plan->integration != NULL &&
	     journal_each_breaker(journal, keep_breaker, d) != 0))
		note(d, "state.db is not used", journal_error(journal));
}

/* A run by hand that no scheduler has noted yet, from its own folder. */
static void
read_folder(struct diagnosis *d)
{
	struct lookup found = d->found;
	struct journal_run run;

	if (d->latest.folder[0] == '\0' && !d->known &&
	    lookup_run(&d->overview->rooms, &found, NULL) &&
	    lookup_read_run(&d->overview->rooms, found.run, &run) &&
	    run.ended != 0)
		d->latest = run;
}

static int
count(struct store *store, struct diagnosis *d)
{
	struct store_query *query = store_query(
		store, "SELECT count(*) FILTER (WHERE key <> ''),"
		       " count(*) FILTER (WHERE key = '') FROM failures"
		       " WHERE resolved_at IS NULL AND client_id = ?1 AND"
		       " job_name = ?2");
	int row = -1;

	if (query == NULL)
		return -1;
	store_bind_int(query, 1, d->found.client);
	store_bind_string(query, 2, d->found.job);
	row = store_step(query);
	if (row == 1) {
		d->items = store_int(query, 0);
		d->scopes = store_int(query, 1);
	}
	store_query_free(query);
	return row == 1 ? 0 : -1;
}

static void
count_failures(struct diagnosis *d)
{
	enum outcome_class class;
	struct store *store;
	char path[4200], *why;

	d->items = d->scopes = -1;
	if (snprintf(path, sizeof(path), "%s/pulse.db",
		     d->overview->rooms.path) >= (int)sizeof(path) ||
	    access(path, F_OK) != 0)
		return;
	store = store_open(path, STORE_READ, d->overview->hurried ? 0 : WAIT_MS,
			   &why, &class);
	if (store == NULL) {
		note(d, "pulse.db is not used", why);
		free(why);
		return;
	}
	if (count(store, d) != 0)
		note(d, "pulse.db is not used", store_error(store));
	store_close(store);
}

static void
look_ahead(struct diagnosis *d)
{
	const struct outlook_view view = {
		.row = &d->row,
		.job = d->plan,
		.breaker = d->has_breaker ? &d->breaker.breaker : NULL,
	};

	outlook_see(&view, d->overview->now, &d->outlook);
}

static void
make(struct diagnosis *d)
{
	if (d->schedule != NULL)
		d->plan = schedule_job(d->schedule, d->found.job);
	take_status(d);
	row_of_status(d);
	read_journal(d);
	read_folder(d);
	count_failures(d);
	look_ahead(d);
	name_it(d);
}

int
diagnosis_make(struct diagnosis *d, const struct diagnosis_ask *ask, char **why)
{
	const struct overview_ask all = { -1, (const char *const[]){ NULL } };

	int found;

	*d = (struct diagnosis){ .overview = &d->own };
	*why = NULL;
	if (overview_open(&d->own, ask->spool, why) != 0)
		return -2;
	read_schedule(d, ask->schedule);
	overview_look(&d->own, &all);
	if (!d->own.there) {
		*why = msg_strdup("there is none yet: `pulse sched` makes it");
		errno = ENOENT;
		return -2;
	}
	found = lookup_job(&d->own.rooms, ask->word, ask->client, &d->found,
			   why);
	if (found == -1 && is_planned(d, ask)) {
		free(*why);
		*why = NULL;
	} else if (found != 0) {
		if (found == -1)
			*why = near_planned(d, ask->word, *why);
		return -1;
	}
	make(d);
	return 0;
}

void
diagnosis_see(struct diagnosis *d, const struct diagnosis_view *view)
{
	*d = (struct diagnosis){ .overview = view->overview,
				 .schedule = view->schedule,
				 .found.client = view->client };
	snprintf(d->found.job, sizeof(d->found.job), "%s", view->job);
	if (view->schedule == NULL)
		note(d, "the schedule is not used", NULL);
	make(d);
}

void
diagnosis_free(struct diagnosis *d)
{
	size_t i;

	for (i = 0; i < d->note_count; i++)
		free(d->notes[i]);
	schedule_free(d->read);
	overview_close(&d->own);
}
