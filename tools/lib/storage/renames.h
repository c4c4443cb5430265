/*
 * renames - repositories keep their numeric id when their name changes; their
 * rows follow.
 *
 * Kept per (name, id) is when the repository was first seen with that name.
 * A row's scope is looked up by the name and the time it was fetched, because
 * a name may be given to another repository later, and becomes what that
 * repository is called now.
 */
#ifndef PULSE_RENAMES_H
#define PULSE_RENAMES_H

#include "records/values.h"
#include "storage/store.h"

struct renames;

struct renames *renames_open(struct store *store, char **why);
void renames_close(struct renames *renames);
void renames_forget(struct renames *renames); /* after a rollback */

/* A name as it was at a time (ms).  source NULL: of any. */
struct renames_name {
	int64_t client, at;
	const struct value *source, *name;
};

/* What the repository that bore the name then is called now; the text is
 * borrowed until the next call.  -1: store_error. */
int renames_resolve(struct renames *renames, const struct renames_name *name,
		    struct value *now);

/* A repository's rows under one of its former names, to be moved. */
struct renames_move {
	int64_t client;
	struct value source, from, to;
	int64_t since, before; /* fetched_ms: since <= it < before */
	bool whole;	       /* no other repository ever bore that name */
};

/* The repository of that id was seen with that name; calls move for every
 * other name it has had, when that may matter.  fresh: its row has changed.
 * -1: store_error, or what move returned. */
struct renames_claim {
	int64_t client, id, seen;
	struct value source, name;
	bool fresh;
};
int renames_claim(struct renames *renames, const struct renames_claim *claim,
		  int (*move)(void *arg, const struct renames_move *move),
		  void *arg);

#endif
