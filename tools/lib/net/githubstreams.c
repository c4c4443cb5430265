#include "net/githubstreams.h"

/* `history: 1y` moves on with the clock: only a floor that lies a day or more
 * before the old one was moved by somebody. */
enum { DAY = 86400000 };

bool
github_goes_further(const struct github_run *run, int64_t floor)
{
	return run->floor < floor - DAY;
}

bool
github_wants_pulls(const struct github_run *run)
{
	return run->wants[GITHUB_PR] || run->wants[GITHUB_REVIEW] ||
	       run->wants[GITHUB_PR_COMMIT];
}

void
github_streams_begin(struct github_repo *repo)
{
	const bool *wants = repo->run->wants;

	if (github_wants_pulls(repo->run))
		github_pulls_begin(repo);
	if (wants[GITHUB_COMMENT])
		github_comments_begin(repo);
	if (wants[GITHUB_COMMIT])
		github_commits_begin(repo);
	if (wants[GITHUB_DEPLOYMENT] || wants[GITHUB_STATUS])
		github_deployments_begin(repo);
	if (wants[GITHUB_RELEASE])
		github_releases_begin(repo);
	if (wants[GITHUB_ISSUE])
		github_issues_begin(repo);
}
