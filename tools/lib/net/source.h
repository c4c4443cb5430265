/*
 * source - what all fetchers share: options, the token, the cursors they start
 * from, and the lines they print (pulse-records(5)).
 *
 * A fetcher's opts begin with struct source_opts and its cli names
 * source_options as .shared.  It opens a source, sends its first requests,
 * calls source_run (http_run with checkpoints, progress and signals round it),
 * and leaves with source_end's code.  It holds no state of its own: what it
 * must remember travels in checkpoint lines.
 *
 * stdout is written in whole lines and flushed at each checkpoint line.  TERM
 * asks for an end at the next checkpoint, with 75; a second TERM ends at once.
 */
#ifndef PULSE_SOURCE_H
#define PULSE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cli.h"
#include "base/outcome.h"
#include "net/http.h"
#include "records/json.h"

struct source_opts {
	const char *config, *client, *base_url, *checkpoint, *token_file;
	const char *cache, *items;
	struct cli_list types;
	int64_t since, until, max_wait;
	long connections;
	int verbose, quiet, dry_run, stale_if_error, no_progress;
};
extern const struct cli_option source_options[];

struct source; /* one run */

/* One line of data.  bytes: the API's object as it came; line breaks between
 * tokens are made spaces here.  updated_at: a span of a time, or absent. */
struct source_record {
	const char *type, *scope, *key;
	const struct json_span *updated_at;
	const char *ext; /* what the fetcher itself found out, as a JSON
			    object put before data, or NULL */
	const char *bytes;
	size_t len;
};
void source_emit(struct source *source, const struct source_record *record);

/* The cursor this run starts from, NULL when there is none; and the line that
 * brings the scope from its last cursor (remembered here) to this one. */
const char *source_cursor(const struct source *source, const char *scope,
			  size_t *len);
void source_checkpoint(struct source *source, const char *scope,
		       const char *cursor, size_t len);

/* "At this time exactly these exist." */
void source_keys(struct source *source, const char *of, const char *scope,
		 const char *parent, const char *const *keys, size_t count);

struct source_failure {
	const char *scope, *entity, *key; /* entity and key NULL: the scope */
	enum outcome_class class;
	long http;
	const char *reason;
	int64_t not_before;
};
void source_fail(struct source *source, const struct source_failure *failure);
void source_resolved(struct source *source, const char *scope,
		     const char *entity, const char *key);
/* A scope is complete: counts for 0 and 121. */
void source_completed(struct source *source, const char *scope);

#endif
