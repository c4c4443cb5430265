/*
 * config - a YAML file as a small tree of plain values.
 *
 *   root = config_load(path, &why);       why: "FILE:LINE: what was expected"
 *   interval = config_text(config_get(root, "interval"));
 *   config_free(root);
 *
 * All scalars are text until somebody asks for a type (NO is not false, 0123
 * is not 83).  Refused, with the line: over 64 KiB, deeper than 16, aliases,
 * anchors, tags, merge keys, doubled keys, more than one document.  libyaml is
 * quadratic on `[[[[`, hence the caps.
 */
#ifndef PULSE_CONFIG_H
#define PULSE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum config_kind { CONFIG_SCALAR, CONFIG_LIST, CONFIG_MAP };

struct config {
	enum config_kind kind;
	const char *key;  /* its name in the map above it, or NULL */
	const char *text; /* of a scalar; a plain empty one is "" */
	bool quoted;	  /* the scalar stood in quotes */
	const char *file;
	unsigned line;	      /* from 1 */
	struct config *first; /* members of a list or map, in order */
	struct config *next;
};

/* NULL with *why (allocated, the caller frees it) when the file is no good. */
struct config *config_load(const char *path, char **why);
/* The same of a file that may be larger than 64 KiB. */
struct config *config_load_up_to(const char *path, size_t most, char **why);
struct config *config_parse(const char *name, const char *text, size_t len,
			    char **why);
void config_free(struct config *root);

/* The member of a map, or NULL; NULL in gives NULL out. */
const struct config *config_get(const struct config *map, const char *key);

/* Text of a scalar, else NULL. */
const char *config_text(const struct config *node);

/* What a typed reader says when a node does not fit: "FILE:LINE: expected
 * EXPECTED", allocated. */
char *config_complain(const struct config *node, const char *expected);

bool config_int(const struct config *node, int64_t *number);
bool config_bool(const struct config *node, bool *truth);

/* The first member of map whose key is not in known (NULL-ended), or NULL. */
const struct config *config_unknown(const struct config *map,
				    const char *const *known);

/* Of the library behind it: "0.2.5". */
const char *config_library(void);

#endif
