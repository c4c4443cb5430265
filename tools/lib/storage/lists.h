/*
 * lists - what keys lines have said: "at that time exactly these existed".
 *
 * Kept per (type, scope, parent) are the times of all lists and, per key, the
 * last list that had it; both only grow, so lists may come in any order and
 * any number of times, before or after the rows they speak of.  A row is gone
 * when a list was taken after the row was fetched and after the last list that
 * had its key; it is gone since the first such list.
 */
#ifndef PULSE_LISTS_H
#define PULSE_LISTS_H

#include "records/values.h"
#include "storage/persons.h"
#include "storage/store.h"

/* Texts are borrowed.  parent: empty for a list of a whole scope. */
struct lists_place {
	int64_t client;
	struct value source, scope, parent;
	const char *type;
};

struct lists;

/* persons, borrowed: the keys of those who were forgotten are hidden. */
struct lists *lists_open(struct store *store, const struct persons *persons,
			 char **why);
void lists_close(struct lists *lists);

/* Since when (ms) the row with that key, last seen at seen, is gone; 0: it
 * exists.  -1: store_error. */
int lists_gone(struct lists *lists, const struct lists_place *place,
	       const struct value *key, int64_t seen, int64_t *gone);

/* Adds a list taken at that time: a JSON array of keys, with or without
 * "PARENT/" in front.  -1: store_error.  *why when it is no list of keys. */
int lists_take(struct lists *lists, const struct lists_place *place, int64_t at,
	       const struct json_span *keys, const char **why);

/* All lists of from's scope now belong to another one.  -1: store_error. */
int lists_move(struct lists *lists, const struct lists_place *from,
	       const struct value *to);

/* Calls with every place of a scope that has lists; of scope only client,
 * source and scope matter.  -1: store_error, or what each returned. */
int lists_each(struct lists *lists, const struct lists_place *scope,
	       int (*each)(void *arg, const struct lists_place *place),
	       void *arg);

/* Forgets what is cached: the transaction was rolled back. */
void lists_forget(struct lists *lists);

#endif
