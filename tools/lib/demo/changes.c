/* What POST /__demo/change can do to the GitHub half. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/jsonw.h"
#include "base/msg.h"
#include "demo/answers.h"
#include "demo/payload.h"
#include "demo/quota.h"

#define MINUTE INT64_C(60000)
#define DAY INT64_C(86400000)

struct change {
	struct world *world;
	struct github *github;
	struct repo *repo;
	const struct world_wish *wish;
	struct jsonw *out;
	int64_t at; /* when it happens */
};

static void
touched(const struct change *change, const char *how, const char *type,
	const char *key)
{
	world_touched(change->out, how, type, change->repo->full_name, key);
}

static void
touched_number(const struct change *change, const char *how, const char *type,
	       uint64_t number)
{
	char key[24];

	snprintf(key, sizeof(key), "%" PRIu64, number);
	touched(change, how, type, key);
}

static void
touched_pair(const struct change *change, const char *how, const char *type,
	     uint64_t parent, const char *child)
{
	char key[80];

	snprintf(key, sizeof(key), "%" PRIu64 "/%s", parent, child);
	touched(change, how, type, key);
}

static void
touched_id_pair(const struct change *change, const char *how, const char *type,
		uint64_t parent, uint64_t child)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, child);
	touched_pair(change, how, type, parent, text);
}

static void
touched_comment(const struct change *change, const char *how,
		const struct comment *comment)
{
	char key[24];

	snprintf(key, sizeof(key), "%c%" PRIu64, comment->on_code ? 'r' : 'i',
		 comment->id);
	touched(change, how, "github_comment", key);
}

/* The repository object shows when it was pushed to last. */
static void
touch_repo(struct change *change)
{
	char key[24];

	change->repo->pushed = change->repo->updated = change->at;
	snprintf(key, sizeof(key), "%" PRIu64, change->repo->id);
	world_touched(change->out, "changed", "github_repo", "acme", key);
}

static void
touch_pull(struct change *change, struct pull *pull)
{
	pull->updated = change->at;
	touched_number(change, "changed", "github_pr", pull->number);
}

/* The pull request named by "number", else the newest in that state. */
static struct pull *
pick_pull(const struct change *change, bool open)
{
	struct repo *repo = change->repo;
	int64_t number = world_wish_number(change->wish, "number", 0);
	unsigned i;

	if (number > 0)
		return repo_find_pull(repo, (unsigned)number);
	for (i = repo->pull_count; i-- > 0;)
		if (!open ||
		    (repo->pulls[i].closed == 0 && !repo->pulls[i].draft))
			return &repo->pulls[i];
	return NULL;
}

static bool
pr_update(struct change *change)
{
	struct pull *pull = pick_pull(change, false);

	if (pull == NULL)
		return false;
	pull->revision++;
	touch_pull(change, pull);
	return true;
}

/* Moves main, and says what can be reached now and could not before. */
static void
move_head(struct change *change, unsigned head)
{
	struct repo *repo = change->repo;
	unsigned char *before = msg_calloc(repo->commit_count + 1, 1);
	unsigned char *after = msg_calloc(repo->commit_count + 1, 1);
	unsigned i;

	repo_reach(repo, repo->head, before);
	repo_reach(repo, head, after);
	for (i = 0; i < repo->commit_count; i++)
		if (before[i] != after[i])
			touched(change, after[i] ? "appeared" : "vanished",
				"github_commit", repo->commits[i].sha);
	repo_set_head(repo, head);
	free(before);
	free(after);
	touch_repo(change);
}

static unsigned
commit_on(struct change *change, enum repo_kind kind, unsigned parent,
	  int64_t at)
{
	struct repo *repo = change->repo;
	unsigned new = repo_add_commit(change->world, repo, kind, at);

	repo->commits[new].parents[0] = parent;
	return new;
}

static void
merge_now(struct change *change, struct pull *pull)
{
	struct repo *repo = change->repo;
	unsigned new = commit_on(change, REPO_MERGED, repo->head, change->at);

	repo->commits[new].parents[1] = pull->commits[pull->commit_count - 1];
	repo->commits[new].pull = (unsigned)(pull - repo->pulls);
	repo->commits[new].author = pull->author;
	pull->merge = new;
	pull->merged = pull->closed = change->at;
	move_head(change, new);
}

static unsigned
next_number(const struct repo *repo)
{
	unsigned n = 0, i;

	for (i = 0; i < repo->pull_count; i++)
		if (repo->pulls[i].number > n)
			n = repo->pulls[i].number;
	for (i = 0; i < repo->issue_count; i++)
		if (repo->issues[i].number > n)
			n = repo->issues[i].number;
	return n + 1;
}

