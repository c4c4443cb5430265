#include "measure/session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/home.h"
#include "base/msg.h"
#include "measure/functions.h"
#include "measure/results.h"
#include "measure/reuse.h"
#include "storage/classes.h"
#include "storage/linked.h"

enum { WAIT = 60000 };

struct session {
	struct session_ask ask;
	struct outfit outfit;
	struct classes *classes;
	struct store *store;
	char *github, *jira; /* of frame */
	char *database, *state, *kept;
	char *detached; /* why state.db is not there, though it exists */
	struct frame frame;
	struct figures_basis basis;
	struct reuse reuse;
	bool built; /* for a frame of this grouping: */
	enum frame_by by;
	enum frame_every every;
	struct frame_counts found;
};

static void
begin_frame(struct session *s)
{
	const struct settings_client *c = s->outfit.client;

	s->frame.client = c->id;
	s->frame.services = s->outfit.services;
	s->frame.teams = people_teams(s->outfit.people);
	s->frame.releases = strcmp(c->github.deployments, "releases") == 0;
	s->frame.github = s->github = frame_web(c->github.base_url);
	s->frame.jira = s->jira = frame_web(c->jira.base_url);
	s->basis = (struct figures_basis){ NULL, s->outfit.metrics, &s->frame,
					   s->outfit.bands };
}

struct session *
session_open(const struct session_ask *ask, struct trouble *trouble)
{
	struct session *s = msg_calloc(1, sizeof(*s));
	char *why;

	s->ask = *ask;
	if (outfit_begin(&s->outfit, &ask->outfit, trouble) == 0) {
		if ((why = request_read(&s->ask.request, clock_now())) ==
		    NULL) {
			begin_frame(s);
			return s;
		}
		trouble_take(trouble, OUTCOME_USAGE, why);
	}
	session_close(s);
	return NULL;
}

void
session_close(struct session *s)
{
	if (s == NULL)
		return;
	store_close(s->store);
	classes_close(s->classes);
	outfit_end(&s->outfit);
	reuse_close(&s->reuse);
	free(s->github);
	free(s->jira);
	free(s->database);
	free(s->state);
	free(s->detached);
	free(s->kept);
	free(s);
}

int
session_fail(const struct session *s, struct trouble *trouble)
{
	return trouble_say(trouble, store_class(s->store),
			   "cannot read the database: %s",
			   store_error(s->store));
}

/* state.db lies beside pulse.db. */
static void
name_files(struct session *s)
{
	const char *slash;

	s->database = s->ask.database != NULL ? msg_strdup(s->ask.database)
					      : home_path("spool/pulse.db");
	slash = strrchr(s->database, '/');
	s->state = msg_text("%.*sstate.db",
			    slash == NULL ? 0 : (int)(slash + 1 - s->database),
			    s->database);
	s->kept = home_path("spool/cache/metrics");
}

/* What may have changed since a result was kept is looked at first. */
static void
begin_reuse(struct session *s)
{
	char *folder = home_share("bands");
	char *bands =
		msg_text("%s/%s.yaml", folder, bands_name(s->outfit.bands));
	const char *texts[4];
	struct reuse_paths paths = { s->database, texts };

	texts[0] = s->outfit.config != NULL ? s->outfit.config : "";
	texts[1] =
		s->outfit.client->teams != NULL ? s->outfit.client->teams : "";
	texts[2] = bands;
	texts[3] = NULL;
	reuse_open(&s->reuse, &paths);
	free(bands);
	free(folder);
}

/* Most metrics can do without it: a complaint waits for one that cannot. */
static void
attach(struct session *s)
{
	if (access(s->state, F_OK) != 0)
		return;
	if (store_attach(s->store, "state", s->state) == 0)
		s->frame.state = true;
	else
		s->detached = msg_strdup(store_error(s->store));
}

int
session_connect(struct session *s, struct trouble *trouble)
{
	enum outcome_class class;
	char *why;

	name_files(s);
	if (!s->ask.fresh)
		begin_reuse(s);
	s->store = store_open(s->database, STORE_READ, WAIT, &why, &class);
	if (s->store == NULL) {
		trouble_say(trouble, class, "cannot open '%s': %s", s->database,
			    why);
		free(why);
		return -1;
	}
	s->basis.store = s->store;
	attach(s);
	if (store_run(s->store, "PRAGMA query_only=OFF; BEGIN") != 0 ||
	    functions_add(s->store) != 0)
		return session_fail(s, trouble);
	return 0;
}

const struct request *
session_request(const struct session *s)
{
	return &s->ask.request;
}

void
session_ask_anew(struct session *s, const struct request *request)
{
	const struct request *former = &s->ask.request;

	if (request->from != former->from || request->to != former->to)
		s->built = false;
	s->ask.request = *request;
}

const struct settings_client *
session_client(const struct session *s)
{
	return s->outfit.client;
}

const struct frame *
session_frame(struct session *s, const struct metric *metric)
{
	request_frame(&s->ask.request, metric, &s->frame);
	return &s->frame;
}

const struct figures_basis *
session_basis(const struct session *s)
{
	return &s->basis;
}

