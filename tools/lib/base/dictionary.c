#include "base/dictionary.h"

#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

static unsigned char
small(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? (unsigned char)(c | 32) : c;
}

/* FNV-1a; the last step spreads it into the low bits that choose a slot. */
static uint64_t
hash_of(const struct dictionary *dictionary, const char *bytes, size_t len)
{
	uint64_t x = 0xcbf29ce484222325;
	size_t i;

	for (i = 0; i < len; i++) {
		unsigned char c = (unsigned char)bytes[i];

		x = (x ^ (dictionary->any_case ? small(c) : c)) * 0x100000001b3;
	}
	return x ^ x >> 32;
}

static bool
is_same(const struct dictionary *dictionary, const char *a, const char *b,
	size_t len)
{
	size_t i;

	if (!dictionary->any_case)
		return memcmp(a, b, len) == 0;
	for (i = 0; i < len; i++)
		if (small((unsigned char)a[i]) != small((unsigned char)b[i]))
			return false;
	return true;
}

/* The entry of these bytes, or the empty one where they belong; there is
 * always one, since a quarter of the slots stay empty. */
static struct dictionary_entry *
seek(const struct dictionary *dictionary, const char *bytes, size_t len,
     uint64_t hash)
{
	size_t at = hash & (dictionary->size - 1);
	struct dictionary_entry *entry = &dictionary->slots[at];

	while (entry->bytes != NULL &&
	       (entry->hash != hash || entry->len != len ||
		!is_same(dictionary, entry->bytes, bytes, len))) {
		at = (at + 1) & (dictionary->size - 1);
		entry = &dictionary->slots[at];
	}
	return entry;
}

static void
grow(struct dictionary *dictionary)
{
	struct dictionary bigger = *dictionary;
	size_t i;

	bigger.size = dictionary->size == 0 ? 16 : dictionary->size * 2;
	bigger.slots = msg_calloc(bigger.size, sizeof(*bigger.slots));
	for (i = 0; i < dictionary->size; i++) {
		struct dictionary_entry *entry = &dictionary->slots[i];

		if (entry->bytes != NULL)
			*seek(&bigger, entry->bytes, entry->len, entry->hash) =
				*entry;
	}
	free(dictionary->slots);
	*dictionary = bigger;
}

/* Each part ends, so that no two lists of as many texts look alike. */
void
dictionary_part(struct dictionary_key *key, const char *text)
{
	size_t more = text != NULL ? strlen(text) + 1 : 1;

	if (key->len + more > key->room) {
		key->room = 2 * (key->len + more);
		key->bytes = msg_realloc(key->bytes, key->room);
	}
	if (text != NULL)
		memcpy(key->bytes + key->len, text, more);
	else
		key->bytes[key->len] = '\1';
	key->len += more;
}

void *
dictionary_find(const struct dictionary *dictionary, const char *bytes,
		size_t len)
{
	if (dictionary->count == 0)
		return NULL;
	return seek(dictionary, bytes, len, hash_of(dictionary, bytes, len))
		->value;
}

void **
dictionary_at(struct dictionary *dictionary, const char *bytes, size_t len)
{
	uint64_t hash = hash_of(dictionary, bytes, len);
	struct dictionary_entry *entry;

	if (dictionary->count * 4 >= dictionary->size * 3)
		grow(dictionary);
	entry = seek(dictionary, bytes, len, hash);
	if (entry->bytes == NULL) {
		entry->bytes = msg_calloc(len + 1, 1);
		memcpy(entry->bytes, bytes, len);
		entry->len = len;
		entry->hash = hash;
		dictionary->count++;
	}
	return &entry->value;
}

void
dictionary_free(struct dictionary *dictionary, void (*each)(void *value))
{
	size_t i;

	for (i = 0; i < dictionary->size; i++) {
		if (each != NULL && dictionary->slots[i].bytes != NULL)
			each(dictionary->slots[i].value);
		free(dictionary->slots[i].bytes);
	}
	free(dictionary->slots);
	*dictionary = (struct dictionary){ .any_case = dictionary->any_case };
}
