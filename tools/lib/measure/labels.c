#include "measure/labels.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/dictionary.h"
#include "base/msg.h"

struct labels {
	char **names;
	size_t count, room;
	struct dictionary places; /* a name's place + 1 */
};

struct labels *
labels_new(void)
{
	return msg_calloc(1, sizeof(struct labels));
}

size_t
labels_add(struct labels *labels, const char *name)
{
	void **place = dictionary_at(&labels->places, name, strlen(name));

	if (*place != NULL)
		return (size_t)(uintptr_t)*place - 1;
	if (labels->count == labels->room) {
		labels->room = labels->room == 0 ? 32 : labels->room * 2;
		labels->names = msg_realloc(
			labels->names, labels->room * sizeof(*labels->names));
	}
	labels->names[labels->count++] = msg_strdup(name);
	*place = (void *)(uintptr_t)labels->count;
	return labels->count - 1;
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
	dictionary_free(&labels->places, NULL);
	free(labels);
}
