/*
 * checkpoint - cursors: the small file a fetch starts from, and the lines in a
 * stream that are not records.  Table job_checkpoints is the truth; the file
 * is load's copy of it, {"SCOPE":CURSOR,...}, replaced whole.
 *
 *   cursors = checkpoint_load(path, &why);
 *   from = checkpoint_cursor(cursors, "acme/api", &len);    NULL: none yet
 *   checkpoint_free(cursors);
 *
 * A cursor is its fetcher's own JSON and is handed out byte for byte, so that
 * `from` in a checkpoint line can be compared with the stored text.
 */
#ifndef PULSE_CHECKPOINT_H
#define PULSE_CHECKPOINT_H

#include <stdbool.h>
#include <stddef.h>

struct checkpoint;

/* The cursors of a file; an absent file has none.  NULL with *why (allocated:
 * "FILE: reason") when it is damaged, above 64 MiB or cannot be read. */
struct checkpoint *checkpoint_load(const char *path, char **why);
void checkpoint_free(struct checkpoint *checkpoint);

/* The cursor of a scope as its JSON text, borrowed from checkpoint, or NULL. */
const char *checkpoint_cursor(const struct checkpoint *checkpoint,
			      const char *scope, size_t *len);

/* Scope i from 0, in the order of their bytes; false after the last. */
bool checkpoint_each(const struct checkpoint *checkpoint, size_t i,
		     const char **scope, const char **cursor, size_t *len);

/* Replaces DIR/CLIENT/JOB.json by json, making the folders that are missing
 * (0700).  Client and job become file names by names_file.  0, or -1 with
 * errno and the old file untouched. */
int checkpoint_replace(const char *dir, const char *client, const char *job,
		       const char *json, size_t len);

/*
 * What a line of a stream is to spools and loaders.  For lines that begin with
 * {"type":"...", which is all that Pulse writes, only these bytes are looked
 * at; others are scanned.  What is no JSON object is LINE_RECORD: it is for
 * validate to say what is wrong with it.
 */
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
