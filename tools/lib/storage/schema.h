/*
 * schema - the numbered migrations of share/schema, NNN-WHY.sql.
 *
 * A database's user_version is the number of the last migration it has had;
 * its application_id says which of our databases it is.  Each migration is
 * applied whole or not at all.  A database newer than these files is refused:
 * its columns may mean something else.
 */
#ifndef PULSE_SCHEMA_H
#define PULSE_SCHEMA_H

#include "base/outcome.h"
#include "storage/store.h"

/* Brings the database up to date (STORE_WRITE) or only looks whether it is.  0,
 * or -1 with *why (allocated) and *class. */
int schema_settle(struct store *store, const struct store_place *place,
		  char **why, enum outcome_class *class);

/* What makes a database of that kind, and what to do about a damaged one. */
const char *schema_maker(enum store_kind kind);
const char *schema_cure(enum store_kind kind);

#endif
