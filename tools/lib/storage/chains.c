#include "storage/chains.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

enum { KEY = 32, FIRST_SLOTS = 1024 };

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
	uint32_t *slots; /* open addressing, CHAINS_NONE is free */
	uint32_t mask;
	struct edge *edges;
	size_t edge_count, edge_room;
	/* The parents of commit c are parents[first[c]] up to first[c + 1];
	 * NULL until a walk needs them. */
	uint32_t *first, *parents;
	uint32_t *stack;
};

static const char hex[] = "0123456789abcdef";

static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
read_key(struct key *key, const char *sha, size_t len)
{
	size_t i;

	if (len < 2 || len % 2 != 0 || len > 2 * KEY)
		return false;
	memset(key, 0, sizeof(*key));
	for (i = 0; i < len; i += 2) {
		int high = digit(sha[i]), low = digit(sha[i + 1]);

		if (high < 0 || low < 0)
			return false;
		key->bytes[i / 2] = (unsigned char)(high << 4 | low);
	}
	key->len = (unsigned char)(len / 2);
	return true;
}

/* A sha is random already; the multiplication spreads the short ones. */
static uint32_t
slot_of(const struct chains *chains, const struct key *key)
{
	uint64_t bits;

	memcpy(&bits, key->bytes, sizeof(bits));
	bits *= UINT64_C(0x9e3779b97f4a7c15);
	return (uint32_t)(bits >> 32) & chains->mask;
}

/* The slot that holds the key, or the free one where it would stand. */
static uint32_t *
look_up(const struct chains *chains, const struct key *key)
{
	uint32_t slot = slot_of(chains, key);

	while (chains->slots[slot] != CHAINS_NONE &&
	       memcmp(&chains->keys[chains->slots[slot]], key, sizeof(*key)) !=
		       0)
		slot = (slot + 1) & chains->mask;
	return &chains->slots[slot];
}

static void
grow(struct chains *chains)
{
	uint32_t slots = (chains->mask + 1) * 2, i;

	free(chains->slots);
	chains->slots = msg_calloc(slots, sizeof(*chains->slots));
	memset(chains->slots, 0xff, slots * sizeof(*chains->slots));
	chains->mask = slots - 1;
	for (i = 0; i < chains->count; i++)
		*look_up(chains, &chains->keys[i]) = i;
}

struct chains *
chains_open(void)
{
	struct chains *chains = msg_calloc(1, sizeof(*chains));

	chains->mask = FIRST_SLOTS / 2 - 1;
	grow(chains);
	return chains;
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
	free(chains->slots);
	free(chains->edges);
	free(chains);
}

uint32_t
chains_commit(struct chains *chains, const char *sha, size_t len)
{
	struct key key;
	uint32_t *slot;

	if (!read_key(&key, sha, len))
		return CHAINS_NONE;
	slot = look_up(chains, &key);
	if (*slot != CHAINS_NONE)
		return *slot;
	if (chains->count == chains->room) {
		chains->room = chains->room == 0 ? 256 : chains->room * 2;
		chains->keys = msg_realloc(
			chains->keys, chains->room * sizeof(*chains->keys));
	}
	forget_parents(chains);
	chains->keys[chains->count] = key;
	*slot = chains->count++;
	if (chains->count > chains->mask / 2)
		grow(chains);
	return chains->count - 1;
}

uint32_t
chains_find(const struct chains *chains, const char *sha, size_t len)
{
	struct key key;

	return read_key(&key, sha, len) ? *look_up(chains, &key) : CHAINS_NONE;
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