/* A pull request with two commits, the first of them `age` old. */
static struct pull *
open_pull(struct change *change, int64_t age)
{
	struct repo *repo = change->repo;
	unsigned number = next_number(repo), i, parent = repo->head;
	struct pull *pull;

	repo->pulls = msg_realloc(repo->pulls, (repo->pull_count + 1) *
						       sizeof(*repo->pulls));
	pull = &repo->pulls[repo->pull_count];
	memset(pull, 0, sizeof(*pull));
	pull->id = 2000000000 + (uint64_t)repo->index * 10000000 +
		   repo->pull_count;
	pull->seed = world_stream(change->world, "new pull", pull->id);
	pull->number = number;
	pull->created = pull->updated = change->at;
	pull->merge = REPO_NONE;
	pull->base = repo->head;
	pull->commit_count = 2;
	pull->commits = msg_calloc(2, sizeof(*pull->commits));
	pull->reviews = msg_calloc(8, sizeof(*pull->reviews));
	for (i = 0; i < 2; i++) {
		parent = commit_on(change, REPO_BRANCH, parent,
				   change->at - age + (int64_t)i * MINUTE);
		repo->commits[parent].pull = repo->pull_count;
		repo->commits[parent].serial = i;
		pull->commits[i] = parent;
	}
	repo->pull_count++;
	for (i = 0; i < 2; i++)
		touched_pair(change, "appeared", "github_pr_commit", number,
			     repo->commits[pull->commits[i]].sha);
	touched_number(change, "appeared", "github_pr", number);
	return pull;
}

/* The one that is named, or an open one, or a new one. */
static struct pull *
pick_open(struct change *change)
{
	struct pull *pull = pick_pull(change, true);

	return pull != NULL ? pull : open_pull(change, 10 * MINUTE);
}

static bool
pr_merge(struct change *change)
{
	struct pull *pull = pick_open(change);

	if (pull->closed > 0)
		return false;
	merge_now(change, pull);
	touch_pull(change, pull);
	return true;
}

static bool
new_pr(struct change *change)
{
	open_pull(change, 10 * MINUTE);
	return true;
}

/* What `since` on the list of commits would miss. */
static bool
old_branch(struct change *change)
{
	merge_now(change, open_pull(change, 60 * DAY));
	return true;
}

static bool
new_commits(struct change *change)
{
	int64_t n = world_wish_number(change->wish, "count", 3), i;
	unsigned head = change->repo->head;

	for (i = 0; i < n; i++)
		head = commit_on(change, REPO_PUSH, head,
				 change->at - (n - i) * 1000);
	move_head(change, head);
	return n > 0;
}

static bool
force_push(struct change *change)
{
	struct repo *repo = change->repo;
	int64_t n = world_wish_number(change->wish, "count", 3);
	unsigned head = repo->head;

	if (n < 1 || (int64_t)repo->main_count <= n)
		return false;
	for (; n > 0; n--) {
		repo->commits[head].lost = true;
		head = repo->commits[head].parents[0];
	}
	head = commit_on(change, REPO_PUSH, head, change->at - 1000);
	move_head(change, commit_on(change, REPO_PUSH, head, change->at));
	return true;
}

static bool
rename_repo(struct change *change)
{
	struct repo *repo = change->repo;
	char *to = world_wish_text(change->wish, "to"), full[160];
	size_t i;

	if (to == NULL)
		to = msg_strdup("renamed");
	snprintf(full, sizeof(full), "acme/%s", to);
	free(repo->old_name);
	repo->old_name = repo->name;
	repo->name = to;
	free(repo->full_name);
	repo->full_name = msg_strdup(full);
	for (i = 0; i < change->world->incident_count; i++)
		if (change->world->incidents[i].repo == repo->index)
			change->world->incidents[i].repo_name = repo->full_name;
	touch_repo(change);
	return true;
}

static bool
delete_repo(struct change *change)
{
	char key[24];

	change->repo->trap = REPO_DELETED;
	snprintf(key, sizeof(key), "%" PRIu64, change->repo->id);
	world_touched(change->out, "vanished", "github_repo", "acme", key);
	return true;
}

static void
touch_deployment(const struct change *change, const char *how,
		 const struct deployment *deployment)
{
	touched_number(change, how, "github_deployment", deployment->id);
}

static void
add_status(struct change *change, struct deployment *deployment,
	   enum deploy_state state)
{
	repo_add_status(deployment, state, change->at);
	touched_id_pair(change, "appeared", "github_deployment_status",
			deployment->id,
			deployment->statuses[deployment->status_count - 1].id);
}