const struct frame_counts *
session_found(const struct session *s)
{
	return &s->found;
}

static enum people_by
people_by(enum frame_by by)
{
	if (by == FRAME_PERSON)
		return PEOPLE_PERSON;
	return by == FRAME_TEAM ? PEOPLE_TEAM : PEOPLE_ALL;
}

/* The tables and functions of a frame, unless they are there from before. */
static int
build(struct session *s, struct trouble *trouble)
{
	const struct frame *f = &s->frame;

	if (s->built && s->by == f->by && s->every == f->every)
		return 0;
	if (s->classes == NULL) {
		s->classes =
			classes_open(s->store, f->client,
				     s->outfit.client->jira.status_mapping);
		if (s->classes == NULL ||
		    classes_add(s->store, s->classes) != 0)
			return session_fail(s, trouble);
	}
	if (people_add(s->store, s->outfit.people, f->client,
		       people_by(f->by)) != 0 ||
	    frame_build(s->store, f, &s->found) != 0)
		return session_fail(s, trouble);
	s->built = true;
	s->by = f->by;
	s->every = f->every;
	return 0;
}

int
session_stale(const struct session *s, const struct metric *const *metrics,
	      size_t count, size_t *stale, struct trouble *trouble)
{
	const struct frame *f = &s->frame;
	size_t i;

	*stale = 0;
	for (i = 0; i < count; i++)
		if (metric_mentions(s->outfit.metrics, metrics[i],
				    "production_"))
			break;
	if (i < count && linked_count_stale(s->store, f->client, f->services,
					    f->releases, stale) != 0)
		return session_fail(s, trouble);
	return 0;
}

/* What SQLite takes for a mistake of the program is one of the metric's file,
 * which is ours to name but somebody else's to write. */
int
session_blame(const struct session *s, char *why, struct trouble *trouble)
{
	enum outcome_class class = store_class(s->store);

	if (class == OUTCOME_NONE || class == OUTCOME_BUG)
		class = OUTCOME_CONFIGURATION;
	trouble_say(trouble, class,
		    class == OUTCOME_CONFIGURATION
			    ? "cannot run a metric: %s"
			    : "cannot read the database: %s",
		    why);
	free(why);
	return -1;
}

int
session_rows(struct session *s, const struct metric *metric,
	     struct trouble *trouble)
{
	char *why;

	session_frame(s, metric);
	if (s->detached != NULL &&
	    metric_mentions(s->outfit.metrics, metric, "state."))
		return trouble_say(trouble, OUTCOME_CONFIGURATION,
				   "cannot open '%s': %s", s->state,
				   s->detached);
	if (build(s, trouble) != 0)
		return -1;
	if (figures_rows(&s->basis, metric, &why) != 0)
		return session_blame(s, why, trouble);
	return 0;
}

static struct figures *
work_out(struct session *s, const struct metric *metric,
	 struct trouble *trouble)
{
	struct figures *figures;
	char *why;

	if (session_rows(s, metric, trouble) != 0)
		return NULL;
	figures = figures_read(&s->basis, metric, &why);
	if (figures == NULL)
		session_blame(s, why, trouble);
	return figures;
}

static void
tell(const struct session *s, const struct metric *metric, const char *what)
{
	if (s->ask.tell != NULL)
		s->ask.tell(metric->name, what);
}

/* Where there is no spool, nobody wants one to come up. */
static void
keep(const struct session *s, const struct metric *metric,
     const struct results_key *key, const struct figures *figures)
{
	char *spool = home_path("spool"), *what = NULL;

	if (access(spool, F_OK) != 0 ||
	    results_write(s->kept, key, figures, &s->found) != 0)
		what = msg_text("miss, and not kept in '%s': %s", s->kept,
				strerror(errno));
	tell(s, metric, what != NULL ? what : "miss");
	free(what);
	free(spool);
}

/* From what was kept, else worked out and kept. */
static struct figures *
find(struct session *s, const struct reuse_ask *ask, struct trouble *trouble)
{
	struct jsonw asked = { 0 }, state = { 0 };
	struct results_key key;
	struct figures *figures = NULL;

	if (reuse_key(&s->reuse, ask, &asked, &state) != 0) {
		session_fail(s, trouble);
	} else {
		key = (struct results_key){ asked.text, state.text };
		figures = results_read(s->kept, &key, &s->found);
		if (figures != NULL)
			tell(s, ask->metric, "hit");
		else if ((figures = work_out(s, ask->metric, trouble)) != NULL)
			keep(s, ask->metric, &key, figures);
	}
	jsonw_free(&asked);
	jsonw_free(&state);
	return figures;
}

struct figures *
session_figures(struct session *s, const struct metric *metric,
		struct trouble *trouble)
{
	struct reuse_ask ask = { &s->basis, &s->ask.request, metric,
				 s->ask.outfit.bots };

	session_frame(s, metric);
	if (!s->ask.fresh && reuse_may(&ask))
		return find(s, &ask, trouble);
	tell(s, metric,
	     s->ask.fresh ? "not kept, as asked for"
			  : "not kept, as it reads state.db");
	return work_out(s, metric, trouble);
}
