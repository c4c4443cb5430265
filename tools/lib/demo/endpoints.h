/*
 * endpoints - what GitHub's API has below /orgs, /users and /repos, by two
 * tables of patterns (asking.h).
 */
#ifndef PULSE_ENDPOINTS_H
#define PULSE_ENDPOINTS_H

#include "demo/asking.h"

typedef void endpoint_answer(struct asking *asking);

struct endpoint {
	const char *pattern; /* * meets one part of the path */
	endpoint_answer *answer;
};

/* Below /github, and below /github/repos/OWNER/NAME; ended by NULL. */
extern const struct endpoint endpoints_top[];
extern const struct endpoint endpoints_repo[];

/* threads.c */
endpoint_answer endpoint_pulls, endpoint_pull, endpoint_reviews;
endpoint_answer endpoint_issues, endpoint_issue;
endpoint_answer endpoint_issue_comments, endpoint_comments_of_issue;
endpoint_answer endpoint_code_comments, endpoint_comments_of_pull;

/* gitlog.c */
endpoint_answer endpoint_pull_commits, endpoint_commits, endpoint_commit;
endpoint_answer endpoint_compare;

/* deploylog.c */
endpoint_answer endpoint_deployments, endpoint_deployment, endpoint_statuses;
endpoint_answer endpoint_releases;

#endif
