#include "net/jiraseen.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

struct sight {
	char id[24];
	int64_t updated;
	bool met;
};

/* For twalk_r. */
struct gathering {
	int64_t since;
	size_t count, most;
	struct jiracursor *cursor; /* NULL: only count */
};

static int
compare(const void *a, const void *b)
{
	return strcmp(((const struct sight *)a)->id,
		      ((const struct sight *)b)->id);
}

static struct sight *
enter(struct jiraseen *seen, const char *id)
{
	struct sight key = { .updated = -1 }, *entry;
	struct sight *const *found;

	snprintf(key.id, sizeof(key.id), "%s", id);
	found = tfind(&key, &seen->tree, compare);
	if (found != NULL)
		return *found;
	entry = msg_calloc(1, sizeof(*entry));
	*entry = key;
	if (tsearch(entry, &seen->tree, compare) == NULL)
		msg_die(EX_OSERR, "cannot remember 'issues': out of memory");
	return entry;
}

void
jiraseen_load(struct jiraseen *seen, const struct jiracursor *cursor)
{
	size_t i;

	for (i = 0; i < cursor->seen_count; i++)
		enter(seen, cursor->seen[i].id)->updated =
			cursor->seen[i].updated;
}

bool
jiraseen_is_new(struct jiraseen *seen, const char *id, int64_t updated)
{
	struct sight *entry = enter(seen, id);
	bool is_new = entry->updated != updated;

	entry->updated = updated;
	entry->met = true;
	return is_new;
}

static void
gather(const void *node, VISIT visit, void *arg)
{
	const struct sight *entry = *(const struct sight *const *)node;
	struct gathering *g = arg;

	if ((visit != postorder && visit != leaf) || !entry->met ||
	    entry->updated < g->since || g->count >= g->most)
		return;
	g->count++;
	if (g->cursor != NULL)
		jiracursor_see(g->cursor, entry->id, entry->updated);
}

size_t
jiraseen_count(const struct jiraseen *seen, int64_t since)
{
	struct gathering g = { .since = since, .most = SIZE_MAX };

	twalk_r(seen->tree, gather, &g);
	return g.count;
}

void
jiraseen_store(const struct jiraseen *seen, int64_t since, size_t most,
	       struct jiracursor *cursor)
{
	struct gathering g = { since, 0, most, cursor };

	cursor->seen_count = 0;
	twalk_r(seen->tree, gather, &g);
}

void
jiraseen_free(struct jiraseen *seen)
{
	tdestroy(seen->tree, free);
	seen->tree = NULL;
}
