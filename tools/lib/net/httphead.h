/*
 * httphead - the head of an HTTP/1 request, looked at more strictly than the
 * server library does: whatever two readers could understand differently is
 * refused before it reads a byte.  pure.
 */
#ifndef PULSE_HTTPHEAD_H
#define PULSE_HTTPHEAD_H

#include <stddef.h>

enum {
	HTTPHEAD_MORE = 0, /* it is not whole yet */
	HTTPHEAD_FINE = 200
};
/* What one may have at most. */
enum { HTTPHEAD_TARGET = 8192, HTTPHEAD_FIELDS = 64, HTTPHEAD_ARGUMENTS = 64 };

/*
 * Of all bytes received so far: one of the two, or the status to refuse it
 * with.
 *   400  lines that do not end in CRLF; control bytes; a request line that is
 *        not METHOD /TARGET HTTP/1.x, a broken %XX or %00 in it; no Host or
 *        several; a field that is no `name: value`, or goes on in the next
 *        line; Transfer-Encoding; Content-Length twice or no number
 *   411  a POST without Content-Length
 *   413  a body of more than `body` bytes
 *   414  a target that is too long or has too many arguments
 *   431  more than `head` bytes, or too many fields
 *   505  another version of HTTP
 */
unsigned httphead_check(const char *bytes, size_t len, size_t head,
			size_t body);

#endif
