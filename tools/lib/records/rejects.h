/*
 * rejects - where the lines go that break a rule, each with its reasons, so
 * that it can be read by people and replayed byte for byte.
 *
 *   struct rejects *rejects = rejects_open(file, &why);
 *   rejects_add(rejects, &line, &broken, is_json);
 *   if (rejects_sync(rejects) != 0) ...       before what follows is passed on
 *   if (rejects_close(rejects) != 0) ...      errno
 *
 * file NULL: when $PULSE_BATCH names a batch, QUEUE/new/NAME, its rejects are
 * QUEUE/bad/NAME.rejects, made at the first reject and anew by every run, so
 * that a run after a crash leaves the file of that run alone; else standard
 * error.  A given file is added to.
 *
 * A line that is JSON is held as "record", as it is.  Any other is held as
 * "raw", its first 64 KiB, bytes that are no UTF-8 as jsonw_lossless writes
 * them, and "raw_bytes" is its whole length.
 */
#ifndef PULSE_REJECTS_H
#define PULSE_REJECTS_H

#include <stdbool.h>
#include <stddef.h>

#include "records/ndjson.h"
#include "records/rules.h"

struct rejects;

/* NULL with *why (allocated). */
struct rejects *rejects_open(const char *file, char **why);
void rejects_add(struct rejects *rejects, const struct ndjson_line *line,
		 const struct rules_broken *broken, bool is_json);
int rejects_sync(struct rejects *rejects);
int rejects_close(struct rejects *rejects); /* syncs */
/* The file or "standard error", for messages. */
const char *rejects_name(const struct rejects *rejects);

/* Writes the line that a reject line holds, with its LF.  NULL, or why it
 * cannot: "no reject line", "cut at 64 KiB". */
const char *rejects_unwrap(const struct ndjson_line *line,
			   struct ndjson_out *out);

#endif
