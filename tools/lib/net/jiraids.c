#include "net/jiraids.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

static int
by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

bool
jiraids_add(struct jiraids *ids, char *id)
{
	char *const *found = tfind(id, &ids->tree, by_text);

	if (found != NULL) {
		free(id);
		return false;
	}
	if (tsearch(id, &ids->tree, by_text) == NULL)
		msg_die(EX_OSERR, "cannot keep 'ids': out of memory");
	ids->items =
		msg_realloc(ids->items, (ids->count + 1) * sizeof(*ids->items));
	ids->items[ids->count++] = id;
	return true;
}

/* The tree's nodes go, the ids in them are those of the list. */
static void
nothing(void *id)
{
	(void)id;
}

void
jiraids_free(struct jiraids *ids)
{
	size_t i;

	tdestroy(ids->tree, nothing);
	for (i = 0; i < ids->count; i++)
		free(ids->items[i]);
	free(ids->items);
	*ids = (struct jiraids){ 0 };
}
