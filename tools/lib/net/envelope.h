/*
 * envelope - the lines a fetcher prints, as text (pulse-records(5)).  pure but
 * for the memory of the line.
 *
 *   struct envelope e = { .client = 1, .source = "github", .job = "..." };
 *   envelope_record(&e, &record, at);
 *   use(e.line.text, e.line.len);       one line with its LF, until the next
 *   jsonw_free(&e.line);
 *
 * at: ms since the epoch.  An API's object goes in byte for byte, but for CR
 * and LF, which can only stand between its tokens and become spaces.
 */
#ifndef PULSE_ENVELOPE_H
#define PULSE_ENVELOPE_H

#include "base/jsonw.h"
#include "net/source.h"

struct envelope {
	int64_t client;
	const char *source, *job;
	struct jsonw line;
};

void envelope_record(struct envelope *e, const struct source_record *record,
		     int64_t at);
/* from: the text of the cursor before, or NULL. */
struct envelope_step {
	const char *scope, *from, *cursor;
	size_t from_len, cursor_len;
};
void envelope_checkpoint(struct envelope *e, const struct envelope_step *step,
			 int64_t at);
void envelope_keys(struct envelope *e, const struct source_keys *keys,
		   int64_t at);
void envelope_failure(struct envelope *e, const struct source_failure *failure,
		      int64_t at);
void envelope_resolved(struct envelope *e, const struct source_item *item,
		       int64_t at);

#endif
