#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "demo/history.h"

#define MINUTE INT64_C(60000)
#define HOUR INT64_C(3600000)

static struct issue *
open_issue(struct history *history, int64_t created)
{
	struct repo *repo = history->repo;
	struct issue *issue;

	repo->issues = msg_realloc(repo->issues,
				   (repo->issue_count + 1) * sizeof(*issue));
	issue = &repo->issues[repo->issue_count++];
	memset(issue, 0, sizeof(*issue));
	issue->seed = world_random(&history->chance);
	issue->author = history_human(history);
	issue->created = created;
	issue->updated = created;
	return issue;
}

void
talk_issues(struct history *history)
{
	const struct world *world = history->world;
	unsigned i, count = history->repo->profile->no_issues
				    ? 0
				    : history->repo->pull_count / 6;
	struct issue *issue;
	int64_t end;

	for (i = 0; i < count; i++) {
		issue = open_issue(history,
				   world_between(&history->chance, world->from,
						 world->config.now - HOUR));
		issue->bug = world_chance(&history->chance, 40);
		end = issue->created + history_span(history, 200);
		if (end < world->config.now)
			issue->closed = issue->updated = end;
	}
}

static int
issue_order(const void *a, const void *b)
{
	const struct issue *x = a, *y = b;

	return (x->created > y->created) - (x->created < y->created);
}

/* Every third incident of the repository is told on GitHub as well. */
void
talk_incidents(struct history *history, size_t first)
{
	const struct world *world = history->world;
	struct repo *repo = history->repo;
	struct issue *issue;
	size_t i;
	unsigned n;

	for (i = first; i < world->incident_count; i += 3) {
		const struct world_incident *incident = &world->incidents[i];

		issue = open_issue(history, incident->created_at);
		issue->incident = true;
		issue->closed = incident->resolved_at;
		if (issue->closed > 0)
			issue->updated = issue->closed;
	}
	if (repo->issue_count > 0)
		qsort(repo->issues, repo->issue_count, sizeof(*issue),
		      issue_order);
	for (n = 0; n < repo->issue_count; n++)
		repo->issues[n].id =
			1500000000 + (uint64_t)repo->index * 1000000 + n;
}

static unsigned
somebody_else(struct history *history, unsigned author)
{
	unsigned person;

	do
		person = history_human(history);
	while (person == author);
	return person;
}

static struct comment *
say(struct history *history, unsigned number, int64_t at)
{
	struct repo *repo = history->repo;
	unsigned new = repo_add_comment(repo, number);
	struct comment *comment = &repo->comments[new];

	comment->created = comment->updated = at;
	if (world_chance(&history->chance, 10))
		comment->updated =
			at + world_between(&history->chance, MINUTE, HOUR);
	if (comment->updated > history->world->config.now)
		comment->updated = at;
	return comment;
}

static void
say_on_code(struct history *history, const struct pull *pull,
	    const struct review *review)
{
	unsigned i, n = world_below(&history->chance, 4);
	struct comment *comment;

	for (i = 0; i < n; i++) {
		comment = say(history, pull->number, review->submitted);
		comment->on_code = true;
		comment->review = review->id;
		comment->author = review->author;
		comment->commit = review->commit;
	}
}

static enum review_state
judge(struct history *history, bool last, bool merged)
{
	unsigned luck = world_below(&history->chance, 100);

	if (last && merged && luck < 92)
		return REVIEW_APPROVED;
	if (last && !merged && luck < 10)
		return REVIEW_PENDING;
	return luck < 40   ? REVIEW_COMMENTED
	       : luck < 75 ? REVIEW_CHANGES_REQUESTED
	       : luck < 80 ? REVIEW_DISMISSED
			   : REVIEW_APPROVED;
}

static void
review(struct history *history, struct pull *pull, int64_t end)
{
	unsigned i, n = pull->review_count;
	struct review *review;
	int64_t at = pull->created, left;

	for (i = 0; i < n; i++) {
		review = &pull->reviews[i];
		left = end - at;
		at += left / 10 + world_between(&history->chance, 0, left / 2);
		review->id = 800000000 +
			     (uint64_t)history->repo->index * 10000000 +
			     (uint64_t)(pull - history->repo->pulls) * 8 + i;
		review->author = somebody_else(history, pull->author);
		review->commit = pull->commits[world_below(&history->chance,
							   pull->commit_count)];
		review->submitted = at;
		review->state = judge(history, i + 1 == n, pull->merged > 0);
		if (review->state == REVIEW_COMMENTED ||
		    review->state == REVIEW_CHANGES_REQUESTED)
			say_on_code(history, pull, review);
		if (at > pull->updated)
			pull->updated = at;
	}
}

static void
discuss(struct history *history, struct pull *pull)
{
	int64_t now = history->world->config.now;
	int64_t end = pull->closed > 0 ? pull->closed : now - MINUTE, at;
	bool bot = pull->author >= history->world->human_count;
	unsigned i, n = world_below(&history->chance, bot ? 2 : 4);
	struct comment *comment;

	if (end > pull->created + 400 * HOUR && pull->closed == 0)
		end = pull->created + 400 * HOUR;
	pull->review_count = world_chance(&history->chance, 12)
				     ? 0
				     : 1 + world_below(&history->chance, 3);
	if (pull->draft)
		pull->review_count = 0;
	pull->reviews =
		msg_calloc(pull->review_count + 1, sizeof(*pull->reviews));
	review(history, pull, end);
	for (i = 0; i < n; i++) {
		at = world_between(&history->chance, pull->created, end);
		if (world_chance(&history->chance, 5))
			at = end + 30 * MINUTE; /* after the merge */
		if (at > now)
			continue;
		comment = say(history, pull->number, at);
		comment->author =
			world_chance(&history->chance, 15)
				? (unsigned)history->world->human_count
			: world_chance(&history->chance, 40)
				? pull->author
				: somebody_else(history, pull->author);
		if (comment->updated > pull->updated)
			pull->updated = comment->updated;
	}
}

static int
comment_order(const void *a, const void *b)
{
	const struct comment *x = a, *y = b;

	if (x->created != y->created)
		return x->created < y->created ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

void
talk_plan(struct history *history)
{
	struct repo *repo = history->repo;
	struct comment *comment;
	struct issue *issue;
	unsigned i;

	for (i = 0; i < repo->pull_count; i++)
		discuss(history, &repo->pulls[i]);
	for (i = 0; i < repo->issue_count; i++) {
		issue = &repo->issues[i];
		if (!world_chance(&history->chance, 60))
			continue;
		comment = say(history, issue->number,
			      world_between(&history->chance, issue->created,
					    issue->updated));
		comment->author = history_human(history);
		if (comment->updated > issue->updated)
			issue->updated = comment->updated;
	}
	if (repo->comment_count > 0)
		qsort(repo->comments, repo->comment_count, sizeof(*comment),
		      comment_order);
	for (i = 0; i < repo->comment_count; i++)
		repo->comments[i].id =
			900000000 + (uint64_t)repo->index * 10000000 + i;
}
