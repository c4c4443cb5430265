/*
 * linked - which repositories must be linked again: those whose rows load has
 * changed since (table touched), and those whose settings in pulse.yaml are
 * not those that they were linked by (table linked_repos).
 *
 *   linked_read(store, client, &linked);
 *   ... if (linked_is_stale(&linked.items[i], settings)) ...
 *   linked_free(&linked);
 *
 * Calls return -1 when the store failed; store_error says why.
 */
#ifndef PULSE_LINKED_H
#define PULSE_LINKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "storage/deployments.h"
#include "storage/services.h"
#include "storage/store.h"

struct linked_repo {
	char *repo;
	char *settings; /* NULL: not linked yet */
	int64_t digest; /* see links.h */
	bool touched;
};

struct linked {
	struct linked_repo *items; /* by name */
	size_t count;
};

/* The next client with any rows after that one; 1 there is one, 0 none. */
int linked_client(struct store *store, int64_t *client);

/* Those that are linked or may have to be. */
int linked_read(struct store *store, int64_t client, struct linked *linked);
void linked_free(struct linked *linked);

/* What the links of a repository depend on besides its rows; allocated. */
char *linked_settings(const struct deployments_repo *repo);
bool linked_is_stale(const struct linked_repo *linked, const char *settings);

/* Notes that it is linked now. */
int linked_note(struct store *store, const struct deployments_repo *repo,
		const char *settings, int64_t digest);

/* How many repositories of a client must be linked again. */
int linked_count_stale(struct store *store, int64_t client,
		       const struct services *services, bool releases,
		       size_t *count);

#endif