/* A success makes the one before it inactive. */
static void
succeed(struct change *change, unsigned index)
{
	struct repo *repo = change->repo;
	const char *environment = repo->deployments[index].environment;
	struct deployment *old = NULL;
	unsigned i;

	add_status(change, &repo->deployments[index], DEPLOY_SUCCESS);
	for (i = index; i-- > 0 && old == NULL;)
		if (strcmp(repo->deployments[i].environment, environment) ==
			    0 &&
		    repo_state(&repo->deployments[i]) == DEPLOY_SUCCESS)
			old = &repo->deployments[i];
	if (old == NULL)
		return;
	add_status(change, old, DEPLOY_INACTIVE);
	touch_deployment(change, "changed", old);
}

static bool
new_deployment(struct change *change)
{
	struct repo *repo = change->repo;
	char *state = world_wish_text(change->wish, "state");
	const char *environments[2];
	unsigned index;

	repo_production(repo, environments);
	index = repo_add_deployment(repo, environments[0], change->at);
	repo->deployments[index].commit = repo->head;
	repo->deployments[index].creator =
		(unsigned)change->world->person_count - 1;
	touch_deployment(change, "appeared", &repo->deployments[index]);
	if (state != NULL && strcmp(state, "failure") == 0)
		add_status(change, &repo->deployments[index], DEPLOY_FAILURE);
	else if (state != NULL)
		add_status(change, &repo->deployments[index],
			   DEPLOY_IN_PROGRESS);
	else
		succeed(change, index);
	free(state);
	return true;
}

/* The newest deployment in a state, or NULL. */
static struct deployment *
newest(const struct change *change, enum deploy_state state)
{
	const struct repo *repo = change->repo;
	unsigned i;

	for (i = repo->deployment_count; i-- > 0;)
		if (repo->deployments[i].status_count > 0 &&
		    repo_state(&repo->deployments[i]) == state)
			return &repo->deployments[i];
	return NULL;
}

static bool
deployment_inactive(struct change *change)
{
	struct deployment *deployment = newest(change, DEPLOY_SUCCESS);

	if (deployment == NULL)
		return false;
	add_status(change, deployment, DEPLOY_INACTIVE);
	touch_deployment(change, "changed", deployment);
	return true;
}

static bool
deployment_finish(struct change *change)
{
	struct deployment *deployment = newest(change, DEPLOY_IN_PROGRESS);

	if (deployment == NULL)
		return false;
	succeed(change, (unsigned)(deployment - change->repo->deployments));
	touch_deployment(change, "changed", deployment);
	return true;
}

static bool
pr_commits_rewritten(struct change *change)
{
	struct repo *repo = change->repo;
	struct pull *pull = pick_open(change);
	unsigned i, parent = pull->base;

	for (i = 0; i < pull->commit_count; i++) {
		touched_pair(change, "vanished", "github_pr_commit",
			     pull->number, repo->commits[pull->commits[i]].sha);
		parent = commit_on(change, REPO_BRANCH, parent, change->at);
		repo->commits[parent].pull = (unsigned)(pull - repo->pulls);
		repo->commits[parent].serial = i;
		pull->commits[i] = parent;
		touched_pair(change, "appeared", "github_pr_commit",
			     pull->number, repo->commits[parent].sha);
	}
	touch_pull(change, pull);
	return true;
}

static bool
review_deleted(struct change *change)
{
	struct repo *repo = change->repo;
	struct pull *pull;
	unsigned i, k;

	for (i = repo->pull_count; i-- > 0;) {
		pull = &repo->pulls[i];
		for (k = 0; k < pull->review_count; k++) {
			if (pull->reviews[k].deleted)
				continue;
			pull->reviews[k].deleted = true;
			touched_id_pair(change, "vanished", "github_review",
					pull->number, pull->reviews[k].id);
			touch_pull(change, pull);
			return true;
		}
	}
	return false;
}

static bool
new_review(struct change *change)
{
	struct repo *repo = change->repo;
	struct pull *pull = pick_pull(change, false);
	unsigned index, n;

	if (pull == NULL)
		return false;
	index = (unsigned)(pull - repo->pulls);
	n = pull->review_count++;
	pull->reviews = msg_realloc(pull->reviews,
				    pull->review_count * sizeof(struct review));
	memset(&pull->reviews[n], 0, sizeof(struct review));
	pull->reviews[n].id = 800000000 + (uint64_t)repo->index * 10000000 +
			      (uint64_t)index * 8 + n;
	pull->reviews[n].state = REVIEW_APPROVED;
	pull->reviews[n].author = pull->author == 0 ? 1 : 0;
	pull->reviews[n].commit = pull->commits[0];
	pull->reviews[n].submitted = change->at;
	touched_id_pair(change, "appeared", "github_review", pull->number,
			pull->reviews[n].id);
	touch_pull(change, pull);
	return true;
}

