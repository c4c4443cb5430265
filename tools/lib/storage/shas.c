#include "storage/shas.h"

#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

enum { MOST_BITS = 24 };

struct shas {
	struct shas_key *keys; /* by number */
	uint32_t count, room;
	/* Made when somebody asks: those that begin with bits b are at places
	 * buckets[b] up to buckets[b + 1] of order, which is NULL when they
	 * were added in that order. */
	uint32_t *order, *buckets;
	unsigned bits;
};

static const char hex[] = "0123456789abcdef";

/* A digit's value and one more; 0: no digit. */
static const unsigned char digits[256] = {
	['0'] = 1,  ['1'] = 2,	['2'] = 3,  ['3'] = 4,	['4'] = 5,  ['5'] = 6,
	['6'] = 7,  ['7'] = 8,	['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12,
	['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16, ['A'] = 11, ['B'] = 12,
	['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

bool
shas_key(const char *text, size_t len, struct shas_key *key)
{
	size_t i;

	if (len < 2 || len % 2 != 0 || len > (size_t)2 * SHAS_BYTES)
		return false;
	memset(key, 0, sizeof(*key));
	for (i = 0; i < len; i += 2) {
		unsigned high = digits[(unsigned char)text[i]];
		unsigned low = digits[(unsigned char)text[i + 1]];

		if (high == 0 || low == 0)
			return false;
		key->bytes[i / 2] =
			(unsigned char)((high - 1) << 4 | (low - 1));
	}
	key->len = (unsigned char)(len / 2);
	return true;
}

int
shas_compare(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct shas_key));
}

void
shas_text(const struct shas_key *key, char text[SHAS_TEXT])
{
	size_t i;

	for (i = 0; i < key->len; i++) {
		text[2 * i] = hex[key->bytes[i] >> 4];
		text[2 * i + 1] = hex[key->bytes[i] & 15];
	}
	text[2 * i] = '\0';
}

struct shas *
shas_open(void)
{
	return msg_calloc(1, sizeof(struct shas));
}

static void
forget_index(struct shas *shas)
{
	free(shas->order);
	free(shas->buckets);
	shas->order = shas->buckets = NULL;
	shas->bits = 0;
}

void
shas_close(struct shas *shas)
{
	if (shas == NULL)
		return;
	forget_index(shas);
	free(shas->keys);
	free(shas);
}

static uint32_t
bucket_of(const struct shas_key *key, unsigned bits)
{
	uint32_t first = (uint32_t)key->bytes[0] << 24 |
			 (uint32_t)key->bytes[1] << 16 |
			 (uint32_t)key->bytes[2] << 8 | key->bytes[3];

	return bits == 0 ? 0 : first >> (32 - bits);
}

static bool
is_sorted(const struct shas *shas)
{
	uint32_t i;

	for (i = 1; i < shas->count; i++)
		if (memcmp(&shas->keys[i - 1], &shas->keys[i],
			   sizeof(*shas->keys)) > 0)
			return false;
	return true;
}

/* Places the commits by bucket; within one they stay in the order added,
 * which is all that a look-up needs. */
static void
place_commits(struct shas *shas)
{
	uint32_t *ends = shas->buckets, i;

	shas->order = msg_calloc((size_t)shas->count + 1, sizeof(*shas->order));
	for (i = 0; i < shas->count; i++)
		shas->order[ends[bucket_of(&shas->keys[i], shas->bits) + 1]++] =
			i;
}

/* A sha is as good as random, so its first bits spread the commits. */
static void
make_index(struct shas *shas)
{
	uint32_t buckets, b, i;

	while (shas->bits < MOST_BITS &&
	       (UINT32_C(1) << shas->bits) < shas->count)
		shas->bits++;
	buckets = UINT32_C(1) << shas->bits;
	shas->buckets = msg_calloc((size_t)buckets + 2, sizeof(*shas->buckets));
	for (i = 0; i < shas->count; i++)
		shas->buckets[bucket_of(&shas->keys[i], shas->bits) + 2]++;
	for (b = 2; b < buckets + 2; b++)
		shas->buckets[b] += shas->buckets[b - 1];
	if (!is_sorted(shas)) {
		place_commits(shas);
		return;
	}
	memmove(shas->buckets, shas->buckets + 1,
		((size_t)buckets + 1) * sizeof(*shas->buckets));
}

uint32_t
shas_add(struct shas *shas, const struct shas_key *key)
{
	if (shas->count > 0 &&
	    shas_compare(&shas->keys[shas->count - 1], key) == 0)
		return shas->count - 1;
	if (shas->count == shas->room) {
		shas->room = shas->room == 0 ? 256 : shas->room * 2;
		shas->keys = msg_realloc(shas->keys,
					 shas->room * sizeof(*shas->keys));
	}
	forget_index(shas);
	shas->keys[shas->count] = *key;
	return shas->count++;
}

uint32_t
shas_find(struct shas *shas, const struct shas_key *key)
{
	uint32_t bucket, i;

	if (shas->buckets == NULL)
		make_index(shas);
	bucket = bucket_of(key, shas->bits);
	for (i = shas->buckets[bucket]; i < shas->buckets[bucket + 1]; i++) {
		uint32_t number = shas->order != NULL ? shas->order[i] : i;

		if (shas_compare(&shas->keys[number], key) == 0)
			return number;
	}
	return SHAS_NONE;
}

uint32_t
shas_count(const struct shas *shas)
{
	return shas->count;
}

const struct shas_key *
shas_at(const struct shas *shas, uint32_t number)
{
	return &shas->keys[number];
}
