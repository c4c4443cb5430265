#include "demo/endpoints.h"

#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

static void
write_repo(const struct asking *asking, size_t row, struct jsonw *out)
{
	struct payload p = asking->p;

	p.repo = &asking->world->github->repos[row];
	payload_repo(&p, out);
}

static bool
repo_is_wanted(const struct repo *repo, const char *type)
{
	if (repo->trap == REPO_DELETED)
		return false;
	if (strcmp(type, "forks") == 0)
		return repo->profile->fork;
	if (strcmp(type, "sources") == 0)
		return !repo->profile->fork;
	if (strcmp(type, "private") == 0)
		return repo->profile->private;
	return strcmp(type, "public") != 0 || !repo->profile->private;
}

static void
list_repos(struct asking *asking)
{
	const struct github *github = asking->world->github;
	const char *sort = asking_argument(asking, "sort", "created");
	const char *way = asking_argument(
		asking, "direction",
		strcmp(sort, "full_name") == 0 ? "asc" : "desc");
	struct asking_place *sorting =
		msg_calloc(github->repo_count + 1, sizeof(*sorting));
	const struct repo *repo;
	size_t n = 0;
	unsigned i;

	for (i = 0; i < github->repo_count; i++) {
		repo = &github->repos[i];
		if (!repo_is_wanted(repo,
				    asking_argument(asking, "type", "all")))
			continue;
		sorting[n].row = i;
		if (strcmp(sort, "updated") == 0)
			sorting[n].at = repo->updated;
		else if (strcmp(sort, "pushed") == 0)
			sorting[n].at = repo->pushed;
		else if (strcmp(sort, "created") == 0)
			sorting[n].at = repo->created;
		n++;
	}
	asking_sorted(asking, sorting, n, strcmp(way, "desc") == 0, write_repo);
}

static bool
is_acme(struct asking *asking)
{
	if (strcasecmp(asking->words[0], "acme") == 0 ||
	    strcmp(asking->words[0], "9919") == 0)
		return true;
	asking_fail(asking, 404, "Not Found");
	return false;
}

static void
org_repos(struct asking *asking)
{
	if (is_acme(asking))
		list_repos(asking);
}

static void
org(struct asking *asking)
{
	if (is_acme(asking))
		payload_organisation(&asking->p, &asking->out);
}

static void
user(struct asking *asking)
{
	jsonw_raw(&asking->out, asking->world->github->user_json[0],
		  asking->world->github->user_json_len[0]);
}

static void
some_user(struct asking *asking)
{
	const struct world *world = asking->world;
	size_t i;

	for (i = 0; i < world->person_count; i++)
		if (strcasecmp(world->people[i].login, asking->words[0]) == 0 &&
		    !world->people[i].gone) {
			payload_user(&asking->p, (unsigned)i, &asking->out);
			return;
		}
	if (is_acme(asking))
		payload_organisation(&asking->p, &asking->out);
}

static void
whole_repo(struct asking *asking)
{
	payload_repo(&asking->p, &asking->out);
}

const struct endpoint endpoints_top[] = {
	{ "orgs/*/repos", org_repos },
	{ "organizations/*/repos", org_repos },
	{ "orgs/*", org },
	{ "users/*/repos", org_repos },
	{ "users/*", some_user },
	{ "user", user },
	{ NULL, NULL },
};

const struct endpoint endpoints_repo[] = {
	{ "", whole_repo },
	{ "pulls", endpoint_pulls },
	{ "pulls/comments", endpoint_code_comments },
	{ "pulls/*/reviews", endpoint_reviews },
	{ "pulls/*/commits", endpoint_pull_commits },
	{ "pulls/*/comments", endpoint_comments_of_pull },
	{ "pulls/*", endpoint_pull },
	{ "issues", endpoint_issues },
	{ "issues/comments", endpoint_issue_comments },
	{ "issues/*/comments", endpoint_comments_of_issue },
	{ "issues/*", endpoint_issue },
	{ "commits", endpoint_commits },
	{ "commits/*", endpoint_commit },
	{ "compare/*", endpoint_compare },
	{ "deployments", endpoint_deployments },
	{ "deployments/*/statuses", endpoint_statuses },
	{ "deployments/*", endpoint_deployment },
	{ "releases", endpoint_releases },
	{ NULL, NULL },
};
