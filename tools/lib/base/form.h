/*
 * form - a map of a YAML file read into a struct, by one table of its keys.
 *
 *   static const struct form_key keys[] = {
 *     { "history", FORM_DURATION, offsetof(struct client, history), NULL },
 *     { .name = NULL },
 *   };
 *   why = form_read(map, keys, also, &client);
 *
 * Keys that are not there leave the struct as it is: put the defaults in first.
 * Texts belong to the tree and live as long.  What does not fit its key, and a
 * key that nobody knows (with the nearest that is known), comes back as
 * "FILE:LINE: expected ...", allocated; NULL: all is well.
 */
#ifndef PULSE_FORM_H
#define PULSE_FORM_H

#include <stddef.h>

#include "base/config.h"

struct form_list {
	const char **items; /* NULL-ended; the array is the list's own */
	size_t count;
};

struct form_secret { /* where a secret is; all NULL: not set */
	const char *file, *env, *credential;
};

enum form_sort {
	FORM_TEXT,     /* const char *, not empty */
	FORM_NUMBER,   /* int64_t, not negative */
	FORM_TRUTH,    /* bool */
	FORM_DURATION, /* int64_t, ms */
	FORM_SIZE,     /* int64_t, bytes: 500M, 2_GiB, 1000 */
	FORM_LIST,     /* struct form_list; what was in it is freed */
	FORM_SECRET,   /* struct form_secret; a secret itself is refused */
	FORM_CHOICE    /* const char *, one of choices: "a|b" */
};

struct form_key {
	const char *name; /* ends the table when NULL */
	enum form_sort sort;
	size_t where; /* offset in the struct */
	const char *choices;
};

/* map NULL: nothing to read.  also (NULL-ended, or NULL): keys that are known
 * but read by the caller. */
char *form_read(const struct config *map, const struct form_key *keys,
		const char *const *also, void *into);

void form_add(struct form_list *list, const char *text);

#endif
