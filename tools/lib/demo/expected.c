/* What a fetcher of the GitHub half must end up with, read off the model. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonw.h"
#include "base/times.h"
#include "demo/repo.h"

struct wanted {
	struct world *world;
	struct jsonw *out;
	bool all;	  /* archived and forks too */
	int64_t since;	  /* only what is not older */
	const char *repo; /* only this one, or NULL */
};

typedef void keys_of(const struct wanted *wanted, const struct repo *repo);

static void
number_key(struct jsonw *out, uint64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, number);
	jsonw_string(out, text);
}

static void
pair_key(struct jsonw *out, uint64_t parent, const char *child)
{
	char text[80];

	snprintf(text, sizeof(text), "%" PRIu64 "/%s", parent, child);
	jsonw_string(out, text);
}

static void
id_pair_key(struct jsonw *out, uint64_t parent, uint64_t child)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, child);
	pair_key(out, parent, text);
}

static void
pulls(const struct wanted *wanted, const struct repo *repo)
{
	unsigned i;

	for (i = 0; i < repo->pull_count; i++)
		if (repo->pulls[i].updated >= wanted->since)
			number_key(wanted->out, repo->pulls[i].number);
}

static void
reviews(const struct wanted *wanted, const struct repo *repo)
{
	unsigned i, k;

	for (i = 0; i < repo->pull_count; i++) {
		const struct pull *pull = &repo->pulls[i];

		if (pull->updated < wanted->since)
			continue;
		for (k = 0; k < pull->review_count; k++)
			if (!pull->reviews[k].deleted)
				id_pair_key(wanted->out, pull->number,
					    pull->reviews[k].id);
	}
}

static void
pull_commits(const struct wanted *wanted, const struct repo *repo)
{
	unsigned i, k;

	for (i = 0; i < repo->pull_count; i++) {
		const struct pull *pull = &repo->pulls[i];

		if (pull->updated < wanted->since)
			continue;
		for (k = 0; k < pull->commit_count; k++)
			pair_key(wanted->out, pull->number,
				 repo->commits[pull->commits[k]].sha);
	}
}

static void
comments(const struct wanted *wanted, const struct repo *repo)
{
	char text[24];
	unsigned i;

	for (i = 0; i < repo->comment_count; i++) {
		const struct comment *comment = &repo->comments[i];

		if (comment->deleted || comment->updated < wanted->since)
			continue;
		snprintf(text, sizeof(text), "%c%" PRIu64,
			 comment->on_code ? 'r' : 'i', comment->id);
		jsonw_string(wanted->out, text);
	}
}

static void
issues(const struct wanted *wanted, const struct repo *repo)
{
	unsigned i;

	for (i = 0; i < repo->issue_count; i++)
		if (repo->issues[i].updated >= wanted->since)
			number_key(wanted->out, repo->issues[i].number);
}

static void
incidents(const struct wanted *wanted, const struct repo *repo)
{
	unsigned i;

	for (i = 0; i < repo->issue_count; i++)
		if (repo->issues[i].incident &&
		    repo->issues[i].updated >= wanted->since)
			number_key(wanted->out, repo->issues[i].number);
}

static void
commits(const struct wanted *wanted, const struct repo *repo)
{
	unsigned i;

	for (i = 0; i < repo->log_count; i++)
		if (repo->commits[repo->log[i]].committed >= wanted->since)
			jsonw_string(wanted->out,
				     repo->commits[repo->log[i]].sha);
}

static void
deployments(const struct wanted *wanted, const struct repo *repo)
{
	unsigned i;

	for (i = 0; i < repo->deployment_count; i++)
		if (repo->deployments[i].created >= wanted->since)
			number_key(wanted->out, repo->deployments[i].id);
}

static void
statuses(const struct wanted *wanted, const struct repo *repo)
{
	unsigned i, k;

	for (i = 0; i < repo->deployment_count; i++) {
		const struct deployment *deployment = &repo->deployments[i];

		if (deployment->created < wanted->since)
			continue;
		for (k = 0; k < deployment->status_count; k++)
			id_pair_key(wanted->out, deployment->id,
				    deployment->statuses[k].id);
	}
}

static void
releases(const struct wanted *wanted, const struct repo *repo)
{
	unsigned i;

	for (i = 0; i < repo->release_count; i++)
		if (repo->releases[i].created >= wanted->since)
			number_key(wanted->out, repo->releases[i].id);
}

static const struct {
	const char *type;
	keys_of *keys;
	bool asked; /* only told when asked for: by default not fetched */
} types[] = {
	{ "github_pr", pulls, false },
	{ "github_review", reviews, false },
	{ "github_pr_commit", pull_commits, false },
	{ "github_comment", comments, false },
	{ "github_issue", issues, true },
	{ "github_issue_incident", incidents, true },
	{ "github_commit", commits, false },
	{ "github_deployment", deployments, false },
	{ "github_deployment_status", statuses, false },
	{ "github_release", releases, false },
};

static bool
is_wanted(const struct wanted *wanted, const struct repo *repo)
{
	if (repo->trap == REPO_DELETED)
		return false;
	if (wanted->repo != NULL && strcmp(wanted->repo, repo->full_name) != 0)
		return false;
	return wanted->all ||
	       (!repo->profile->archived && !repo->profile->fork);
}

static void
repos(const struct wanted *wanted)
{
	const struct github *github = wanted->world->github;
	unsigned i;

	jsonw_key(wanted->out, "github_repo");
	jsonw_open(wanted->out, '{');
	jsonw_key(wanted->out, "acme");
	jsonw_open(wanted->out, '[');
	for (i = 0; i < github->repo_count; i++)
		if (is_wanted(wanted, &github->repos[i]))
			number_key(wanted->out, github->repos[i].id);
	jsonw_close(wanted->out, ']');
	jsonw_close(wanted->out, '}');
}

static void
by_repo(const struct wanted *wanted, const char *type, keys_of *keys)
{
	const struct github *github = wanted->world->github;
	unsigned i;

	jsonw_key(wanted->out, type);
	jsonw_open(wanted->out, '{');
	for (i = 0; i < github->repo_count; i++) {
		const struct repo *repo = &github->repos[i];

		if (!is_wanted(wanted, repo) || repo->trap == REPO_GONE ||
		    repo->trap == REPO_TAKEN || repo->trap == REPO_BROKEN)
			continue;
		jsonw_key(wanted->out, repo->full_name);
		jsonw_open(wanted->out, '[');
		keys(wanted, repo);
		jsonw_close(wanted->out, ']');
	}
	jsonw_close(wanted->out, '}');
}

void
github_expected(struct world *world, const struct httpd_request *request,
		struct jsonw *out)
{
	const char *type = httpd_argument(request, "type");
	const char *since = httpd_argument(request, "since");
	struct wanted wanted = { .world = world,
				 .out = out,
				 .all = httpd_argument(request, "all") != NULL,
				 .since = INT64_MIN,
				 .repo = httpd_argument(request, "repo") };
	size_t i;

	if (since != NULL && !times_parse(since, strlen(since), &wanted.since))
		wanted.since = INT64_MIN;
	if (type == NULL || strcmp(type, "github_repo") == 0)
		repos(&wanted);
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (type == NULL ? !types[i].asked
				 : strcmp(type, types[i].type) == 0)
			by_repo(&wanted, types[i].type, types[i].keys);
}