static bool
new_comment(struct change *change)
{
	struct repo *repo = change->repo;
	struct pull *pull = pick_pull(change, false);
	struct comment *comment;
	unsigned n;

	if (pull == NULL)
		return false;
	n = repo_add_comment(repo, pull->number);
	comment = &repo->comments[n];
	comment->id = 900000000 + (uint64_t)repo->index * 10000000 + n;
	comment->created = comment->updated = change->at;
	touched_comment(change, "appeared", comment);
	touch_pull(change, pull);
	return true;
}

static struct comment *
newest_comment(const struct change *change)
{
	struct repo *repo = change->repo;
	unsigned i;

	for (i = repo->comment_count; i-- > 0;)
		if (!repo->comments[i].deleted)
			return &repo->comments[i];
	return NULL;
}

static bool
comment_edited(struct change *change)
{
	struct comment *comment = newest_comment(change);

	if (comment == NULL)
		return false;
	comment->updated = change->at;
	touched_comment(change, "changed", comment);
	return true;
}

static bool
comment_deleted(struct change *change)
{
	struct comment *comment = newest_comment(change);

	if (comment == NULL)
		return false;
	comment->deleted = true;
	touched_comment(change, "vanished", comment);
	return true;
}

static bool
issue_closed(struct change *change)
{
	struct repo *repo = change->repo;
	struct issue *issue;
	unsigned i;

	for (i = repo->issue_count; i-- > 0;) {
		issue = &repo->issues[i];
		if (issue->closed > 0)
			continue;
		issue->closed = issue->updated = change->at;
		touched_number(change, "changed", "github_issue",
			       issue->number);
		return true;
	}
	return false;
}

static bool
new_release(struct change *change)
{
	struct repo *repo = change->repo;
	struct release *release;
	unsigned n = repo->release_count++;

	repo->releases = msg_realloc(repo->releases,
				     repo->release_count * sizeof(*release));
	release = &repo->releases[n];
	memset(release, 0, sizeof(*release));
	release->id = 30000000 + (uint64_t)repo->index * 10000 + n;
	release->serial = n;
	release->commit = repo->head;
	release->created = release->published = change->at;
	touched_number(change, "appeared", "github_release", release->id);
	return true;
}

static bool
expire_tokens(struct change *change)
{
	quota_end_minted(change->github->quota);
	return true;
}

static const struct {
	const char *what;
	bool (*run)(struct change *change);
} changes[] = {
	{ "pr-update", pr_update },
	{ "pr-merge", pr_merge },
	{ "new-pr", new_pr },
	{ "old-branch", old_branch },
	{ "pr-commits-rewritten", pr_commits_rewritten },
	{ "new-review", new_review },
	{ "review-deleted", review_deleted },
	{ "new-comment", new_comment },
	{ "comment-edited", comment_edited },
	{ "comment-deleted", comment_deleted },
	{ "issue-closed", issue_closed },
	{ "new-commits", new_commits },
	{ "force-push", force_push },
	{ "new-deployment", new_deployment },
	{ "deployment-finish", deployment_finish },
	{ "deployment-inactive", deployment_inactive },
	{ "new-release", new_release },
	{ "rename-repo", rename_repo },
	{ "delete-repo", delete_repo },
	{ "expire-tokens", expire_tokens },
};

/* The repository that the wish names, by name; else the first. */
static struct repo *
pick_repo(const struct change *change)
{
	char *name = world_wish_text(change->wish, "repo");
	struct repo *repo = &change->github->repos[0];
	bool moved;

	if (name != NULL)
		repo = github_find_repo(
			change->github, "acme",
			strncmp(name, "acme/", 5) == 0 ? name + 5 : name,
			&moved);
	free(name);
	return repo;
}

bool
github_change(struct world *world, const struct world_wish *wish,
	      struct jsonw *out)
{
	struct change change = { .world = world,
				 .github = world->github,
				 .wish = wish,
				 .out = out };
	bool done = false;
	size_t i;

	if (world->github->repo_count == 0)
		return false;
	change.repo = pick_repo(&change);
	if (change.repo == NULL || change.repo->head == REPO_NONE)
		return false;
	for (i = 0; i < sizeof(changes) / sizeof(changes[0]) && !done; i++)
		if (strcmp(changes[i].what, wish->what) == 0) {
			change.at = world_tick(world);
			done = changes[i].run(&change);
		}
	payload_prepare_repo(world, change.repo);
	answers_forget(world->github->answers);
	return done;
}
