/*
 * moves - the rows of a repository that has been renamed go to its new name.
 *
 * Where the new name has a row of the same key already, the one with the
 * greater version stays, with its children, as if both had come under one
 * name.
 */
#ifndef PULSE_MOVES_H
#define PULSE_MOVES_H

#include "storage/plans.h"
#include "storage/renames.h"

/* The rows of one type.  -1: store_error. */
int moves_rows(struct store *store, const struct plans_plan *plan,
	       const struct renames_move *move);

/* What link-deployments made of them; it is to look at both names again. */
int moves_links(struct store *store, const struct renames_move *move);

#endif
