#include "measure/labels.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

struct labels {
	char **names;
	size_t count, room;
	size_t *slots; /* open addressing: a place + 1, 0 where free */
	size_t slot_count;
};

static uint64_t
hash(const char *name)
{
	uint64_t h = 14695981039346656037u; /* FNV-1a */

	for (; *name != '\0'; name++)
		h = (h ^ (unsigned char)*name) * 1099511628211u;
	return h;
}

/* The slot of a name, or the free one where it belongs. */
static size_t *
slot_of(const struct labels *labels, const char *name)
{
	size_t at = hash(name) % labels->slot_count;

	while (labels->slots[at] != 0 &&
	       strcmp(labels->names[labels->slots[at] - 1], name) != 0)
		at = (at + 1) % labels->slot_count;
	return &labels->slots[at];
}

/* At most half of the slots are taken. */
static void
grow(struct labels *labels)
{
	size_t i;

	if (labels->count < labels->room)
		return;
	labels->room = labels->room == 0 ? 32 : labels->room * 2;
	labels->names = msg_realloc(labels->names,
				    labels->room * sizeof(*labels->names));
	free(labels->slots);
	labels->slot_count = 2 * labels->room;
	labels->slots = msg_calloc(labels->slot_count, sizeof(*labels->slots));
	for (i = 0; i < labels->count; i++)
		*slot_of(labels, labels->names[i]) = i + 1;
}

struct labels *
labels_new(void)
{
	return msg_calloc(1, sizeof(struct labels));
}

size_t
labels_add(struct labels *labels, const char *name)
{
	size_t *slot;

	grow(labels);
	slot = slot_of(labels, name);
	if (*slot == 0) {
		labels->names[labels->count++] = msg_strdup(name);
		*slot = labels->count;
	}
	return *slot - 1;
}

size_t
labels_count(const struct labels *labels)
{
	return labels->count;
}

const char *
labels_at(const struct labels *labels, size_t at)
{
	return labels->names[at];
}

void
labels_free(struct labels *labels)
{
	size_t i;

	if (labels == NULL)
		return;
	for (i = 0; i < labels->count; i++)
		free(labels->names[i]);
	free(labels->names);
	free(labels->slots);
	free(labels);
}
