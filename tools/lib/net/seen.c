#include "net/seen.h"

#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

/* FNV-1a, then splitmix64's finisher; never 0, which means an empty slot. */
static uint64_t
digest(const char *bytes, size_t len, int64_t number)
{
	uint64_t x = 0xcbf29ce484222325;
	size_t i;

	for (i = 0; i < len; i++)
		x = (x ^ (unsigned char)bytes[i]) * 0x100000001b3;
	x += (uint64_t)number * 0x9e3779b97f4a7c15;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
	x ^= x >> 31;
	return x == 0 ? 1 : x;
}

/* False when it is there. */
static bool
insert(struct seen *seen, uint64_t x)
{
	size_t at = x & (seen->size - 1);

	for (; seen->slots[at] != 0; at = (at + 1) & (seen->size - 1))
		if (seen->slots[at] == x)
			return false;
	seen->slots[at] = x;
	seen->count++;
	return true;
}

static void
grow(struct seen *seen)
{
	struct seen bigger = { .size = seen->size == 0 ? 256 : seen->size * 2 };
	size_t i;

	bigger.slots = msg_calloc(bigger.size, sizeof(*bigger.slots));
	for (i = 0; i < seen->size; i++)
		if (seen->slots[i] != 0)
			insert(&bigger, seen->slots[i]);
	free(seen->slots);
	*seen = bigger;
}

bool
seen_add(struct seen *seen, const char *bytes, size_t len, int64_t number)
{
	if (seen->count * 2 >= seen->size)
		grow(seen);
	return insert(seen, digest(bytes, len, number));
}

void
seen_free(struct seen *seen)
{
	free(seen->slots);
	memset(seen, 0, sizeof(*seen));
}
