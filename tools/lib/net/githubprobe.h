/*
 * githubprobe - how much a first load is: small requests tell how
 * many pull requests and deployments a repository has, and when the latest
 * pull request changed.
 *
 *   github_probe(run);  source_run(...);  github_estimate(run);
 */
#ifndef PULSE_GITHUBPROBE_H
#define PULSE_GITHUBPROBE_H

#include "net/githubrun.h"

/* Asks for all repositories whose pull requests have not been read yet.
 * Returns how many. */
size_t github_probe(struct github_run *run);
/* Says what the first load will take. */
void github_estimate(struct github_run *run);

char *github_probe_path(const struct github_repo *repo); /* allocated */
void github_probe_read(struct github_repo *repo,
		       const struct http_reply *reply);

#endif
