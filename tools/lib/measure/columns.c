#include "measure/columns.h"

#include <stdlib.h>

#include "base/msg.h"

void
columns_add(struct columns *c, const char *name)
{
	c->names = msg_realloc(c->names, (c->count + 2) * sizeof(*c->names));
	c->names[c->count++] = msg_strdup(name);
	c->names[c->count] = NULL;
}

struct listing *
columns_open(const struct columns *c, FILE *out)
{
	return listing_open(out, LISTING_TABLE, (const char *const *)c->names);
}

void
columns_close(struct columns *c, struct listing *list)
{
	listing_close(list);
	while (c->count > 0)
		free(c->names[--c->count]);
	free(c->names);
	c->names = NULL;
}
