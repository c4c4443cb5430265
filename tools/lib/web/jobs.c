#include "web/jobs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/msg.h"
#include "look/diagnosis.h"
#include "look/lookup.h"
#include "web/exchange.h"
#include "web/jobboard.h"
#include "web/kept.h"
#include "web/runs.h"

/* Which of the jobs are asked for, and how much of them. */
struct choice {
	int64_t client; /* -1: any */
	unsigned states;
	size_t limit, runs;
	struct jobs_name after; /* client -1: from the first */
};

/* One word of `ERROR,pending`; 0: no state is called that. */
static unsigned
state_of(const char *word, size_t len)
{
	int state;

	for (state = 0; state < STATES_COUNT; state++) {
		const char *name = states_name((enum states_state)state);

		if (strlen(name) == len && strncasecmp(name, word, len) == 0)
			return 1u << state;
	}
	return 0;
}

/* False: refused. */
static bool
read_states(struct exchange *x, unsigned *states)
{
	const char *at = exchange_argument(x, "state");
	unsigned state = 1;

	*states = at == NULL ? ~0u : 0;
	while (at != NULL && state != 0) {
		size_t len = strcspn(at, ",");

		state = state_of(at, len);
		*states |= state;
		at = at[len] == ',' ? at + len + 1 : NULL;
	}
	if (state == 0)
		exchange_refuse(x, 400, "bad_argument",
				"state is one or more of NOT_STARTED, PENDING, "
				"RUNNING, FINISHED, ERROR, PAUSED, commas "
				"between",
				NULL);
	return state != 0;
}

static bool
read_choice(struct exchange *x, struct choice *choice)
{
	static const struct exchange_range range = { 0, DOSSIER_RUNS, 0 };
	const char *after = exchange_argument(x, "after");
	int64_t runs;

	*choice = (struct choice){ .after.client = -1 };
	if (!exchange_client(x, &choice->client) ||
	    !exchange_limit(x, &choice->limit) ||
	    !exchange_number(x, "runs", &range, &runs) ||
	    !read_states(x, &choice->states))
		return false;
	choice->runs = (size_t)runs;
	if (after == NULL ||
	    rooms_parse_job(after, &choice->after.client, choice->after.job))
		return true;
	exchange_refuse(x, 400, "bad_argument",
			"after is the 'next' of an earlier answer", NULL);
	return false;
}

static bool
is_behind(const struct status *status, const struct jobs_name *after)
{
	if (status->client != after->client)
		return status->client > after->client;
	return strcmp(status->job, after->job) > 0;
}

static bool
is_chosen(const struct choice *choice, const struct status *status)
{
	return (choice->client < 0 || choice->client == status->client) &&
	       (choice->states & 1u << status->state) != 0 &&
	       is_behind(status, &choice->after);
}

/* The jobs; returns the last one when others follow it, else NULL. */
static const struct status *
put_jobs(struct jsonw *w, const struct overview *o,
	 const struct dossier *dossier, const struct choice *choice)
{
	const struct status *last = NULL;
	size_t i, count = 0;

	for (i = 0; i < o->count; i++) {
		const struct overview_job *job = &o->jobs[i];

		if (!is_chosen(choice, &job->status))
			continue;
		if (count++ == choice->limit)
			return last;
		last = &job->status;
		jsonw_open(w, '{');
		overview_put(w, job);
		dossier_put(dossier, w, job);
		if (choice->runs > 0)
			dossier_put_runs(dossier, w, job, choice->runs);
		jsonw_close(w, '}');
	}
	return NULL;
}

static void
put_list(struct jsonw *w, const struct overview *o,
	 const struct dossier *dossier, const struct choice *choice)
{
	char position[DOSSIER_POSITION], name[ROOMS_NAME];
	const struct status *last;

	dossier_position(dossier, position);
	jsonw_open(w, '{');
	jsonw_key(w, "jobs");
	jsonw_open(w, '[');
	last = put_jobs(w, o, dossier, choice);
	jsonw_close(w, ']');
	jsonw_key(w, "next");
	if (last != NULL)
		rooms_job(last->client, last->job, name);
	jsonw_string(w, last != NULL ? name : NULL);
	jsonw_put_bool(w, "scheduler", o->leader);
	jsonw_put_bool(w, "latched", o->latched);
	jsonw_put_bool(w, "held", o->held);
	jsonw_put_int(w, "damaged", (int64_t)o->damaged);
	jsonw_put_string(w, "position", *position != '\0' ? position : NULL);
	jsonw_close(w, '}');
}

