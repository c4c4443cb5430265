#include "web/dossier.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

/* Events looked back at first, since what they tell of may not stand in the
 * status lines yet; events and jobs that are read at a time. */
enum { BACK = 1000, EVENTS = 1000, SLICE = 100, SPARE = 64 };

struct dossier {
	char *schedule_file;
	struct schedule *schedule;
	struct leaf **leaves; /* in order of client and job */
	size_t count, room, stale;
	struct journal_breaker *breakers;
	size_t breaker_count;
	char gen[JOURNAL_GEN];
	int64_t seen, position; /* events: read; those in the status lines */
	bool touched, reload, breakers_stale, lags;
};

static void
load_schedule(struct dossier *d)
{
	char *path = schedule_path(d->schedule_file), *why = NULL;

	schedule_free(d->schedule);
	d->schedule = schedule_load(path, &why);
	d->reload = false;
	free(why);
	free(path);
}

struct dossier *
dossier_new(const char *schedule)
{
	struct dossier *d = msg_calloc(1, sizeof(*d));

	if (schedule != NULL)
		d->schedule_file = msg_strdup(schedule);
	load_schedule(d);
	return d;
}

static void
drop_leaf(struct dossier *d, size_t place)
{
	struct leaf *leaf = d->leaves[place];

	d->stale -= leaf->stale;
	jsonw_free(&leaf->runs);
	free(leaf);
	d->count--;
	memmove(&d->leaves[place], &d->leaves[place + 1],
		(d->count - place) * sizeof(struct leaf *));
}

void
dossier_free(struct dossier *dossier)
{
	if (dossier == NULL)
		return;
	while (dossier->count > 0)
		drop_leaf(dossier, dossier->count - 1);
	free(dossier->leaves);
	free(dossier->breakers);
	free(dossier->schedule_file);
	schedule_free(dossier->schedule);
	free(dossier);
}

void
dossier_touch(struct dossier *dossier)
{
	dossier->touched = true;
}

bool
dossier_is_behind(const struct dossier *dossier)
{
	return dossier->stale > 0;
}

const struct schedule *
dossier_schedule(struct dossier *dossier)
{
	if (dossier->schedule == NULL)
		load_schedule(dossier);
	return dossier->schedule;
}

/* The place of a job's leaf, there or not. */
static size_t
place_of(const struct dossier *d, int64_t client, const char *job, bool *there)
{
	size_t low = 0, high = d->count;

	*there = false;
	while (low < high && !*there) {
		size_t middle = low + (high - low) / 2;
		const struct leaf *leaf = d->leaves[middle];
		int order = leaf->client != client
				    ? (leaf->client < client ? -1 : 1)
				    : strcmp(leaf->job, job);

		*there = order == 0;
		low = order < 0 ? middle + 1 : order == 0 ? middle : low;
		high = order > 0 ? middle : high;
	}
	return low;
}

static void
add_leaf(struct dossier *d, size_t place, int64_t client, const char *job)
{
	struct leaf *leaf = msg_calloc(1, sizeof(*leaf));

	if (d->count == d->room) {
		d->room = d->room == 0 ? 64 : d->room * 2;
		d->leaves =
			msg_realloc(d->leaves, d->room * sizeof(*d->leaves));
	}
	memmove(&d->leaves[place + 1], &d->leaves[place],
		(d->count - place) * sizeof(*d->leaves));
	leaf->client = client;
	snprintf(leaf->job, sizeof(leaf->job), "%s", job);
	d->leaves[place] = leaf;
	d->count++;
}

static void
mark(struct dossier *d, int64_t client, const char *job)
{
	bool there;
	size_t place = place_of(d, client, job, &there);

	if (!there)
		add_leaf(d, place, client, job);
	d->stale += !d->leaves[place]->stale;
	d->leaves[place]->stale = true;
}

static void
mark_all(struct dossier *d, const struct overview *o)
{
	size_t i;

	for (i = 0; i < o->count; i++)
		mark(d, o->jobs[i].status.client, o->jobs[i].status.job);
}

/* Those that have left the schedule are not kept for ever. */
static void
forget(struct dossier *d, const struct overview *o)
{
	size_t i;

	if (d->count <= o->count + SPARE)
		return;
	for (i = d->count; i > 0; i--)
		if (overview_find(o, d->leaves[i - 1]->client,
				  d->leaves[i - 1]->job) == NULL)
			drop_leaf(d, i - 1);
}

struct walk {
	struct dossier *dossier;
	const struct overview *overview;
	struct journal *journal;
	int64_t last;
	size_t count;
};

/* Does the job's status line not tell of the event yet?  One that is in no
 * schedule any more has none. */
static bool
is_missing(const struct walk *walk, const struct journal_event *event)
{
	const struct overview_job *job;
	struct states_row row;

	if (event->to < 0)
		return false;
	job = overview_find(walk->overview, event->client, event->job);
	if (job != NULL)
		return job->status.seq < event->seq;
	return journal_read_job(walk->journal, event->client, event->job,
				&row) == 1 &&
	       !row.disabled;
}

