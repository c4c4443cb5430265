#include "net/scopes.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "base/outcome.h"

struct scope {
	char *name;
	char *cursor; /* NULL: as in the file */
	size_t len;
	bool completed;
};

static int
compare(const void *a, const void *b)
{
	return strcmp(((const struct scope *)a)->name,
		      ((const struct scope *)b)->name);
}

static struct scope *
find(const struct scopes *scopes, const char *name)
{
	const struct scope key = { .name = (char *)(uintptr_t)name };
	struct scope *const *found = tfind(&key, &scopes->tree, compare);

	return found == NULL ? NULL : *found;
}

static struct scope *
make(struct scopes *scopes, const char *name)
{
	struct scope *scope = find(scopes, name);

	if (scope != NULL)
		return scope;
	scope = msg_calloc(1, sizeof(*scope));
	scope->name = msg_strdup(name);
	if (tsearch(scope, &scopes->tree, compare) == NULL)
		msg_die(EX_OSERR, "cannot keep '%s': out of memory", name);
	return scope;
}

const char *
scopes_cursor(const struct scopes *scopes, const char *scope, size_t *len)
{
	const struct scope *known = find(scopes, scope);

	if (known == NULL || known->cursor == NULL)
		return scopes->file == NULL
			       ? NULL
			       : checkpoint_cursor(scopes->file, scope, len);
	*len = known->len;
	return known->cursor;
}

void
scopes_remember(struct scopes *scopes, const char *scope, const char *cursor,
		size_t len)
{
	struct scope *known = make(scopes, scope);
	char *copy = msg_calloc(len + 1, 1);

	memcpy(copy, cursor, len);
	free(known->cursor);
	known->cursor = copy;
	known->len = len;
}

void
scopes_completed(struct scopes *scopes, const char *scope)
{
	struct scope *known = make(scopes, scope);

	if (!known->completed)
		scopes->completed++;
	known->completed = true;
}

void
scopes_failed(struct scopes *scopes, int code, bool item)
{
	if (item)
		scopes->items_failed++;
	else
		scopes->failed++;
	scopes->worst = outcome_worst(scopes->worst, code);
}

int
scopes_code(const struct scopes *scopes)
{
	if (scopes->failed + scopes->items_failed == 0)
		return EX_OK;
	return scopes->completed + scopes->items_resolved > 0 ? EX_PARTIAL
							      : scopes->worst;
}

static void
discard(void *node)
{
	struct scope *scope = node;

	free(scope->name);
	free(scope->cursor);
	free(scope);
}

void
scopes_free(struct scopes *scopes)
{
	tdestroy(scopes->tree, discard);
	checkpoint_free(scopes->file);
	*scopes = (struct scopes){ 0 };
}
