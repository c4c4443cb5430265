#include "demo/history.h"

#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

#define MINUTE INT64_C(60000)
#define HOUR INT64_C(3600000)
#define DAY INT64_C(86400000)
enum { BIG_PULL = 263 }; /* commits; the API lists 250 of them */

void
history_expect(struct history *history, struct history_event event)
{
	struct history_event *queue;
	size_t i = history->waiting++;

	if (event.at > history->world->config.now) {
		history->waiting--;
		return;
	}
	if ((i & (i + 1)) == 0)
		history->queue = msg_realloc(history->queue,
					     (2 * i + 2) * sizeof(*queue));
	queue = history->queue;
	while (i > 0 && queue[(i - 1) / 2].at > event.at) {
		queue[i] = queue[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	queue[i] = event;
}

static struct history_event
take_next(struct history *history)
{
	struct history_event *queue = history->queue, first = queue[0], last;
	size_t i = 0, child, n = --history->waiting;

	last = queue[n];
	while ((child = 2 * i + 1) < n) {
		if (child + 1 < n && queue[child + 1].at < queue[child].at)
			child++;
		if (queue[child].at >= last.at)
			break;
		queue[i] = queue[child];
		i = child;
	}
	queue[i] = last;
	return first;
}

double
history_trend(const struct history *history, const double ends[2], int64_t at)
{
	double span =
		(double)(history->world->config.now - history->world->from);
	double done = (double)(at - history->world->from) / span;

	done = done < 0 ? 0 : done > 1 ? 1 : done;
	return ends[0] + (ends[1] - ends[0]) * done;
}

int64_t
history_span(struct history *history, double mean_hours)
{
	double u = (double)(1 + world_below(&history->chance, 1000)) / 1001;

	/* 0.1 to about 5 times the mean, most of it below the mean */
	return (int64_t)(mean_hours * HOUR * (0.1 + 0.45 * u / (1.05 - u)));
}

unsigned
history_human(struct history *history)
{
	unsigned n = (unsigned)history->world->human_count;
	unsigned a = world_below(&history->chance, n);
	unsigned b = world_below(&history->chance, n);

	return a < b ? a : b; /* some do more than others */
}

unsigned
history_advance(struct history *history, enum repo_kind kind, int64_t at,
		unsigned merge)
{
	struct repo *repo = history->repo;
	unsigned new = repo_add_commit(history->world, repo, kind, at);

	repo->commits[new].parents[0] = repo->head;
	repo->commits[new].parents[1] = merge;
	if ((repo->main_count & (repo->main_count + 1)) == 0)
		repo->main = msg_realloc(repo->main, (2 * repo->main_count +
						      2) * sizeof(*repo->main));
	repo->main[repo->main_count++] = new;
	repo->head = new;
	return new;
}

/* Where main stood at that time. */
static unsigned
tip_at(const struct repo *repo, int64_t at)
{
	unsigned low = 0, high = repo->main_count;

	while (high - low > 1) {
		unsigned middle = low + (high - low) / 2;

		if (repo->commits[repo->main[middle]].committed <= at)
			low = middle;
		else
			high = middle;
	}
	return repo->main[low];
}

static unsigned
add_to_branch(struct history *history, unsigned index, unsigned parent,
	      int64_t at)
{
	struct repo *repo = history->repo;
	struct pull *pull = &repo->pulls[index];
	unsigned new = repo_add_commit(history->world, repo, REPO_BRANCH, at);
	struct commit *commit = &repo->commits[new];

	commit->parents[0] = parent;
	commit->author = pull->author;
	commit->pull = index;
	for (commit->serial = 0; pull->commits[commit->serial] != REPO_NONE;)
		commit->serial++;
	pull->commits[commit->serial] = new;
	return new;
}

/* The commits of a pull request, from when its author began until shortly
 * before `end`; now and then one of them merges main in. */
static void
grow_branch(struct history *history, unsigned index, int64_t end)
{
	struct repo *repo = history->repo;
	struct pull *pull = &repo->pulls[index];
	int64_t begin = pull->created - history_span(history, 14), at;
	unsigned i, tip, n = pull->commit_count, count = n;

	if (begin < repo->commits[repo->main[0]].committed)
		begin = repo->commits[repo->main[0]].committed;
	pull->base = tip_at(repo, begin);
	pull->commits = msg_calloc(n, sizeof(*pull->commits));
	memset(pull->commits, 0xff, n * sizeof(*pull->commits));
	tip = pull->base;
	if (end > pull->created + 6 * HOUR && n > 2)
		count = n - 1; /* the last one answers a review */
	for (i = 0; i < n; i++) {
		at = begin + (pull->created - begin) * (i + 1) / (count + 1);
		if (i == count)
			at = pull->created + (end - pull->created) / 2;
		tip = add_to_branch(history, index, tip, at);
		if (i == count && n < BIG_PULL &&
		    tip_at(repo, at) != pull->base) {
			repo->commits[tip].kind = REPO_BRANCH_MERGE;
			repo->commits[tip].parents[1] = tip_at(repo, at);
		}
	}
}

static void
rebase(struct history *history, struct pull *pull, unsigned index)
{
	struct repo *repo = history->repo;
	unsigned i, new = REPO_NONE;

	for (i = 0; i < pull->commit_count; i++) {
		struct commit *commit = &repo->commits[pull->commits[i]], copy;

		if (commit->kind == REPO_BRANCH_MERGE)
			continue;
		copy = *commit;
		new = history_advance(history, REPO_REBASED, pull->merged,
				      REPO_NONE);
		repo->commits[new].author = copy.author;
		repo->commits[new].authored = copy.authored;
		repo->commits[new].serial = copy.serial;
		repo->commits[new].pull = index;
	}
	pull->merge = new;
}

static void
merge(struct history *history, unsigned index)
{
	struct repo *repo = history->repo;
	struct pull *pull = &repo->pulls[index];
	bool squash = repo->profile->merge == REPO_SQUASH;

	grow_branch(history, index, pull->merged);
	if (repo->profile->merge == REPO_REBASE) {
		rebase(history, pull, index);
		return;
	}
	pull->merge = history_advance(
		history, squash ? REPO_SQUASHED : REPO_MERGED, pull->merged,
		squash ? REPO_NONE : pull->commits[pull->commit_count - 1]);
	repo->commits[pull->merge].author = pull->author;
	repo->commits[pull->merge].pull = index;
}

static void
force(struct history *history)
{
	struct repo *repo = history->repo;
	unsigned i;

	for (i = 0; i < 6 && repo->main_count > 2; i++)
		repo->commits[repo->main[--repo->main_count]].lost = true;
	repo->head = repo->main[repo->main_count - 1];
}

static void
happen(struct history *history, struct history_event event)
{
	unsigned new;

	switch (event.kind) {
	case HISTORY_MERGE:
		merge(history, event.index);
		break;
	case HISTORY_BRANCH:
		grow_branch(history, event.index,
			    history->repo->pulls[event.index].created);
		break;
	case HISTORY_PUSH:
		new = history_advance(history, REPO_PUSH, event.at, REPO_NONE);
		history->repo->commits[new].author = history_human(history);
		break;
	case HISTORY_FORCE:
		force(history);
		break;
	default:
		rollout_happen(history, event);
	}
}

static int
by_created(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Ascending times in working hours, more of them towards the end. */
static int64_t *
choose_times(struct history *history, unsigned count)
{
	int64_t span = history->world->config.now - history->world->from;
	int64_t *times = msg_calloc(count + 1, sizeof(*times)), day;
	unsigned i;

	for (i = 0; i < count; i++) {
		double x = ((double)i +
			    0.001 * world_below(&history->chance, 1000)) /
			   count;

		x = 0.7 * x + 0.3 * x * (2 - x);
		times[i] = history->world->from + DAY / 2 +
			   (int64_t)(x * (double)(span - DAY));
		day = times[i] / DAY;
		if ((day + 3) % 7 >= 5 && world_chance(&history->chance, 80))
			day -= 2; /* 1970-01-01 was a Thursday */
		times[i] = day * DAY + 7 * HOUR +
			   world_between(&history->chance, 0, 11 * HOUR);
		if (times[i] > history->world->config.now - HOUR)
			times[i] = history->world->config.now - HOUR;
		if (times[i] < history->world->from)
			times[i] = history->world->from + HOUR;
	}
	qsort(times, count, sizeof(*times), by_created);
	return times;
}

/* How a pull request will end, if it has ended by now. */
static void
decide(struct history *history, struct pull *pull)
{
	double hours = history_trend(history, history->repo->profile->hours,
				     pull->created);
	int64_t end = pull->created + 5 * MINUTE +
		      history_span(history, pull->commit_count > 4 ? hours * 1.6
								   : hours);
	unsigned luck = world_below(&history->chance, 100);

	if (luck < 3 || end > history->world->config.now - 10 * MINUTE) {
		pull->draft = world_chance(&history->chance, 25);
		return;
	}
	pull->closed = end;
	if (luck >= 10)
		pull->merged = end;
}

static void
open_pull(struct history *history, unsigned index, int64_t created)
{
	struct repo *repo = history->repo;
	struct pull *pull = &repo->pulls[index];
	struct world *world = history->world;
	bool bot = world_chance(&history->chance, 8);

	pull->seed = world_random(&history->chance);
	pull->id = 2000000000 + (uint64_t)repo->index * 10000000 + index;
	pull->created = created;
	pull->author =
		bot ? (unsigned)world->human_count : history_human(history);
	pull->commit_count = bot ? 1 : 1 + world_below(&history->chance, 5);
	if (index == 5 && repo->index == 0)
		pull->commit_count = BIG_PULL;
	pull->merge = REPO_NONE;
	pull->base = REPO_NONE;
	pull->null_body = world_chance(&history->chance, 10);
	if (!bot && world_chance(&history->chance, 75))
		world_issue_key(world, repo->index, &history->chance,
				pull->issue);
	decide(history, pull);
	pull->updated = pull->closed > 0 ? pull->closed : pull->created;
	history_expect(
		history,
		(struct history_event){
			.at = pull->merged > 0 ? pull->merged : pull->created,
			.kind = pull->merged > 0 ? HISTORY_MERGE
						 : HISTORY_BRANCH,
			.index = index });
}

/* Pull requests and issues share one row of numbers. */
static void
number(struct repo *repo)
{
	unsigned p = 0, i = 0, n = 0;

	while (p < repo->pull_count || i < repo->issue_count) {
		bool pull = i == repo->issue_count ||
			    (p < repo->pull_count &&
			     repo->pulls[p].created <= repo->issues[i].created);

		if (pull)
			repo->pulls[p++].number = ++n;
		else
			repo->issues[i++].number = ++n;
	}
}

static void
plan(struct history *history, unsigned pulls)
{
	struct repo *repo = history->repo;
	struct world *world = history->world;
	int64_t *times = choose_times(history, pulls);
	unsigned i;

	repo->pulls = msg_calloc(pulls + 1, sizeof(*repo->pulls));
	repo->pull_count = pulls;
	for (i = 0; i < pulls; i++)
		open_pull(history, i, times[i]);
	for (i = 0; i < 3 + pulls / 10; i++)
		history_expect(history,
			       (struct history_event){
				       .at = world_between(
					       &history->chance, world->from,
					       world->config.now - HOUR),
				       .kind = HISTORY_PUSH });
	if (repo->profile->forced)
		history_expect(
			history,
			(struct history_event){
				.at = (world->from + world->config.now) / 2,
				.kind = HISTORY_FORCE });
	free(times);
}

static void
cut(int64_t *at)
{
	*at -= *at % 1000;
}

/* GitHub's times are whole seconds, so ours are too. */
static void
cut_to_seconds(struct repo *repo)
{
	unsigned i, k;

	for (i = 0; i < repo->commit_count; i++) {
		cut(&repo->commits[i].authored);
		cut(&repo->commits[i].committed);
	}
	for (i = 0; i < repo->pull_count; i++) {
		cut(&repo->pulls[i].created);
		cut(&repo->pulls[i].updated);
		cut(&repo->pulls[i].merged);
		cut(&repo->pulls[i].closed);
		for (k = 0; k < repo->pulls[i].review_count; k++)
			cut(&repo->pulls[i].reviews[k].submitted);
	}
	for (i = 0; i < repo->issue_count; i++) {
		cut(&repo->issues[i].created);
		cut(&repo->issues[i].updated);
		cut(&repo->issues[i].closed);
	}
	for (i = 0; i < repo->comment_count; i++) {
		cut(&repo->comments[i].created);
		cut(&repo->comments[i].updated);
	}
	for (i = 0; i < repo->deployment_count; i++) {
		cut(&repo->deployments[i].created);
		cut(&repo->deployments[i].updated);
		for (k = 0; k < repo->deployments[i].status_count; k++)
			cut(&repo->deployments[i].statuses[k].at);
	}
	for (i = 0; i < repo->release_count; i++) {
		cut(&repo->releases[i].created);
		cut(&repo->releases[i].published);
	}
}

void
history_live(struct world *world, struct repo *repo, unsigned pulls)
{
	struct history history = { .world = world, .repo = repo };
	size_t first = world->incident_count;

	history.chance = world_stream(world, "repo", repo->index);
	repo->created = world->from - (int64_t)(100 - repo->index % 90) * DAY;
	repo->head = REPO_NONE;
	repo->pushed = repo->created;
	repo->updated = repo->created;
	if (repo->trap != REPO_SOUND)
		return;
	history_advance(&history, REPO_ROOT, world->from, REPO_NONE);
	plan(&history, pulls);
	rollout_plan(&history);
	while (history.waiting > 0)
		happen(&history, take_next(&history));
	free(history.queue);
	talk_issues(&history);
	talk_incidents(&history, first);
	number(repo);
	talk_plan(&history);
	cut_to_seconds(repo);
	for (; first < world->incident_count; first++) {
		cut(&world->incidents[first].created_at);
		cut(&world->incidents[first].resolved_at);
	}
	repo_set_head(repo, repo->head);
	repo->pushed = repo->commits[repo->head].committed;
	repo->updated = repo->pushed;
}
