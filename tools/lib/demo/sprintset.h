/*
 * sprintset - small sorted lists of sprint ids, named by a number; 0 is the
 * empty one.
 *
 *   set = sprintset_with(sets, set, 7);
 *   count = sprintset_ids(sets, set, &ids);
 *
 * A list is never changed and never freed while the sets live, so that the
 * changes of an issue may keep what its Sprint field was.
 */
#ifndef PULSE_SPRINTSET_H
#define PULSE_SPRINTSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sprintset;

struct sprintset *sprintset_new(void);
void sprintset_free(struct sprintset *sets);

int32_t sprintset_with(struct sprintset *sets, int32_t set, int32_t sprint);
int32_t sprintset_without(struct sprintset *sets, int32_t set, int32_t sprint);
size_t sprintset_ids(const struct sprintset *sets, int32_t set,
		     const int32_t **ids);
bool sprintset_has(const struct sprintset *sets, int32_t set, int32_t sprint);

#endif
