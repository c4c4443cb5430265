/*
 * columns - a listing whose columns are known only while it is made.
 *
 *   struct columns columns = { 0 };
 *   columns_add(&columns, "repo");
 *   list = columns_open(&columns, out);            listing_string(list, ...)
 *   columns_close(&columns, list);
 */
#ifndef PULSE_COLUMNS_H
#define PULSE_COLUMNS_H

#include <stddef.h>
#include <stdio.h>

#include "base/listing.h"

struct columns {
	char **names;
	size_t count;
};

void columns_add(struct columns *columns, const char *name);
struct listing *columns_open(const struct columns *columns, FILE *out);
void columns_close(struct columns *columns, struct listing *list);

#endif
