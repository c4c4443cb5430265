#include "demo/repo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "demo/history.h"

/* Doubles an array when count has reached a power of two. */
static void *
room(void *array, unsigned count, size_t size)
{
	if ((count & (count + 1)) != 0)
		return array;
	return msg_realloc(array, (2 * (size_t)count + 2) * size);
}

static void
make_sha(const struct world *world, unsigned repo, unsigned index, char *sha)
{
	uint64_t chance =
		world_stream(world, "sha", ((uint64_t)repo << 32) + index);
	unsigned i;

	for (i = 0; i < 40; i++)
		sha[i] = "0123456789abcdef"[world_below(&chance, 16)];
	sha[40] = '\0';
}

unsigned
repo_add_commit(const struct world *world, struct repo *repo,
		enum repo_kind kind, int64_t committed)
{
	unsigned n = repo->commit_count++;
	struct commit *commit;

	repo->commits = room(repo->commits, n, sizeof(*commit));
	commit = &repo->commits[n];
	memset(commit, 0, sizeof(*commit));
	make_sha(world, repo->index, n, commit->sha);
	commit->kind = kind;
	commit->parents[0] = commit->parents[1] = REPO_NONE;
	commit->pull = REPO_NONE;
	commit->serial = n;
	commit->authored = commit->committed = committed;
	return n;
}

unsigned
repo_add_comment(struct repo *repo, unsigned number)
{
	unsigned n = repo->comment_count++;

	repo->comments = room(repo->comments, n, sizeof(*repo->comments));
	memset(&repo->comments[n], 0, sizeof(*repo->comments));
	repo->comments[n].number = number;
	repo->comments[n].id = n;
	return n;
}

unsigned
repo_add_deployment(struct repo *repo, const char *environment, int64_t created)
{
	unsigned n = repo->deployment_count++;
	struct deployment *deployment;

	repo->deployments = room(repo->deployments, n, sizeof(*deployment));
	deployment = &repo->deployments[n];
	memset(deployment, 0, sizeof(*deployment));
	deployment->id = 1100000000 + (uint64_t)repo->index * 1000000 + n;
	deployment->environment = environment;
	deployment->created = deployment->updated = created;
	return n;
}

void
repo_add_status(struct deployment *deployment, enum deploy_state state,
		int64_t at)
{
	struct deploy_status *status;

	if (deployment->status_count == DEPLOY_STATUSES)
		return;
	status = &deployment->statuses[deployment->status_count];
	status->id = deployment->id * 8 + deployment->status_count++;
	status->state = state;
	status->at = at;
	deployment->updated = at;
}

void
repo_production(const struct repo *repo, const char *environments[2])
{
	environments[0] = repo->profile->regions ? "production-eu"
			  : repo->index % 4 == 3 ? "Production"
						 : "production";
	environments[1] = repo->profile->regions ? "production-us" : NULL;
}

void
repo_replace_last(struct repo *repo, unsigned index)
{
	const struct deployment *new = &repo->deployments[index];
	int64_t at = new->statuses[new->status_count - 1].at;
	struct deployment *old;
	unsigned i;

	for (i = index; i-- > 0;) {
		old = &repo->deployments[i];
		if (strcmp(old->environment, new->environment) != 0)
			continue;
		if (old->status_count == 0 ||
		    old->statuses[old->status_count - 1].at > at)
			continue;
		if (repo_state(old) == DEPLOY_INACTIVE)
			return;
		if (repo_state(old) == DEPLOY_SUCCESS) {
			repo_add_status(old, DEPLOY_INACTIVE, at);
			return;
		}
	}
}

enum deploy_state
repo_state(const struct deployment *deployment)
{
	if (deployment->status_count == 0)
		return DEPLOY_QUEUED;
	return deployment->statuses[deployment->status_count - 1].state;
}

