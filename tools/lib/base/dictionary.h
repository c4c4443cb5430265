/*
 * dictionary - what belongs to a text: a hash table from bytes to a pointer.
 *
 *   struct dictionary logins = { .any_case = true };
 *   void **value = dictionary_at(&logins, text, len);
 *   if (*value == NULL) *value = ...             it was not there
 *   ... dictionary_find(&logins, text, len)      NULL: it is not there
 *   dictionary_free(&logins, free);              each value, and the table
 *
 * The bytes are copied; values are the caller's.  any_case takes ASCII letters
 * of either case for the same.  pure.
 */
#ifndef PULSE_DICTIONARY_H
#define PULSE_DICTIONARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dictionary_entry {
	char *bytes;
	size_t len;
	uint64_t hash;
	void *value;
};

struct dictionary {
	bool any_case;
	struct dictionary_entry *slots; /* an empty one has no bytes */
	size_t count, size;
};

/* A key made of several texts, each of which may be NULL:
 *
 *   key.len = 0; dictionary_part(&key, source); dictionary_part(&key, account);
 *
 * The caller frees its bytes. */
struct dictionary_key {
	char *bytes;
	size_t len, room;
};

void dictionary_part(struct dictionary_key *key, const char *text);

void *dictionary_find(const struct dictionary *dictionary, const char *bytes,
		      size_t len);
/* Where the value is kept, until the next call. */
void **dictionary_at(struct dictionary *dictionary, const char *bytes,
		     size_t len);
/* each may be NULL. */
void dictionary_free(struct dictionary *dictionary, void (*each)(void *value));

#endif
