/*
 * deployments - the deployments of one repository that have ended, or where it
 * has none the releases in their place, and how they ended
 * (link-deployments(1) has the rules).
 *
 *   deployments_read(store, &repo, &list);
 *   ... list.items[i] ...
 *   deployments_free(&list);
 *
 * They are sorted by (environment, finished, id).  Those of production may be
 * rework:
 *   pattern   the service's pattern finds something in their ref, tag or task
 *   rollback  their commit is not the one of the success before them in the
 *             environment, but one of an earlier success
 */
#ifndef PULSE_DEPLOYMENTS_H
#define PULSE_DEPLOYMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "storage/services.h"
#include "storage/store.h"

struct deployments_repo {
	int64_t client;
	const char *repo;
	const struct services *services;
	bool releases; /* they count where there are no deployments */
};

struct deployment {
	int64_t id, finished_at; /* seconds, as started_at */
	bool has_start;
	int64_t started_at;
	char *environment; /* as the API names it */
	char *sha;	   /* NULL: not known */
	bool release, production;
	bool success;	    /* else it failed */
	const char *rework; /* NULL: none, or it is no success of production */
};

struct deployments {
	struct deployment *items;
	size_t count, room;
};

/* -1: store_error says why; the list is to be freed all the same. */
/* list is empty. */
int deployments_read(struct store *store, const struct deployments_repo *repo,
		     struct deployments *list);
void deployments_free(struct deployments *list);

#endif
