/*
 * The four DORA figures, computed from their definitions by going through
 * everything again and again; nothing of this is shared with what Pulse does.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/msg.h"
#include "base/times.h"
#include "demo/backstage.h"
#include "demo/payload.h"

#define MINUTE INT64_C(60000)
#define DAY INT64_C(86400000)

/* A successful production deployment. */
struct success {
	const struct repo *repo;
	const struct deployment *deployment;
	int64_t finished;
	bool failed; /* an incident is laid at its door */
	bool first;  /* of its chain */
	bool stored; /* its commit can be found from the head */
};

struct dora {
	const struct world *world;
	int64_t since, until;
	const char *repo;	   /* full name, or NULL */
	struct success *successes; /* by finish, then id */
	size_t count;
};

struct sample {
	int64_t *values;
	size_t count, size;
};

static void
add(struct sample *sample, int64_t value)
{
	if (sample->count == sample->size) {
		sample->size = sample->size * 2 + 64;
		sample->values = msg_realloc(
			sample->values, sample->size * sizeof(*sample->values));
	}
	sample->values[sample->count++] = value;
}

static int
by_value(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* The largest value whose percent rank is at most one half. */
static int64_t
lower_median(struct sample *sample)
{
	int64_t best;
	size_t i, below = 0;

	qsort(sample->values, sample->count, sizeof(*sample->values), by_value);
	best = sample->values[0];
	for (i = 1; i < sample->count; i++) {
		if (sample->values[i] != sample->values[i - 1])
			below = i;
		if (2 * below <= sample->count - 1)
			best = sample->values[i];
	}
	return best;
}

static void
write_sample(struct jsonw *out, const char *name, struct sample *sample)
{
	jsonw_key(out, name);
	jsonw_open(out, '{');
	if (sample->count > 0)
		jsonw_put_int(out, "value", (uint64_t)lower_median(sample));
	else
		payload_null(out, "value");
	jsonw_put_int(out, "n", sample->count);
	jsonw_close(out, '}');
	free(sample->values);
}

static bool
within(const struct dora *dora, int64_t at)
{
	return at >= dora->since && at < dora->until;
}

static bool
is_fetched(const struct repo *repo)
{
	return repo->trap == REPO_SOUND && !repo->profile->archived &&
	       !repo->profile->fork;
}

/* When it first succeeded, or 0. */
static int64_t
finish_of(const struct deployment *deployment)
{
	unsigned i;

	for (i = 0; i < deployment->status_count; i++)
		if (deployment->statuses[i].state == DEPLOY_SUCCESS)
			return deployment->statuses[i].at;
	return 0;
}

static int
by_finish(const void *a, const void *b)
{
	const struct success *x = a, *y = b;

	if (x->finished != y->finished)
		return x->finished < y->finished ? -1 : 1;
	return (x->deployment->id > y->deployment->id) -
	       (x->deployment->id < y->deployment->id);
}

static bool
is_stored(const struct repo *repo, unsigned commit)
{
	unsigned i;

	for (i = 0; i < repo->log_count; i++)
		if (repo->log[i] == commit)
			return true;
	return false;
}

static void
collect_from(struct dora *dora, const struct repo *repo)
{
	struct success *success;
	unsigned i;

	for (i = 0; i < repo->deployment_count; i++) {
		const struct deployment *deployment = &repo->deployments[i];
		int64_t finished = finish_of(deployment);

		if (finished == 0 ||
		    strncasecmp(deployment->environment, "prod", 4) != 0)
			continue;
		dora->successes = msg_realloc(
			dora->successes, (dora->count + 1) * sizeof(*success));
		success = &dora->successes[dora->count++];
		memset(success, 0, sizeof(*success));
		success->repo = repo;
		success->deployment = deployment;
		success->finished = finished;
		success->stored = is_stored(repo, deployment->commit);
	}
}

static bool
same_chain(const struct success *a, const struct success *b)
{
	return a->repo == b->repo && strcmp(a->deployment->environment,
					    b->deployment->environment) == 0;
}

static void
collect(struct dora *dora)
{
	const struct github *github = dora->world->github;
	size_t i, k;

	for (i = 0; i < github->repo_count; i++)
		if (is_fetched(&github->repos[i]))
			collect_from(dora, &github->repos[i]);
	if (dora->count > 0)
		qsort(dora->successes, dora->count, sizeof(*dora->successes),
		      by_finish);
	for (i = 0; i < dora->count; i++) {
		dora->successes[i].first = true;
		for (k = 0; k < i; k++)
			if (same_chain(&dora->successes[i],
				       &dora->successes[k]))
				dora->successes[i].first = false;
	}
}

static bool
is_asked(const struct dora *dora, const struct repo *repo)
{
	return dora->repo == NULL || strcmp(dora->repo, repo->full_name) == 0;
}

/* Days with a deployment, week by week. */
static void
frequency(const struct dora *dora, struct jsonw *out)
{
	/* 1970-01-05 was a Monday */
	int64_t week = (dora->since / DAY - 4) / 7, day;
	struct sample weeks = { 0 };
	unsigned long deployments = 0;
	size_t i;

	for (; (week * 7 + 4) * DAY < dora->until; week++) {
		bool seen[7] = { false };
		int64_t days = 0;

		for (i = 0; i < dora->count; i++) {
			const struct success *success = &dora->successes[i];

			day = success->finished / DAY - 4 - week * 7;
			if (day < 0 || day > 6 ||
			    !within(dora, success->finished) ||
			    !is_asked(dora, success->repo))
				continue;
			days += !seen[day];
			seen[day] = true;
			deployments++;
		}
		add(&weeks, days);
	}
	write_sample(out, "deployment_frequency", &weeks);
	jsonw_put_int(out, "deployments", deployments);
}

/* All that a commit reaches, marked with the number of who came first. */
static void
claim(const struct repo *repo, const struct success *success, unsigned owner,
      unsigned *owners)
{
	unsigned char *seen = msg_calloc(repo->commit_count + 1, 1);
	unsigned i;

	repo_reach(repo, success->deployment->commit, seen);
	for (i = 0; i < repo->commit_count; i++)
		if (seen[i] && owners[i] == 0)
			owners[i] = owner;
	free(seen);
}

/* For one chain: 1 + the index in successes for each commit that one owns, or
 * REPO_NONE for what the first one claims. */
static unsigned *
own(const struct dora *dora, size_t first)
{
	const struct success *chain = &dora->successes[first];
	unsigned *owners =
		msg_calloc(chain->repo->commit_count + 1, sizeof(*owners));
	bool begun = false;
	size_t i;

	for (i = first; i < dora->count; i++) {
		const struct success *success = &dora->successes[i];

		if (!same_chain(success, chain) || !success->stored)
			continue;
		claim(chain->repo, success, begun ? (unsigned)i + 1 : REPO_NONE,
		      owners);
		begun = true;
	}
	return owners;
}

struct linked {
	const struct success *success; /* NULL: none */
	bool guessed;
};

/* The deployment of one chain that carried a pull request. */
static struct linked
link_in_chain(const struct dora *dora, size_t first, const unsigned *owners,
	      const struct pull *pull)
{
	const struct repo *repo = dora->successes[first].repo;
	bool stored = is_stored(repo, pull->merge);
	struct linked linked = { 0 };
	size_t i;

	if (stored && owners[pull->merge] == REPO_NONE)
		return linked;
	if (stored && owners[pull->merge] != 0) {
		linked.success = &dora->successes[owners[pull->merge] - 1];
		return linked;
	}
	for (i = first; i < dora->count; i++) {
		const struct success *success = &dora->successes[i];

		if (!same_chain(success, &dora->successes[first]) ||
		    success->finished < pull->merged)
			continue;
		linked.guessed = true;
		if (!success->first && (!stored || !success->stored))
			linked.success = success;
		break;
	}
	return linked;
}

/* Sha beats guess, then the earliest wins. */
static bool
is_better(const struct linked *new, const struct linked *old)
{
	if (new->success == NULL || old->success == NULL)
		return new->success != NULL;
	if (new->guessed != old->guessed)
		return old->guessed;
	return by_finish(new->success, old->success) < 0;
}

/* The deployment of each pull request of a repository; allocated. */
static struct linked *
link_pulls(const struct dora *dora, const struct repo *repo)
{
	struct linked *links = msg_calloc(repo->pull_count + 1, sizeof(*links));
	struct linked linked;
	unsigned *owners, p;
	size_t i;

	for (i = 0; i < dora->count; i++) {
		if (!dora->successes[i].first ||
		    dora->successes[i].repo != repo)
			continue;
		owners = own(dora, i);
		for (p = 0; p < repo->pull_count; p++) {
			if (repo->pulls[p].merged == 0)
				continue;
			linked =
				link_in_chain(dora, i, owners, &repo->pulls[p]);
			if (is_better(&linked, &links[p]))
				links[p] = linked;
		}
		free(owners);
	}
	return links;
}

/* Minutes, rounded up; -1 when the span is negative. */
static int64_t
minutes(int64_t from, int64_t to)
{
	return to < from ? -1 : (to - from + MINUTE - 1) / MINUTE;
}

/* The first word by somebody else, or 0. */
static int64_t
first_word(const struct dora *dora, const struct repo *repo,
	   const struct pull *pull)
{
	bool unknown = dora->world->people[pull->author].gone;
	int64_t first = 0, at;
	unsigned i;

	for (i = 0; i < pull->review_count; i++) {
		at = pull->reviews[i].submitted;
		if (pull->reviews[i].state != REVIEW_PENDING &&
		    !pull->reviews[i].deleted &&
		    (unknown || pull->reviews[i].author != pull->author) &&
		    (first == 0 || at < first))
			first = at;
	}
	for (i = 0; i < repo->comment_count; i++) {
		at = repo->comments[i].created;
		if (repo->comments[i].number == pull->number &&
		    !repo->comments[i].deleted &&
		    (unknown || repo->comments[i].author != pull->author) &&
		    (first == 0 || at < first))
			first = at;
	}
	return first;
}

struct spans {
	struct sample total, coding, pickup, review, deploy;
};

static void
add_if(struct sample *sample, int64_t value)
{
	if (value >= 0)
		add(sample, value);
}

static void
measure(const struct dora *dora, const struct success *success,
	const struct pull *pull, struct spans *spans)
{
	const struct repo *repo = success->repo;
	int64_t begun = INT64_MAX, coding, deploy, word;
	unsigned i;

	for (i = 0; i < pull->commit_count; i++)
		if (repo->commits[pull->commits[i]].authored < begun)
			begun = repo->commits[pull->commits[i]].authored;
	coding = minutes(begun, pull->created);
	deploy = minutes(pull->merged, success->finished);
	add_if(&spans->coding, coding);
	add_if(&spans->deploy, deploy);
	word = first_word(dora, repo, pull);
	if (word != 0) {
		add_if(&spans->pickup, minutes(pull->created, word));
		add_if(&spans->review, minutes(word, pull->merged));
	}
	add(&spans->total, (coding > 0 ? coding : 0) +
				   minutes(pull->created, pull->merged) +
				   (deploy > 0 ? deploy : 0));
}

static void
lead_time(const struct dora *dora, struct jsonw *out)
{
	const struct github *github = dora->world->github;
	struct spans spans = { 0 };
	struct linked *links;
	unsigned i, p;

	for (i = 0; i < github->repo_count; i++) {
		const struct repo *repo = &github->repos[i];

		if (!is_fetched(repo) || !is_asked(dora, repo))
			continue;
		links = link_pulls(dora, repo);
		for (p = 0; p < repo->pull_count; p++)
			if (links[p].success != NULL &&
			    within(dora, links[p].success->finished))
				measure(dora, links[p].success, &repo->pulls[p],
					&spans);
		free(links);
	}
	write_sample(out, "lead_time", &spans.total);
	write_sample(out, "lead_time_coding", &spans.coding);
	write_sample(out, "lead_time_pickup", &spans.pickup);
	write_sample(out, "lead_time_review", &spans.review);
	write_sample(out, "lead_time_deploy", &spans.deploy);
}

/* The last success anywhere that finished before the incident began. */
static struct success *
cause_of(const struct dora *dora, const struct world_incident *incident)
{
	struct success *cause = NULL;
	size_t i;

	for (i = 0; i < dora->count; i++)
		if (dora->successes[i].finished < incident->created_at)
			cause = &dora->successes[i];
	return cause;
}

static void
failures(const struct dora *dora, struct jsonw *out)
{
	unsigned long all = 0, failed = 0;
	size_t i;

	for (i = 0; i < dora->count; i++)
		if (within(dora, dora->successes[i].finished)) {
			all++;
			failed += dora->successes[i].failed;
		}
	jsonw_key(out, "change_failure_rate");
	jsonw_open(out, '{');
	jsonw_key(out, "value");
	if (all > 0)
		jsonw_real(out, (double)failed / (double)all);
	else
		jsonw_null(out);
	jsonw_put_int(out, "n", all);
	jsonw_put_int(out, "failed", failed);
	jsonw_close(out, '}');
}

static void
recovery(const struct dora *dora, struct jsonw *out)
{
	const struct world *world = dora->world;
	struct sample restore = { 0 }, recover = { 0 };
	unsigned long open = 0;
	size_t i;

	for (i = 0; i < world->incident_count; i++) {
		const struct world_incident *incident = &world->incidents[i];
		struct success *cause = cause_of(dora, incident);

		if (cause != NULL)
			cause->failed = true;
		open += incident->resolved_at == 0;
		if (incident->resolved_at == 0 ||
		    !within(dora, incident->resolved_at))
			continue;
		add(&restore,
		    minutes(incident->created_at, incident->resolved_at));
		if (cause != NULL && within(dora, cause->finished))
			add(&recover,
			    minutes(cause->finished, incident->resolved_at));
	}
	write_sample(out, "time_to_restore", &restore);
	write_sample(out, "failed_deployment_recovery", &recover);
	jsonw_put_int(out, "open_incidents", open);
}

static int64_t
point(const struct httpd_request *request, const char *name, int64_t fallback)
{
	const char *text = httpd_argument(request, name);
	int64_t ms;

	return text != NULL && times_parse_point(text, fallback, &ms)
		       ? ms
		       : fallback;
}

void
dora_write(const struct world *world, const struct httpd_request *request,
	   struct jsonw *out)
{
	struct dora dora = { .world = world,
			     .since = point(request, "since", world->from),
			     .until = point(request, "until",
					    world->config.now + 1000),
			     .repo = httpd_argument(request, "repo") };

	collect(&dora);
	jsonw_open(out, '{');
	payload_time(out, "since", dora.since);
	payload_time(out, "until", dora.until);
	frequency(&dora, out);
	lead_time(&dora, out);
	if (dora.repo == NULL) {
		recovery(&dora, out);
		failures(&dora, out);
	}
	jsonw_close(out, '}');
	free(dora.successes);
}
