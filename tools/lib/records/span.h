/*
 * span - a value inside a JSON text that json_scan has checked, and what it
 * means: its decoded bytes, its number, its members.  Nothing is checked again
 * and nothing copied, but where decoding is asked for.  pure.
 */
#ifndef PULSE_SPAN_H
#define PULSE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum json_type {
	JSON_ABSENT,
	JSON_NULL,
	JSON_FALSE,
	JSON_TRUE,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT
};

/* A value in the text: strings without their quotes, the rest whole. */
struct json_span {
	const char *at; /* borrowed from the text */
	size_t len;
	enum json_type type;
	bool escaped; /* the string holds backslashes */
	bool doubled; /* the path's key, or one above it, came twice */
};

/*
 * Walks the members of an array or object that json_scan has checked:
 *
 *   struct json_walk walk = json_walk(span);
 *   while (json_next(&walk, &key, &value)) ...      key is absent in arrays
 */
struct json_walk {
	const char *at, *end;
	bool object;
};
struct json_walk json_walk(const struct json_span *container);
bool json_next(struct json_walk *walk, struct json_span *key,
	       struct json_span *value);

/*
 * The decoded bytes of a string span, written to out (at least span->len
 * bytes; decoding never grows).  Returns the length, or -1 when the string
 * holds a lone surrogate or \u0000, which must not be stored.
 */
int64_t json_decode(const struct json_span *string, char *out);

/* As json_decode, allocated and NUL-ended; NULL when it must not be stored or
 * when the span is no string. */
char *json_text(const struct json_span *span);
/* The same into out; false, and out as it was, when there is no such text or it
 * has size bytes or more. */
bool json_copy(const struct json_span *span, char *out, size_t size);
/* Is it a string that json_text would give? */
bool json_is_storable(const struct json_span *span);

/* True and the value when the span is true or false. */
bool json_flag(const struct json_span *span, bool *flag);
/* True and the value when the span is an integer within int64. */
bool json_int(const struct json_span *span, int64_t *number);
bool json_real(const struct json_span *span, double *number);

/* Does the span hold exactly this string? */
bool json_is(const struct json_span *span, const char *text);

#endif
