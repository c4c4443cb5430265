/*
 * entity - records become rows: an upsert by type, as share/records says.
 *
 *   entity = entity_open(store, rules, ledger, renames, &why);
 *   switch (entity_put(entity, type, spans, &why)) ...
 *   entity_keys(entity, line, len, &why);          a keys line
 *   entity_settle(entity);                         before each commit
 *   entity_close(entity);
 *
 * Beyond the row itself (upsert) a record may be gone by an earlier list of
 * keys (lists), belong to a repository that has another name now (renames), or
 * say that one is called otherwise (moves).  Any order of loading and any
 * number of repeats ends in the same rows.
 */
#ifndef PULSE_ENTITY_H
#define PULSE_ENTITY_H

#include "records/rules.h"
#include "storage/ledger.h"
#include "storage/renames.h"
#include "storage/store.h"

struct entity;

enum entity_outcome {
	ENTITY_CHANGED, /* or new */
	ENTITY_SAME,	/* or older than the row, which stays */
	ENTITY_REFUSED, /* the record is no good: *why, borrowed */
	ENTITY_FAILED	/* store_error */
};

/* rules, ledger and renames are borrowed.  NULL with *why (allocated). */
struct entity *entity_open(struct store *store, const struct rules *rules,
			   struct ledger *ledger, struct renames *renames,
			   char **why);
void entity_close(struct entity *entity);

/* One record with a type that has a table. */
enum entity_outcome entity_put(struct entity *entity,
			       const struct rules_type *type,
			       const struct json_span *spans, const char **why);

/* ENTITY_CHANGED when rows were deleted or came back by it. */
enum entity_outcome entity_keys(struct entity *entity, const char *line,
				size_t len, const char **why);

/* Says what has changed since the last call: repositories to relink, the
 * version of the data.  0, or -1. */
int entity_settle(struct entity *entity);

/* What became of the rows of a table; i from 0, false after the last. */
struct entity_counts {
	const char *table;
	uint64_t added, changed, same, deleted;
};
bool entity_counts(const struct entity *entity, size_t i,
		   struct entity_counts *counts);

#endif
