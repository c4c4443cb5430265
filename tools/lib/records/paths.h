/*
 * paths - the wanted paths of a scan as a tree; used by json alone.
 *
 * Node 0 is the root, each other node is one key below its parent, and parents
 * stand before their children.  json.h says how a path is written and who owns
 * what.
 */
#ifndef PULSE_PATHS_H
#define PULSE_PATHS_H

#include <stddef.h>
#include <stdint.h>

#include "records/json.h"

struct paths_node {
	char *key;
	size_t len;
	size_t parent;
	size_t children;
	uint64_t lengths; /* of its children's keys: bit LEN % 64 */
	size_t *table;	  /* of children, open addressed; 0: free */
	size_t mask;
	int64_t want; /* the last path that ends here, or -1 */
};

struct json_paths {
	struct paths_node *nodes;
	size_t node_count;
	int64_t *same; /* per path: another that ends at the same node, or -1 */
	size_t count;
	uint8_t *seen; /* per node, of one scan: how often its key came, to 2 */
};

/* The child of parent with this key, or 0. */
size_t paths_find(const struct json_paths *paths, size_t parent,
		  const char *key, size_t len);

#endif