void
repo_reach(const struct repo *repo, unsigned commit, unsigned char *seen)
{
	unsigned *waiting =
		msg_calloc(repo->commit_count + 1, sizeof(*waiting));
	unsigned count = 0, i, parent;

	if (commit != REPO_NONE && !seen[commit]) {
		seen[commit] = 1;
		waiting[count++] = commit;
	}
	while (count > 0) {
		commit = waiting[--count];
		for (i = 0; i < 2; i++) {
			parent = repo->commits[commit].parents[i];
			if (parent == REPO_NONE || seen[parent])
				continue;
			seen[parent] = 1;
			waiting[count++] = parent;
		}
	}
	free(waiting);
}

static int
commit_order(const void *a, const void *b, void *arg)
{
	const struct commit *commits = arg;
	unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;

	if (commits[x].committed != commits[y].committed)
		return commits[x].committed > commits[y].committed ? -1 : 1;
	return x > y ? -1 : x < y;
}

unsigned *
repo_sorted(const struct repo *repo, const unsigned char *seen, unsigned *count)
{
	unsigned *sorted = msg_calloc(repo->commit_count + 1, sizeof(*sorted));
	unsigned i, n = 0;

	for (i = 0; i < repo->commit_count; i++)
		if (seen[i])
			sorted[n++] = i;
	qsort_r(sorted, n, sizeof(*sorted), commit_order, repo->commits);
	*count = n;
	return sorted;
}

void
repo_set_head(struct repo *repo, unsigned head)
{
	unsigned char *seen = msg_calloc(repo->commit_count + 1, 1);
	unsigned at, n = 0, i;

	repo->head = head;
	repo_reach(repo, head, seen);
	free(repo->log);
	repo->log = repo_sorted(repo, seen, &repo->log_count);
	free(seen);
	for (at = head; at != REPO_NONE; at = repo->commits[at].parents[0])
		n++;
	repo->main = msg_realloc(repo->main,
				 (2 * (size_t)n + 2) * sizeof(*repo->main));
	repo->main_count = n;
	for (at = head, i = n; at != REPO_NONE;
	     at = repo->commits[at].parents[0])
		repo->main[--i] = at;
}

unsigned
repo_find_commit(const struct repo *repo, const char *ref)
{
	size_t len = strlen(ref);
	unsigned i;

	if (strcmp(ref, "main") == 0 || strcmp(ref, "HEAD") == 0 ||
	    strcmp(ref, "refs/heads/main") == 0)
		return repo->head;
	if (len < 7 || len > 40)
		return REPO_NONE;
	for (i = repo->commit_count; i-- > 0;)
		if (!repo->commits[i].lost &&
		    memcmp(repo->commits[i].sha, ref, len) == 0)
			return i;
	return REPO_NONE;
}

struct pull *
repo_find_pull(const struct repo *repo, unsigned number)
{
	unsigned low = 0, high = repo->pull_count;

	while (low < high) {
		unsigned middle = low + (high - low) / 2;

		if (repo->pulls[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < repo->pull_count && repo->pulls[low].number == number)
		return &repo->pulls[low];
	return NULL;
}

struct repo *
github_find_repo(const struct github *github, const char *owner,
		 const char *name, bool *moved)
{
	struct repo *repo;
	unsigned i;

	*moved = false;
	if (strcasecmp(owner, "acme") != 0)
		return NULL;
	for (i = 0; i < github->repo_count; i++) {
		repo = &github->repos[i];
		if (strcasecmp(repo->name, name) == 0)
			return repo;
		if (repo->old_name != NULL &&
		    strcasecmp(repo->old_name, name) == 0) {
			*moved = true;
			return repo;
		}
	}
	return NULL;
}

struct repo *
github_repo_by_id(const struct github *github, uint64_t id)
{
	unsigned i;

	for (i = 0; i < github->repo_count; i++)
		if (github->repos[i].id == id)
			return &github->repos[i];
	return NULL;
}
