#include "storage/chains.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

enum { KEY = 32, MOST_BITS = 24 };

/* A sha as bytes; len tells SHA-1 from SHA-256, and short ones in tests. */
struct key {
	unsigned char bytes[KEY];
	unsigned char len;
};

struct edge {
	uint32_t child, parent;
};

struct chains {
	struct key *keys; /* by commit number */
	uint32_t count, room;
	/* Commits by sha, made when somebody asks: those whose sha begins with
	 * bits b are at places buckets[b] up to buckets[b + 1] of order.  order
	 * is NULL when they were added in that order. */
	uint32_t *order, *buckets;
	unsigned bits;
	struct edge *edges;
	size_t edge_count, edge_room;
	/* The parents of commit c are parents[first[c]] up to first[c + 1];
	 * NULL until a walk needs them. */
	uint32_t *first, *parents;
	uint32_t *stack;
};

static const char hex[] = "0123456789abcdef";

/* A digit's value and one more; 0: no digit. */
static const unsigned char digits[256] = {
	['0'] = 1,  ['1'] = 2,	['2'] = 3,  ['3'] = 4,	['4'] = 5,  ['5'] = 6,
	['6'] = 7,  ['7'] = 8,	['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12,
	['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16, ['A'] = 11, ['B'] = 12,
	['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

static bool
read_key(struct key *key, const char *sha, size_t len)
{
	size_t i;

	if (len < 2 || len % 2 != 0 || len > (size_t)2 * KEY)
		return false;
	memset(key, 0, sizeof(*key));
	for (i = 0; i < len; i += 2) {
		unsigned high = digits[(unsigned char)sha[i]];
		unsigned low = digits[(unsigned char)sha[i + 1]];

		if (high == 0 || low == 0)
			return false;
		key->bytes[i / 2] =
			(unsigned char)((high - 1) << 4 | (low - 1));
	}
	key->len = (unsigned char)(len / 2);
	return true;
}

struct chains *
chains_open(void)
{
	return msg_calloc(1, sizeof(struct chains));
}

static uint32_t
bucket_of(const struct key *key, unsigned bits)
{
	uint32_t first = (uint32_t)key->bytes[0] << 24 |
			 (uint32_t)key->bytes[1] << 16 |
			 (uint32_t)key->bytes[2] << 8 | key->bytes[3];

	return bits == 0 ? 0 : first >> (32 - bits);
}

static bool
is_sorted(const struct chains *chains)
{
	uint32_t i;

	for (i = 1; i < chains->count; i++)
		if (memcmp(&chains->keys[i - 1], &chains->keys[i],
			   sizeof(*chains->keys)) > 0)
			return false;
	return true;
}

/* Places the commits by bucket; within one they stay in the order added,
 * which is all that a look-up needs. */
static void
place_commits(struct chains *chains)
{
	uint32_t *ends = chains->buckets, i;

	chains->order =
		msg_calloc((size_t)chains->count + 1, sizeof(*chains->order));
	for (i = 0; i < chains->count; i++)
		chains->order[ends[bucket_of(&chains->keys[i], chains->bits) +
				   1]++] = i;
}

/* A sha is as good as random, so its first bits spread the commits. */
static void
make_index(struct chains *chains)
{
	uint32_t buckets, b, i;

	while (chains->bits < MOST_BITS &&
	       (UINT32_C(1) << chains->bits) < chains->count)
		chains->bits++;
	buckets = UINT32_C(1) << chains->bits;
	chains->buckets =
		msg_calloc((size_t)buckets + 2, sizeof(*chains->buckets));
	for (i = 0; i < chains->count; i++)
		chains->buckets[bucket_of(&chains->keys[i], chains->bits) +
				2]++;
	for (b = 2; b < buckets + 2; b++)
		chains->buckets[b] += chains->buckets[b - 1];
	if (!is_sorted(chains)) {
		place_commits(chains);
		return;
	}
	memmove(chains->buckets, chains->buckets + 1,
		((size_t)buckets + 1) * sizeof(*chains->buckets));
}

static void
forget_index(struct chains *chains)
{
	free(chains->order);
	free(chains->buckets);
	chains->order = chains->buckets = NULL;
	chains->bits = 0;
}

static void
forget_parents(struct chains *chains)
{
	free(chains->first);
	free(chains->parents);
	free(chains->stack);
	chains->first = chains->parents = chains->stack = NULL;
}

void
chains_close(struct chains *chains)
{
	if (chains == NULL)
		return;
	forget_parents(chains);
	free(chains->keys);
	forget_index(chains);
	free(chains->edges);
	free(chains);
}

uint32_t
chains_commit(struct chains *chains, const char *sha, size_t len)
{
	struct key key;

	if (!read_key(&key, sha, len))
		return CHAINS_NONE;
	if (chains->count > 0 &&
	    memcmp(&chains->keys[chains->count - 1], &key, sizeof(key)) == 0)
		return chains->count - 1;
	if (chains->count == chains->room) {
		chains->room = chains->room == 0 ? 256 : chains->room * 2;
		chains->keys = msg_realloc(
			chains->keys, chains->room * sizeof(*chains->keys));
	}
	forget_parents(chains);
	forget_index(chains);
	chains->keys[chains->count] = key;
	return chains->count++;
}

uint32_t
chains_find(struct chains *chains, const char *sha, size_t len)
{
	uint32_t bucket, i;
	struct key key;

	if (!read_key(&key, sha, len))
		return CHAINS_NONE;
	if (chains->buckets == NULL)
		make_index(chains);
	bucket = bucket_of(&key, chains->bits);
	for (i = chains->buckets[bucket]; i < chains->buckets[bucket + 1];
	     i++) {
		uint32_t commit = chains->order != NULL ? chains->order[i] : i;

		if (memcmp(&chains->keys[commit], &key, sizeof(key)) == 0)
			return commit;
	}
	return CHAINS_NONE;
}

size_t
chains_count(const struct chains *chains)
{
	return chains->count;
}

void
chains_sha(const struct chains *chains, uint32_t commit,
	   char out[CHAINS_SHA_SIZE])
{
	const struct key *key = &chains->keys[commit];
	size_t i;

	for (i = 0; i < key->len; i++) {
		out[2 * i] = hex[key->bytes[i] >> 4];
		out[2 * i + 1] = hex[key->bytes[i] & 15];
	}
	out[2 * i] = '\0';
}

void
chains_parent(struct chains *chains, uint32_t commit, const char *parent_sha,
	      size_t len)
{
	uint32_t parent = chains_find(chains, parent_sha, len);

	if (commit == CHAINS_NONE || parent == CHAINS_NONE)
		return;
	if (chains->edge_count == chains->edge_room) {
		chains->edge_room =
			chains->edge_room == 0 ? 256 : chains->edge_room * 2;
		chains->edges =
			msg_realloc(chains->edges,
				    chains->edge_room * sizeof(*chains->edges));
	}
	forget_parents(chains);
	chains->edges[chains->edge_count++] = (struct edge){ commit, parent };
}

/* Sorts the edges by child: counts, then places. */
static void
place_parents(struct chains *chains)
{
	uint32_t c;
	size_t e;

	chains->first =
		msg_calloc((size_t)chains->count + 2, sizeof(*chains->first));
	chains->parents =
		msg_calloc(chains->edge_count + 1, sizeof(*chains->parents));
	chains->stack =
		msg_calloc((size_t)chains->count + 1, sizeof(*chains->stack));
	for (e = 0; e < chains->edge_count; e++)
		chains->first[chains->edges[e].child + 2]++;
	for (c = 2; c < chains->count + 2; c++)
		chains->first[c] += chains->first[c - 1];
	for (e = 0; e < chains->edge_count; e++)
		chains->parents[chains->first[chains->edges[e].child + 1]++] =
			chains->edges[e].parent;
}

/* Gives all that head reaches and nobody owns to mark. */
static void
claim(const struct chains *chains, uint32_t head, uint32_t mark,
      uint32_t *owner)
{
	uint32_t *stack = chains->stack;
	size_t depth = 0;
	uint32_t p;

	if (owner[head] != CHAINS_NONE)
		return;
	owner[head] = mark;
	stack[depth++] = head;
	while (depth > 0) {
		uint32_t commit = stack[--depth];

		for (p = chains->first[commit]; p < chains->first[commit + 1];
		     p++) {
			uint32_t parent = chains->parents[p];

			if (owner[parent] != CHAINS_NONE)
				continue;
			owner[parent] = mark;
			stack[depth++] = parent;
		}
	}
}

void
chains_walk(struct chains *chains, const uint32_t *heads, size_t count,
	    uint32_t *owner)
{
	bool first = true;
	size_t i;

	if (chains->first == NULL)
		place_parents(chains);
	memset(owner, 0xff, chains->count * sizeof(*owner));
	for (i = 0; i < count; i++) {
		if (heads[i] == CHAINS_NONE)
			continue;
		claim(chains, heads[i], first ? CHAINS_HISTORY : (uint32_t)i,
		      owner);
		first = false;
	}
}

/* The first deployment that finished at or after that time. */
static size_t
first_after(const int64_t *finished, size_t count, int64_t at)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (finished[middle] < at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

uint32_t
chains_guess(const uint32_t *heads, const int64_t *finished, size_t count,
	     uint32_t merge, int64_t merged_at)
{
	size_t i = first_after(finished, count, merged_at);

	if (merge != CHAINS_NONE)
		while (i < count && heads[i] != CHAINS_NONE)
			i++;
	return i == 0 || i == count ? CHAINS_NONE : (uint32_t)i;
}
