#include "records/paths.h"

#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

static size_t
hash(const char *key, size_t len)
{
	size_t first, middle, last;

	if (len == 0)
		return 0;
	first = (unsigned char)key[0];
	middle = (unsigned char)key[len / 2];
	last = (unsigned char)key[len - 1];
	return len + first * 5 + middle * 17 + last * 11;
}

size_t
paths_find(const struct json_paths *paths, size_t parent, const char *key,
	   size_t len)
{
	const struct paths_node *n = &paths->nodes[parent];
	size_t i, k;

	if (n->children == 0)
		return 0;
	for (i = hash(key, len) & n->mask; (k = n->table[i]) != 0;
	     i = (i + 1) & n->mask)
		if (paths->nodes[k].len == len &&
		    memcmp(paths->nodes[k].key, key, len) == 0)
			return k;
	return 0;
}

static void
put(struct json_paths *paths, struct paths_node *parent, size_t k)
{
	size_t i = hash(paths->nodes[k].key, paths->nodes[k].len);

	for (i &= parent->mask; parent->table[i] != 0;)
		i = (i + 1) & parent->mask;
	parent->table[i] = k;
}

/* A table is made anew, twice as large, when it would be more than half full;
 * children always follow their parent in nodes. */
static void
adopt(struct json_paths *paths, size_t parent, size_t child)
{
	struct paths_node *p = &paths->nodes[parent];
	size_t k;

	p->children++;
	p->lengths |= (uint64_t)1 << (paths->nodes[child].len & 63);
	if (p->table != NULL && p->children * 2 <= p->mask + 1) {
		put(paths, p, child);
		return;
	}
	free(p->table);
	p->mask = p->table == NULL ? 3 : p->mask * 2 + 1;
	p->table = msg_calloc(p->mask + 1, sizeof(*p->table));
	for (k = parent + 1; k < paths->node_count; k++)
		if (paths->nodes[k].parent == parent)
			put(paths, p, k);
}

static size_t
grow(struct json_paths *paths, size_t parent, const char *key, size_t len)
{
	size_t k = paths_find(paths, parent, key, len);
	struct paths_node *n;

	if (k != 0)
		return k;
	k = paths->node_count++;
	paths->nodes = msg_realloc(paths->nodes,
				   paths->node_count * sizeof(*paths->nodes));
	n = &paths->nodes[k];
	*n = (struct paths_node){ .len = len, .parent = parent, .want = -1 };
	n->key = msg_calloc(len + 1, 1);
	memcpy(n->key, key, len);
	adopt(paths, parent, k);
	return k;
}

/* The key at the front of a path, without the backslashes before dots; returns
 * what follows its dot, or NULL. */
static const char *
first_key(const char *path, char *key, size_t *len)
{
	*len = 0;
	for (; *path != '\0' && *path != '.'; path++) {
		if (path[0] == '\\' && path[1] == '.')
			path++;
		key[(*len)++] = *path;
	}
	return *path == '.' ? path + 1 : NULL;
}

struct json_paths *
json_paths(const char *const *wanted, size_t count)
{
	struct json_paths *paths = msg_calloc(1, sizeof(*paths));
	size_t i;

	paths->count = count;
	paths->same = msg_calloc(count, sizeof(*paths->same));
	paths->nodes = msg_calloc(1, sizeof(*paths->nodes));
	paths->nodes[0] = (struct paths_node){ .want = -1 };
	paths->node_count = 1;
	for (i = 0; i < count; i++) {
		char *key = msg_calloc(strlen(wanted[i]) + 1, 1);
		const char *rest = *wanted[i] == '\0' ? NULL : wanted[i];
		size_t node = 0, len;

		while (rest != NULL) {
			rest = first_key(rest, key, &len);
			node = grow(paths, node, key, len);
		}
		paths->same[i] = paths->nodes[node].want;
		paths->nodes[node].want = (int64_t)i;
		free(key);
	}
	paths->seen = msg_calloc(paths->node_count, 1);
	return paths;
}

void
json_paths_free(struct json_paths *paths)
{
	size_t i;

	if (paths == NULL)
		return;
	for (i = 0; i < paths->node_count; i++) {
		free(paths->nodes[i].key);
		free(paths->nodes[i].table);
	}
	free(paths->nodes);
	free(paths->same);
	free(paths->seen);
	free(paths);
}
