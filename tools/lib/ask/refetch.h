/*
 * refetch - the cursors of some scopes, taken back to a time.
 *
 *   struct refetch refetch = { .since = T, .patterns = names, ... };
 *   refetch_read(&refetch, store)             which, and what that means
 *   refetch_write(&refetch, out)              as lines for load
 *   refetch_lost(&refetch, store)             how many it did not store
 *   refetch_free(&refetch)
 *
 * load stores such a line only if the scope's cursor is still the one that was
 * read here: a fetch that stored its own in between wins.
 */
#ifndef PULSE_REFETCH_H
#define PULSE_REFETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "storage/store.h"

struct refetch_scope {
	int64_t client, reached;
	char *job, *name, *from, *to;
	const char *again; /* what will be fetched, a literal */
};

struct refetch {
	/* Asked for. */
	int64_t since;
	bool all;
	char **patterns; /* of scopes, as the shell's, NULL-ended */
	const char *job; /* NULL: any */
	int64_t client;	 /* -1: any */
	/* Found. */
	struct refetch_scope *scopes;
	size_t count;
};

/* 0, or -1: store_error. */
int refetch_read(struct refetch *refetch, struct store *store);
/* The first pattern that stands for no scope, or NULL; *near gets the name of
 * the nearest scope (allocated), or NULL. */
const char *refetch_unknown(const struct refetch *refetch, struct store *store,
			    char **near);
void refetch_write(const struct refetch *refetch, FILE *out);
/* -1: store_error. */
int refetch_lost(const struct refetch *refetch, struct store *store);
void refetch_free(struct refetch *refetch);

#endif
