/*
 * jiraseen - which issues a walk has met, and as of which change: what came
 * already is not printed again, and what lies in the overlap before the next
 * run is remembered in the cursor.
 */
#ifndef PULSE_JIRASEEN_H
#define PULSE_JIRASEEN_H

#include <stdbool.h>
#include <stdint.h>

#include "net/jiracursor.h"

struct jiraseen {
	void *tree;
};

/* What a cursor remembers: out already, but not met in this walk. */
void jiraseen_load(struct jiraseen *seen, const struct jiracursor *cursor);
/* False when it was out as of this very change.  Met from now on. */
bool jiraseen_is_new(struct jiraseen *seen, const char *id, int64_t updated);
/* How many were met that changed at or after since. */
size_t jiraseen_count(const struct jiraseen *seen, int64_t since);
/* Puts those into the cursor, `most` at most. */
void jiraseen_store(const struct jiraseen *seen, int64_t since, size_t most,
		    struct jiracursor *cursor);
void jiraseen_free(struct jiraseen *seen);

#endif
