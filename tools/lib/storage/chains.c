#include "storage/chains.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

struct edge {
	uint32_t child, parent; /* parent: of the wanted ones */
};

struct chains {
	struct shas *commits;
	/* What was named by sha: parents and others.  found are the commits
	 * that they are, for as many as have been looked up. */
	struct shas_key *wanted;
	uint32_t *found;
	uint32_t wanted_count, found_count, wanted_room;
	struct edge *edges;
	size_t edge_count, edge_room;
	/* The parents of commit c are parents[first[c]] up to first[c + 1];
	 * NULL until a walk needs them. */
	uint32_t *first, *parents;
	uint32_t *stack;
};

struct chains *
chains_open(void)
{
	struct chains *chains = msg_calloc(1, sizeof(*chains));

	chains->commits = shas_open();
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
	shas_close(chains->commits);
	free(chains->edges);
	free(chains->wanted);
	free(chains->found);
	free(chains);
}

uint32_t
chains_commit(struct chains *chains, const char *sha, size_t len)
{
	uint32_t count = shas_count(chains->commits), commit;
	struct shas_key key;

	if (!shas_key(sha, len, &key))
		return CHAINS_NONE;
	commit = shas_add(chains->commits, &key);
	if (commit < count)
		return commit;
	forget_parents(chains);
	chains->found_count = 0;
	return commit;
}

uint32_t
chains_find(struct chains *chains, const char *sha, size_t len)
{
	struct shas_key key;

	return shas_key(sha, len, &key) ? shas_find(chains->commits, &key)
					: CHAINS_NONE;
}

uint32_t
chains_want(struct chains *chains, const char *sha, size_t len)
{
	struct shas_key key;

	if (!shas_key(sha, len, &key))
		return CHAINS_NONE;
	if (chains->wanted_count == chains->wanted_room) {
		chains->wanted_room = chains->wanted_room == 0
					      ? 256
					      : chains->wanted_room * 2;
		chains->wanted = msg_realloc(chains->wanted,
					     chains->wanted_room *
						     sizeof(*chains->wanted));
		chains->found = msg_realloc(chains->found,
					    chains->wanted_room *
						    sizeof(*chains->found));
	}
	chains->wanted[chains->wanted_count] = key;
	return chains->wanted_count++;
}

/* Looks up what has been wanted since the last commit was added. */
static void
look_up(struct chains *chains)
{
	for (; chains->found_count < chains->wanted_count;
	     chains->found_count++)
		chains->found[chains->found_count] = shas_find(
			chains->commits, &chains->wanted[chains->found_count]);
}

uint32_t
chains_wanted(struct chains *chains, uint32_t wanted)
{
	if (wanted == CHAINS_NONE)
		return CHAINS_NONE;
	look_up(chains);
	return chains->found[wanted];
}

size_t
chains_unknown(struct chains *chains, char (**shas)[CHAINS_SHA_SIZE])
{
	struct shas_key *keys =
		msg_calloc((size_t)chains->wanted_count + 1, sizeof(*keys));
	size_t count = 0, distinct = 0, i;

	look_up(chains);
	for (i = 0; i < chains->wanted_count; i++)
		if (chains->found[i] == CHAINS_NONE)
			keys[count++] = chains->wanted[i];
	qsort(keys, count, sizeof(*keys), shas_compare);
	*shas = msg_calloc(count + 1, sizeof(**shas));
	for (i = 0; i < count; i++)
		if (i == 0 || shas_compare(&keys[i], &keys[i - 1]) != 0)
			shas_text(&keys[i], (*shas)[distinct++]);
	free(keys);
	return distinct;
}

size_t
chains_count(const struct chains *chains)
{
	return shas_count(chains->commits);
}

const struct shas_key *
chains_key(const struct chains *chains, uint32_t commit)
{
	return shas_at(chains->commits, commit);
}

void
chains_sha(const struct chains *chains, uint32_t commit,
	   char out[CHAINS_SHA_SIZE])
{
	shas_text(shas_at(chains->commits, commit), out);
}

void
chains_parent(struct chains *chains, uint32_t commit, const char *parent_sha,
	      size_t len)
{
	uint32_t parent;

	if (commit == CHAINS_NONE)
		return;
	parent = chains_want(chains, parent_sha, len);
	if (parent == CHAINS_NONE)
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

/* Sorts the edges by child: counts, then places.  A parent that is no commit
 * has no place. */
static void
place_parents(struct chains *chains)
{
	uint32_t count = shas_count(chains->commits), c;
	size_t e;

	look_up(chains);
	chains->first = msg_calloc((size_t)count + 2, sizeof(*chains->first));
	chains->parents =
		msg_calloc(chains->edge_count + 1, sizeof(*chains->parents));
	chains->stack = msg_calloc((size_t)count + 1, sizeof(*chains->stack));
	for (e = 0; e < chains->edge_count; e++)
		if (chains->found[chains->edges[e].parent] != CHAINS_NONE)
			chains->first[chains->edges[e].child + 2]++;
	for (c = 2; c < count + 2; c++)
		chains->first[c] += chains->first[c - 1];
	for (e = 0; e < chains->edge_count; e++) {
		uint32_t parent = chains->found[chains->edges[e].parent];

		if (parent != CHAINS_NONE)
			chains->parents[chains->first[chains->edges[e].child +
						      1]++] = parent;
	}
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
	memset(owner, 0xff, shas_count(chains->commits) * sizeof(*owner));
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
