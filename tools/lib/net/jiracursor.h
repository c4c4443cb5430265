/*
 * jiracursor - what a project's checkpoint remembers.  pure.
 *
 *   {"of":"issues and changes","updated":T,"seen":[[ID,T],...],
 *    "keys":{"at":T,"count":N},
 *    "walk":{"since":T,"started":T,"created":T|null,"months":N,
 *            "after":KEY,"zone":ZONE}}
 *
 * updated: everything changed before it is out.  seen: issues of the overlap
 * before it that are out as of that change.  walk: a walk that has not ended:
 * over issues changed since, in windows of months over created, those before
 * `created` done and in this one those up to the key `after`; it brings
 * updated to `started`.  The zone is the one its windows were cut in.
 */
#ifndef PULSE_JIRACURSOR_H
#define PULSE_JIRACURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/jsonw.h"

enum { JIRACURSOR_TEXT = 64 };

struct jiracursor_seen {
	char id[24];
	int64_t updated;
};

struct jiracursor {
	char of[JIRACURSOR_TEXT];
	int64_t updated; /* ms; 0: no walk has ended yet */
	struct jiracursor_seen *seen;
	size_t seen_count;
	int64_t keys_at, keys_count; /* 0: never asked */
	bool walking;
	int64_t since, started;
	int64_t created; /* 0: the first window, without a beginning */
	int64_t months;	 /* of a window; 0: one window for all */
	char after[JIRACURSOR_TEXT];
	char zone[JIRACURSOR_TEXT];
};

/* False, and an empty cursor, when the text is none of ours. */
bool jiracursor_read(struct jiracursor *cursor, const char *text, size_t len);
void jiracursor_write(const struct jiracursor *cursor, struct jsonw *out);
void jiracursor_see(struct jiracursor *cursor, const char *id, int64_t updated);
void jiracursor_free(struct jiracursor *cursor);

#endif