static bool
take_event(void *arg, const struct journal_event *event)
{
	struct walk *walk = arg;
	struct dossier *d = walk->dossier;

	walk->last = event->seq;
	walk->count++;
	if (event->seq > d->seen) {
		d->seen = event->seq;
		if (event->to >= 0)
			mark(d, event->client, event->job);
		else
			d->breakers_stale = true;
		if (strcmp(event->type, "schedule_reloaded") == 0 ||
		    strcmp(event->type, "orchestrator_started") == 0)
			d->reload = true;
	}
	d->lags = d->lags || is_missing(walk, event);
	if (!d->lags)
		d->position = event->seq;
	return true;
}

/* A database that was not known: everything is new. */
static int
meet(struct dossier *d, const struct overview *o, struct journal *journal)
{
	int64_t first, last;

	if (strcmp(d->gen, journal_gen(journal)) == 0)
		return 0;
	if (journal_events(journal, &first, &last) != 0)
		return -1;
	snprintf(d->gen, sizeof(d->gen), "%s", journal_gen(journal));
	d->seen = last;
	d->position = last > BACK ? last - BACK : 0;
	d->breakers_stale = true;
	mark_all(d, o);
	return 0;
}

static int
walk(struct dossier *d, const struct overview *o, struct journal *journal)
{
	struct walk walk = { d, o, journal, d->position, EVENTS };
	int failed = 0;

	d->lags = false;
	while (walk.count == EVENTS && failed == 0) {
		walk.count = 0;
		failed = journal_each_event(journal, walk.last, EVENTS,
					    take_event, &walk);
	}
	return failed;
}

static bool
keep_breaker(void *arg, const struct journal_breaker *breaker)
{
	struct dossier *d = arg;

	d->breakers = msg_realloc(d->breakers, (d->breaker_count + 1) *
						       sizeof(*d->breakers));
	d->breakers[d->breaker_count++] = *breaker;
	return true;
}

static int
read_breakers(struct dossier *d, const struct overview *o,
	      struct journal *journal)
{
	if (!d->breakers_stale)
		return 0;
	d->breaker_count = 0;
	if (journal_each_breaker(journal, keep_breaker, d) != 0)
		return -1;
	d->breakers_stale = false;
	mark_all(d, o);
	return 0;
}

static int
read_leaves(struct dossier *d, struct journal *journal, int64_t now)
{
	const struct leaf_sources sources = { journal, d->schedule, d->breakers,
					      d->breaker_count, now };
	size_t i, left = SLICE;

	for (i = 0; i < d->count && d->stale > 0 && left > 0; i++) {
		if (!d->leaves[i]->stale)
			continue;
		if (leaf_read(d->leaves[i], &sources) != 0)
			return -1;
		d->leaves[i]->stale = false;
		d->stale--;
		left--;
	}
	return 0;
}

static int
read_all(struct dossier *d, struct overview *o, struct journal *journal)
{
	if (meet(d, o, journal) != 0 || walk(d, o, journal) != 0)
		return -1;
	if (d->reload) {
		load_schedule(d);
		mark_all(d, o);
	}
	if (read_breakers(d, o, journal) != 0)
		return -1;
	return read_leaves(d, journal, o->now);
}

bool
dossier_catch_up(struct dossier *dossier, struct overview *overview)
{
	int64_t position = dossier->position;
	size_t stale = dossier->stale;
	enum outcome_class class;
	struct journal *journal;
	char *why;
	int failed;

	if (!dossier->touched && stale == 0)
		return false;
	journal = overview_journal(overview, &why, &class);
	free(why);
	if (journal == NULL)
		return false;
	failed = journal_begin(journal) != 0 ||
		 read_all(dossier, overview, journal) != 0;
	journal_rollback(journal);
	dossier->touched = failed || dossier->lags;
	forget(dossier, overview);
	return dossier->position != position || dossier->stale != stale;
}

void
dossier_position(const struct dossier *dossier, char out[DOSSIER_POSITION])
{
	*out = '\0';
	if (dossier->gen[0] != '\0')
		snprintf(out, DOSSIER_POSITION, "%s-%lld", dossier->gen,
			 (long long)dossier->position);
}

/* NULL: it has none yet. */
static const struct leaf *
find(const struct dossier *d, const struct overview_job *job)
{
	bool there;
	size_t place = place_of(d, job->status.client, job->status.job, &there);

	return there ? d->leaves[place] : NULL;
}

void
dossier_put(const struct dossier *dossier, struct jsonw *w,
	    const struct overview_job *job)
{
	const struct leaf *leaf = find(dossier, job);

	if (leaf != NULL)
		leaf_put(leaf, w);
}

void
dossier_put_runs(const struct dossier *dossier, struct jsonw *w,
		 const struct overview_job *job, size_t most)
{
	const struct leaf *leaf = find(dossier, job);

	jsonw_key(w, "runs");
	jsonw_open(w, '[');
	if (leaf != NULL)
		leaf_put_runs(leaf, w, most);
	jsonw_close(w, ']');
}
