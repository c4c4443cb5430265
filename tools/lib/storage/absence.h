/*
 * absence - sets and clears deleted_at of the rows that a keys line speaks of.
 */
#ifndef PULSE_ABSENCE_H
#define PULSE_ABSENCE_H

#include "storage/lists.h"
#include "storage/plans.h"

/* Looks at every row of the place.  *changed counts rows whose deleted_at has
 * changed; deletions are counted in the plan too.  -1: store_error. */
int absence_apply(struct store *store, struct plans_plan *plan,
		  struct lists *lists, const struct lists_place *place,
		  uint64_t *changed);

#endif
