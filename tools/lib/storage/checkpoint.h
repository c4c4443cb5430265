/*
 * checkpoint - cursors: the small file a fetch starts from, and the checkpoint
 * lines that travel in the stream.  Table job_checkpoints is the truth; the
 * file is load's copy of it: {scope: cursor, ...}, replaced whole.
 */
#ifndef PULSE_CHECKPOINT_H
#define PULSE_CHECKPOINT_H

#include <stdbool.h>
#include <stddef.h>

#include "records/json.h"

struct checkpoint;

/* The cursors of a file; an absent file has none.  NULL with *why (allocated)
 * when it is damaged or cannot be read. */
struct checkpoint *checkpoint_load(const char *path, char **why);
void checkpoint_free(struct checkpoint *checkpoint);

/* The cursor of a scope as its JSON text, byte for byte, or NULL. */
const char *checkpoint_cursor(const struct checkpoint *checkpoint,
			      const char *scope, size_t *len);

/* One scope after the other; false after the last. */
bool checkpoint_each(const struct checkpoint *checkpoint, size_t i,
		     const char **scope, const char **cursor, size_t *len);

/* Replaces DIR/CLIENT/JOB.json by {scope: cursor}; -1 with errno. */
int checkpoint_replace(const char *dir, const char *client, const char *job,
		       const char *json, size_t len);

/* What a line of a stream is to spools and loaders, from its first bytes
 * alone where possible. */
enum checkpoint_line {
	LINE_RECORD,
	LINE_BATCH,
	LINE_CHECKPOINT,
	LINE_KEYS,
	LINE_FAILURE,
	LINE_RESOLVED,
	LINE_QUALITY
};
enum checkpoint_line checkpoint_line(const char *line, size_t len);

#endif
