/*
 * values - what a span of a record becomes in a column of a table.  pure but
 * for the memory of decoded texts.
 *
 *   struct values_space space = { 0 };
 *   why = values_of(field, spans, &space, &value);    NULL: it fits
 *   ...use the values of one record...
 *   values_reset(&space);
 *   values_free(&space);
 *
 * Text without escapes is borrowed from the line, other text is decoded into
 * space; both end with the line.
 */
#ifndef PULSE_VALUES_H
#define PULSE_VALUES_H

#include <stddef.h>
#include <stdint.h>

#include "records/rules.h"

enum values_kind { VALUE_NULL, VALUE_INTEGER, VALUE_REAL, VALUE_TEXT };

struct value {
	enum values_kind kind;
	int64_t integer;
	double real;
	const char *text; /* not NUL-ended */
	size_t len;
};

struct values_chunk;
struct values_space {
	struct values_chunk *chunks; /* the newest first */
	size_t used;		     /* of the newest */
};
void values_reset(struct values_space *space);
void values_free(struct values_space *space);
/* Room for a text of that length, until the reset. */
char *values_room(struct values_space *space, size_t len);

/* NULL, or why the value does not fit: "not text", "not a time", ... */
const char *values_of(const struct rules_field *field,
		      const struct json_span *spans, struct values_space *space,
		      struct value *value);

/* A string span's text, or a number's bytes. */
const char *values_text(const struct json_span *span,
			struct values_space *space, struct value *value);

/*
 * A number of 64 bits for a row of values, the same for the same values in the
 * same order: start from 0, add one value after the other.  Not against an
 * adversary: it only tells a changed row from an unchanged one.
 */
uint64_t values_digest(uint64_t digest, const struct value *value);

#endif
