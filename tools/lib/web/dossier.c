#include "web/dossier.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "look/outlook.h"

/* Events looked back at first, since what they tell of may not stand in the
 * status lines yet; events and jobs that are read at a time. */
enum { BACK = 1000, EVENTS = 1000, SLICE = 100, SPARE = 64 };

struct file {
	int64_t client;
	char job[NAMES_SIZE];
	char integration[NAMES_SIZE];
	bool stale, known;
	struct outlook outlook;
	struct jsonw runs; /* one after the other, as they are shown */
	size_t run_count, ends[DOSSIER_RUNS];
};

struct dossier {
	char *schedule_file;
	struct schedule *schedule;
	struct file **files; /* by client and job */
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
drop_file(struct dossier *d, size_t place)
{
	struct file *file = d->files[place];

	d->stale -= file->stale;
	jsonw_free(&file->runs);
	free(file);
	d->count--;
	memmove(&d->files[place], &d->files[place + 1],
		(d->count - place) * sizeof(struct file *));
}

void
dossier_free(struct dossier *dossier)
{
	if (dossier == NULL)
		return;
	while (dossier->count > 0)
		drop_file(dossier, dossier->count - 1);
	free(dossier->files);
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

/* The place of a job's file, there or not. */
static size_t
place_of(const struct dossier *d, int64_t client, const char *job, bool *there)
{
	size_t low = 0, high = d->count;

	*there = false;
	while (low < high && !*there) {
		size_t middle = low + (high - low) / 2;
		const struct file *file = d->files[middle];
		int order = file->client != client
				    ? (file->client < client ? -1 : 1)
				    : strcmp(file->job, job);

		*there = order == 0;
		low = order < 0 ? middle + 1 : order == 0 ? middle : low;
		high = order > 0 ? middle : high;
	}
	return low;
}

/* Makes it when there is none. */
static void
mark(struct dossier *d, int64_t client, const char *job)
{
	bool there;
	size_t place = place_of(d, client, job, &there);
	struct file *file;

	if (!there) {
		if (d->count == d->room) {
			d->room = d->room == 0 ? 64 : d->room * 2;
			d->files = msg_realloc(d->files,
					       d->room * sizeof(*d->files));
		}
		memmove(&d->files[place + 1], &d->files[place],
			(d->count - place) * sizeof(struct file *));
		file = msg_calloc(1, sizeof(*file));
		file->client = client;
		snprintf(file->job, sizeof(file->job), "%s", job);
		d->files[place] = file;
		d->count++;
	}
	d->stale += !d->files[place]->stale;
	d->files[place]->stale = true;
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
		if (overview_find(o, d->files[i - 1]->client,
				  d->files[i - 1]->job) == NULL)
			drop_file(d, i - 1);
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

static const struct breaker *
breaker_of(const struct dossier *d, const struct file *file)
{
	size_t i;

	for (i = 0; i < d->breaker_count; i++)
		if (d->breakers[i].client == file->client &&
		    strcmp(d->breakers[i].integration, file->integration) == 0)
			return &d->breakers[i].breaker;
	return NULL;
}

static void
put(struct jsonw *w, const char *key, const char *text)
{
	if (*text != '\0')
		jsonw_put_string(w, key, text);
}

static void
put_run(struct jsonw *w, const struct journal_run *run)
{
	const struct verdict *verdict = &run->figures.verdict;

	jsonw_open(w, '{');
	put(w, "run", run->folder);
	if (run->began != 0) {
		jsonw_key(w, "began");
		jsonw_time(w, run->began);
	}
	if (run->ended != 0)
		jsonw_put_int(w, "took", run->figures.took);
	put(w, "result", states_result_name(run->result));
	if (verdict->class != OUTCOME_NONE)
		put(w, "class", outcome_name(verdict->class));
	jsonw_close(w, '}');
}

static bool
keep_run(void *arg, const struct journal_run *run)
{
	struct file *file = arg;

	put_run(&file->runs, run);
	file->ends[file->run_count++] = file->runs.len;
	return file->run_count < DOSSIER_RUNS;
}

static int
read_file(struct dossier *d, struct file *file, struct journal *journal,
	  int64_t now)
{
	const struct journal_runs_ask runs = { .client = file->client,
					       .job = file->job,
					       .most = DOSSIER_RUNS };
	struct states_row row;
	struct outlook_view view = { .row = &row };
	int found = journal_read_job(journal, file->client, file->job, &row);

	if (found < 0)
		return -1;
	if (d->schedule != NULL)
		view.job = schedule_job(d->schedule, file->job);
	snprintf(file->integration, sizeof(file->integration), "%s",
		 view.job != NULL && view.job->integration != NULL
			 ? view.job->integration
			 : "");
	view.breaker = breaker_of(d, file);
	file->known = found == 1 && !row.disabled;
	if (file->known)
		outlook_see(&view, now, &file->outlook);
	jsonw_reset(&file->runs);
	file->run_count = 0;
	if (journal_each_run(journal, &runs, keep_run, file) != 0)
		return -1;
	file->stale = false;
	d->stale--;
	return 0;
}

static int
read_files(struct dossier *d, struct journal *journal, int64_t now)
{
	size_t i, left = SLICE;

	for (i = 0; i < d->count && d->stale > 0 && left > 0; i++) {
		if (!d->files[i]->stale)
			continue;
		if (read_file(d, d->files[i], journal, now) != 0)
			return -1;
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
	return read_files(d, journal, o->now);
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

static const struct file *
find(const struct dossier *d, int64_t client, const char *job)
{
	bool there;
	size_t place = place_of(d, client, job, &there);

	return there ? d->files[place] : NULL;
}

void
dossier_put(const struct dossier *dossier, struct jsonw *w,
	    const struct overview_job *job)
{
	const struct file *file =
		find(dossier, job->status.client, job->status.job);

	if (file == NULL)
		return;
	put(w, "integration", file->integration);
	if (file->known)
		outlook_put(w, &file->outlook);
}

void
dossier_put_runs(const struct dossier *dossier, struct jsonw *w,
		 const struct overview_job *job, size_t most)
{
	const struct file *file =
		find(dossier, job->status.client, job->status.job);
	size_t runs = file == NULL ? 0 : file->run_count;

	if (runs > most)
		runs = most;
	jsonw_key(w, "runs");
	jsonw_open(w, '[');
	if (runs > 0)
		jsonw_raw(w, file->runs.text, file->ends[runs - 1]);
	jsonw_close(w, ']');
}
