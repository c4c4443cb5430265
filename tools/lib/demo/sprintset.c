#include "demo/sprintset.h"

#include <stdlib.h>

#include "base/msg.h"

struct list {
	size_t count;
	int32_t *ids;
};

struct sprintset {
	struct list *all;
	size_t count, size;
};

static int32_t
add(struct sprintset *sets, int32_t *ids, size_t count)
{
	if (sets->count == sets->size) {
		sets->size = sets->size * 2 + 16;
		sets->all =
			msg_realloc(sets->all, sets->size * sizeof(*sets->all));
	}
	sets->all[sets->count].ids = ids;
	sets->all[sets->count].count = count;
	return (int32_t)sets->count++;
}

size_t
sprintset_ids(const struct sprintset *sets, int32_t set, const int32_t **ids)
{
	*ids = sets->all[set].ids;
	return sets->all[set].count;
}

bool
sprintset_has(const struct sprintset *sets, int32_t set, int32_t sprint)
{
	const int32_t *ids;
	size_t i, count = sprintset_ids(sets, set, &ids);

	for (i = 0; i < count; i++)
		if (ids[i] == sprint)
			return true;
	return false;
}

int32_t
sprintset_with(struct sprintset *sets, int32_t set, int32_t sprint)
{
	const int32_t *ids;
	size_t i, count = sprintset_ids(sets, set, &ids);
	int32_t *more;

	if (sprintset_has(sets, set, sprint))
		return set;
	more = msg_calloc(count + 1, sizeof(*more));
	for (i = 0; i < count && ids[i] < sprint; i++)
		more[i] = ids[i];
	more[i] = sprint;
	for (; i < count; i++)
		more[i + 1] = ids[i];
	return add(sets, more, count + 1);
}

int32_t
sprintset_without(struct sprintset *sets, int32_t set, int32_t sprint)
{
	const int32_t *ids;
	size_t i, kept = 0, count = sprintset_ids(sets, set, &ids);
	int32_t *fewer;

	if (!sprintset_has(sets, set, sprint))
		return set;
	if (count == 1)
		return 0;
	fewer = msg_calloc(count, sizeof(*fewer));
	for (i = 0; i < count; i++)
		if (ids[i] != sprint)
			fewer[kept++] = ids[i];
	return add(sets, fewer, kept);
}

struct sprintset *
sprintset_new(void)
{
	struct sprintset *sets = msg_calloc(1, sizeof(*sets));

	add(sets, NULL, 0);
	return sets;
}

void
sprintset_free(struct sprintset *sets)
{
	size_t i;

	if (sets == NULL)
		return;
	for (i = 0; i < sets->count; i++)
		free(sets->all[i].ids);
	free(sets->all);
	free(sets);
}
