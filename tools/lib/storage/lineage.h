/*
 * lineage - the history of one repository, as far as its links need it.
 *
 *   chains = lineage_read(store, client, repo);
 *   chains_want(chains, ...);                   deployed and merge commits
 *   lineage_complete(store, client, repo, chains);
 *
 * A commit with parents is known by their rows in commit_parents, which are
 * read; commits are many and wide, and are only asked for a sha that is
 * somebody's parent, or wanted, and has no parents itself.
 */
#ifndef PULSE_LINEAGE_H
#define PULSE_LINEAGE_H

#include <stdint.h>

#include "storage/chains.h"
#include "storage/store.h"

/* NULL: store_error says why. */
struct chains *lineage_read(struct store *store, int64_t client,
			    const char *repo);
/* -1: store_error says why. */
int lineage_complete(struct store *store, int64_t client, const char *repo,
		     struct chains *chains);

#endif
