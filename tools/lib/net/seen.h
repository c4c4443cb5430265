/*
 * seen - which rows of a list have come already: pages shift while they are
 * read, and a row may stand on two of them.  Kept are 64-bit digests.  pure.
 */
#ifndef PULSE_SEEN_H
#define PULSE_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct seen {
	uint64_t *slots;
	size_t count, size;
};

/* True when these bytes, with this number, have not been added before. */
bool seen_add(struct seen *seen, const char *bytes, size_t len, int64_t number);
void seen_free(struct seen *seen);

#endif
