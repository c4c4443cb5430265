/*
 * githubstreams - the lists of one repository, each a small machine that asks,
 * prints, and notes in repo->out what is out (net/githubrun.h).
 */
#ifndef PULSE_GITHUBSTREAMS_H
#define PULSE_GITHUBSTREAMS_H

#include "net/githubrun.h"

/* Begins all that the run wants. */
void github_streams_begin(struct github_repo *repo);

/* Pull requests with their reviews and commits: githubpulls.c.  The first walk
 * goes by created_at upwards, where rows are only appended, and counts the rows
 * that are out; later ones by updated_at downwards. */
void github_pulls_begin(struct github_repo *repo);
/* They have not been read yet, or not with all the lists that are wanted. */
bool github_pulls_are_fresh(const struct github_repo *repo);

/* Commits of the default branch: githubcommits.c.  First all since the floor,
 * later those that compare head...new names.  After a force push all are listed
 * again, with a keys line that says which are left. */
void github_commits_begin(struct github_repo *repo);

/* Deployments and their statuses: githubdeployments.c.  Down to the newest one
 * known; those without a final state are looked at again for 7 days. */
void github_deployments_begin(struct github_repo *repo);

/* Lists with `since` by updated_at upwards: comments on issues and on code,
 * issues: githublists.c.  And releases. */
void github_comments_begin(struct github_repo *repo);
void github_issues_begin(struct github_repo *repo);
void github_releases_begin(struct github_repo *repo);

bool github_wants_pulls(const struct github_run *run);
/* True when what is out does not go back to the run's floor. */
bool github_goes_further(const struct github_run *run, int64_t floor);

#endif
