/*
 * needles - the names of one person, looked for in any bytes.  pure but for
 * memory.
 *
 *   needles_add(&needles, "ann@acme.test");
 *   at = needles_find(&needles, bytes, len, &found);
 *   text = needles_replace(&needles, bytes, len, "person-1a2b", &size);
 *   needles_free(&needles);
 *
 * A name counts where it stands alone, not as part of a longer word; ASCII
 * letters are small or capital; what JSON writes as \uXXXX is found too.  A
 * plain word of less than four letters, or one that is marked as common,
 * counts only after `@` or as a whole text in quotes.
 */
#ifndef PULSE_NEEDLES_H
#define PULSE_NEEDLES_H

#include <stdbool.h>
#include <stddef.h>

struct needles_one {
	char *text;
	size_t len;
	bool common;
};

struct needles {
	struct needles_one *items;
	size_t count;
	bool first[256]; /* what a needle begins with */
};

void needles_add(struct needles *needles, const char *name, bool common);
void needles_free(struct needles *needles);

/* Where the first one stands, NULL: none. *len is how long it is there. */
const char *needles_find(const struct needles *needles, const char *bytes,
			 size_t size, size_t *len);

/* Is one in, wherever it stands?  For databases, whose values follow each
 * other without a gap; names of less than six bytes are not looked for. */
bool needles_are_in(const struct needles *needles, const char *bytes,
		    size_t size);

/* A copy with all replaced (allocated, NUL-ended), or NULL when none is in. */
char *needles_replace(const struct needles *needles, const char *bytes,
		      size_t size, const char *by, size_t *new_size);

#endif
