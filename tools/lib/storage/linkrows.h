/*
 * linkrows - the rows of deployment_commits and deployment_pull_requests of
 * one repository, brought to what they should be.  What stands already is left
 * alone, what no longer holds is deleted, the rest is written; *changed counts
 * the rows touched.  The caller opens and commits the transaction.  All calls
 * return -1 when the store failed; store_error says why.
 */
#ifndef PULSE_LINKROWS_H
#define PULSE_LINKROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "storage/chains.h"
#include "storage/store.h"

struct linkrows {
	struct store *store;
	int64_t client;
	const char *repo;
	size_t *changed;
};

/* A statement with the client and the repository as ?1 and ?2; NULL: failed. */
struct store_query *linkrows_ask(const struct linkrows *rows, const char *sql);

/* Who owns the commits in one environment: owner as chains_walk filled it,
 * ids the deployment of each owner. */
struct linkrows_owned {
	const char *environment;
	struct chains *chains;
	const uint32_t *owner;
	const int64_t *ids;
};
int linkrows_commits(const struct linkrows *rows,
		     const struct linkrows_owned *owned);

/* Deletes the commits of all environments but those kept (NULL-ended). */
int linkrows_environments(const struct linkrows *rows, const char *const *kept);

struct linkrows_pull {
	int64_t number;
	const char *environment; /* NULL: no row */
	int64_t deployment;
	const char *method;
};
/* pulls is sorted by number, each there once. */
int linkrows_pulls(const struct linkrows *rows,
		   const struct linkrows_pull *pulls, size_t count);

#endif
