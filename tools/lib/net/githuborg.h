/*
 * githuborg - which repositories a run reads.
 *
 *   github_org_begin(run, &choice);
 *   source_run(source);               the list is out, run->repos are filled
 *   if (!github_org_done(org, &problem)) ...
 *
 * The keys line of an organisation or user names all its repositories: one that
 * is archived now, or left out by a pattern, still exists.
 */
#ifndef PULSE_GITHUBORG_H
#define PULSE_GITHUBORG_H

#include <stdbool.h>

#include "net/githubrun.h"

struct github_choice {
	const char *org, *user;
	const char *const *repos; /* owner/name, NULL-ended; or NULL */
	/* Shell patterns on owner/name, or on the name when they have no
	 * slash; NULL-ended or NULL. */
	const char *const *include, *const *exclude;
	bool archived, forks;
};

struct github_org;

struct github_org *github_org_begin(struct github_run *run,
				    const struct github_choice *choice);
/* False when the list could not be read: what ends the run. */
bool github_org_done(const struct github_org *org,
		     struct source_problem *problem);
void github_org_free(struct github_org *org);

/* OWNER/NAME of plain letters, digits, '.', '_' and '-'. */
bool github_is_scope(const char *text);

#endif