void
jobs_list(struct exchange *x)
{
	struct jobboard *board = x->web->board;
	const struct overview *o;
	struct jsonw w = { 0 };
	char key[KEPT_KEY];
	struct choice choice;
	uint64_t version;

	if (!read_choice(x, &choice))
		return;
	o = jobboard_look(board);
	version = jobboard_version(board);
	snprintf(key, sizeof(key), "jobs %lld %x %zu %zu %lld.%s",
		 (long long)choice.client, choice.states, choice.limit,
		 choice.runs, (long long)choice.after.client, choice.after.job);
	if (kept_give(jobboard_kept(board), x, key, version))
		return;
	put_list(&w, o, jobboard_dossier(board), &choice);
	kept_add(jobboard_kept(board), x, key, version, &w);
}

/* Of those that have a status line: how many are meant, and one of them.  A job
 * of the host is client 0's, whatever was said. */
static size_t
match(const struct overview *o, const char *job, int64_t client,
      struct jobs_name *name)
{
	size_t i, count = 0;

	for (i = 0; i < o->count; i++) {
		const struct status *status = &o->jobs[i].status;

		if (strcmp(status->job, job) != 0 ||
		    (client >= 0 && status->client != client &&
		     status->client != 0))
			continue;
		name->client = status->client;
		memcpy(name->job, status->job, sizeof(name->job));
		count++;
	}
	return count;
}

static void
refuse_many(struct exchange *x, const struct overview *o, const char *job)
{
	char list[200] = "";
	size_t i, len = 0;

	for (i = 0; i < o->count && len + 32 < sizeof(list); i++)
		if (strcmp(o->jobs[i].status.job, job) == 0)
			len += (size_t)snprintf(
				list + len, sizeof(list) - len, "%s%lld",
				len > 0 ? ", " : "",
				(long long)o->jobs[i].status.client);
	exchange_refusef(x, 409, "ambiguous_job",
			 "say whose with ?client=, or as CLIENT.JOB",
			 "'%s' is a job of several clients: %s%s", job, list,
			 i < o->count ? ", ..." : "");
}

/* One that was run by hand, or that no scheduler has looked at yet. */
static bool
find_elsewhere(struct exchange *x, const struct overview *o, const char *job,
	       struct jobs_name *name)
{
	const struct schedule *schedule =
		dossier_schedule(jobboard_dossier(x->web->board));
	const struct schedule_job *plan =
		schedule == NULL ? NULL : schedule_job(schedule, job);
	struct lookup found;
	char *why;
	int failed = -1;

	if (o->there) {
		failed = lookup_job(&o->rooms, job, name->client, &found, &why);
		free(why);
	}
	if (failed == 0)
		name->client = found.client;
	else if (plan != NULL && plan->per_host)
		name->client = 0;
	else if (plan != NULL && name->client < 0)
		name->client = 1;
	snprintf(name->job, sizeof(name->job), "%s", job);
	/* Known, but of others: the schedule alone does not make it his. */
	return failed == 0 || (failed == -1 && plan != NULL);
}

bool
jobs_find(struct exchange *x, struct jobs_name *name)
{
	const struct overview *o = jobboard_look(x->web->board);
	const char *word = x->parts[0], *job = word;
	int64_t client, said;
	size_t count;

	if (!exchange_client(x, &client))
		return false;
	if (rooms_parse_job(word, &said, name->job)) {
		job = strchr(word, '.') + 1;
		if (client >= 0 && client != said) {
			exchange_refuse(x, 400, "bad_argument",
					"the job and 'client' name two clients",
					NULL);
			return false;
		}
		client = said;
	}
	name->client = client;
	count = match(o, job, client, name);
	if (count == 1 || (count == 0 && names_is_job(job) &&
			   find_elsewhere(x, o, job, name)))
		return true;
	if (count > 1)
		refuse_many(x, o, job);
	else
		exchange_refuse(x, 404, "no_such_job", "there is no such job",
				"GET /api/v1/jobs lists them");
	return false;
}

void
jobs_one(struct exchange *x)
{
	struct dossier *dossier = jobboard_dossier(x->web->board);
	struct diagnosis_view view;
	struct diagnosis d;
	struct jobs_name name;
	struct jsonw w = { 0 };

	if (!jobs_find(x, &name))
		return;
	view = (struct diagnosis_view){
		.overview = jobboard_look(x->web->board),
		.schedule = dossier_schedule(dossier),
		.client = name.client,
		.job = name.job,
	};
	diagnosis_see(&d, &view);
	jsonw_open(&w, '{');
	diagnosis_put(&w, &d);
	if (d.plan != NULL && d.plan->integration != NULL)
		jsonw_put_string(&w, "integration", d.plan->integration);
	dossier_put_runs(dossier, &w, &d.job, DOSSIER_RUNS);
	if (d.latest.folder[0] != '\0') {
		jsonw_key(&w, "latest");
		jsonw_open(&w, '{');
		runs_put(&w, &d.latest);
		jsonw_close(&w, '}');
	}
	jsonw_close(&w, '}');
	diagnosis_free(&d);
	exchange_json(x, 200, &w);
}
