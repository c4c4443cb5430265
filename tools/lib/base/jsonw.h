/*
 * jsonw - the one writer of new JSON.
 *
 *   struct jsonw w = { 0 };
 *   jsonw_open(&w, '{');
 *   jsonw_put_string(&w, "scope", scope);
 *   jsonw_key(&w, "keys");  jsonw_open(&w, '['); ... jsonw_close(&w, ']');
 *   jsonw_close(&w, '}');
 *   use(w.text, w.len);            w.text is NUL-ended and has no newline
 *   jsonw_reset(&w);  or  jsonw_free(&w);
 *
 * Commas are put where they belong.  Strings are taken as bytes: what is not
 * valid UTF-8 becomes U+FFFD, controls are escaped.  The buffer grows; out of
 * memory ends the program with 71.
 */
#ifndef PULSE_JSONW_H
#define PULSE_JSONW_H

#include <stddef.h>
#include <stdint.h>

struct jsonw {
	char *text;
	size_t len;
	size_t size;
	int comma; /* the next value or key needs one before it */
};

void jsonw_open(struct jsonw *w, char bracket);
void jsonw_close(struct jsonw *w, char bracket);
void jsonw_key(struct jsonw *w, const char *name);
void jsonw_string(struct jsonw *w, const char *text); /* NULL writes null */
void jsonw_bytes(struct jsonw *w, const char *text, size_t len);
/* Any bytes, so that they can be read back: a byte that is not part of valid
 * UTF-8 becomes the lone surrogate \udc80 to \udcff that ends in it. */
void jsonw_lossless(struct jsonw *w, const char *text, size_t len);
void jsonw_int(struct jsonw *w, int64_t value);
void jsonw_real(struct jsonw *w, double value); /* not finite writes null */
void jsonw_bool(struct jsonw *w, int value);
void jsonw_null(struct jsonw *w);
/* JSON text that is known to be whole and valid, byte for byte. */
void jsonw_raw(struct jsonw *w, const char *json, size_t len);
/* A time in milliseconds as RFC 3339 in UTC with milliseconds. */
void jsonw_time(struct jsonw *w, int64_t ms);

/* A member of an object: the key and its value. */
void jsonw_put_string(struct jsonw *w, const char *name, const char *text);
void jsonw_put_int(struct jsonw *w, const char *name, int64_t value);
void jsonw_put_bool(struct jsonw *w, const char *name, int value);
/* 0, not known: null. */
void jsonw_put_time(struct jsonw *w, const char *name, int64_t ms);
/* The same, but no member of what is not known: "", 0. */
void jsonw_may_put_string(struct jsonw *w, const char *name, const char *text);
void jsonw_may_put_time(struct jsonw *w, const char *name, int64_t ms);

void jsonw_reset(struct jsonw *w);
void jsonw_free(struct jsonw *w);

#endif
