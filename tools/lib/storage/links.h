/*
 * links - what deployments carried, of one repository: the tables
 * deployment_commits and deployment_pull_requests, and production_deployments,
 * made anew from what is stored (chains.h has the rules for commits,
 * deployments.h those for how a deployment ended).
 *
 * A pull request goes to the deployment that owns its merge commit in a chain
 * of production (method sha), else to the one a chain guesses by time (method
 * time); over several production chains the earliest (finished, id) wins, sha
 * before time.  Only rows that differ are written, so linking twice changes
 * nothing.  The caller opens and commits the transaction.
 */
#ifndef PULSE_LINKS_H
#define PULSE_LINKS_H

#include <stddef.h>
#include <stdint.h>

#include "storage/deployments.h"
#include "storage/store.h"

struct links_counts {
	size_t commits, deployments, chains;
	size_t owned;		/* commits that some deployment carried */
	size_t pulls;		/* merged */
	size_t by_sha, by_time; /* of them linked */
	size_t changed;		/* rows written or deleted */
};

/* *digest stands for the rows of deployment_commits as they were left the last
 * time, 0 when that is not known; when they come to the same again they are not
 * looked at.  It is set to what they are now.  -1: store_error says why. */
int links_relink(struct store *store, const struct deployments_repo *repo,
		 int64_t *digest, struct links_counts *counts);

#endif
