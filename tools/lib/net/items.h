/*
 * items - the failed items that --items names, one JSON object a line with
 * scope, entity and key, such as failure lines and those of retry-scan.
 */
#ifndef PULSE_ITEMS_H
#define PULSE_ITEMS_H

#include <stddef.h>

#include "net/source.h"

/* path `-`: standard input.  Allocated, even when there is none; NULL with
 * *why (allocated) when it cannot be read or a line is no item. */
struct source_item *items_read(const char *path, size_t *count, char **why);
void items_free(struct source_item *items, size_t count);

#endif
