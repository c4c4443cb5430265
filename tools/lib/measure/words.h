/*
 * words - texts that are not ended by a NUL, and lists of such.
 *
 *   while (rest.len > 0)
 *           word = words_cut(&rest, '\n');
 *
 * Nothing is copied: a word is valid as long as what it was cut from.
 */
#ifndef PULSE_WORDS_H
#define PULSE_WORDS_H

#include <stdbool.h>
#include <stddef.h>

struct word {
	const char *text; /* never NULL */
	size_t len;
};

bool words_are_same(struct word a, struct word b);

/* What is before the character, or all of it; both are taken from rest. */
struct word words_cut(struct word *rest, char end);

/* Is it one of a list such as "12, 14"; and of one such as "Sprint 1, Sprint
 * 2", whose names may hold commas themselves? */
bool words_have_id(struct word list, struct word id);
bool words_have_name(struct word list, struct word name);

#endif
