/*
 * shas - commits by their sha, numbered in the order they are added.  pure.
 *
 *   struct shas *shas = shas_open();
 *   if (shas_key(text, len, &key)) number = shas_add(shas, &key);
 *   number = shas_find(shas, &key);
 *   shas_close(shas);
 *
 * A sha is 1 to 32 bytes in hex.  Finding is fast when shas were added in their
 * own order, and next to as fast else; the index is made when somebody looks
 * for something and again when one was added since.
 */
#ifndef PULSE_SHAS_H
#define PULSE_SHAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SHAS_BYTES = 32, SHAS_TEXT = 65 };

/* In place of a number: there is no such sha. */
#define SHAS_NONE UINT32_MAX

/* A sha as bytes, 0 behind; len tells SHA-1 from SHA-256, and short ones in
 * tests. */
struct shas_key {
	unsigned char bytes[SHAS_BYTES];
	unsigned char len;
};

struct shas;

struct shas *shas_open(void);
void shas_close(struct shas *shas);

/* false: the text is no sha. */
bool shas_key(const char *text, size_t len, struct shas_key *key);
int shas_compare(const void *a, const void *b); /* two keys, for qsort */
/* In small hex letters. */
void shas_text(const struct shas_key *key, char text[SHAS_TEXT]);

/* The number of a new one, or of the last one added when it is the same. */
uint32_t shas_add(struct shas *shas, const struct shas_key *key);
uint32_t shas_find(struct shas *shas, const struct shas_key *key);
uint32_t shas_count(const struct shas *shas);
/* Valid until the next shas_add. */
const struct shas_key *shas_at(const struct shas *shas, uint32_t number);

#endif
