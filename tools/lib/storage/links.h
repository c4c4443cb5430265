/*
 * links - which deployment carried which commit and pull request: the tables
 * deployment_commits and deployment_pull_requests of one repository, made anew
 * from what is stored (chains.h has the rules for commits).
 *
 * A pull request goes to the deployment that owns its merge commit in a chain
 * of production (method sha), else to the one a chain guesses by time (method
 * time); over several production chains the earliest (finished, id) wins, sha
 * before time.  Only rows that differ are written, so linking twice changes
 * nothing.  The caller opens and commits the transaction.
 */
#ifndef PULSE_LINKS_H
#define PULSE_LINKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "storage/services.h"
#include "storage/store.h"

struct links_repo {
	int64_t client;
	const char *repo;
	const struct services *services;
	bool releases; /* they count as deployments where there are none */
};

struct links_counts {
	size_t commits, deployments, chains;
	size_t owned;		/* commits that some deployment carried */
	size_t pulls;		/* merged */
	size_t by_sha, by_time; /* of them linked */
	size_t changed;		/* rows written or deleted */
};

/* -1: store_error says why. */
int links_relink(struct store *store, const struct links_repo *repo,
		 struct links_counts *counts);

#endif
