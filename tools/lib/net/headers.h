/*
 * headers - the header lines of one answer.  pure.  64 KiB of them at most.
 *
 * Names are compared without case: they arrive in small letters over HTTP/2.
 * Of a repeated name the first value counts.
 */
#ifndef PULSE_HEADERS_H
#define PULSE_HEADERS_H

#include <stddef.h>

enum { HEADERS_MOST = 65536 };

struct http_headers {
	char *text; /* NAME\0VALUE\0 one after the other */
	size_t len, size;
};

/* A raw line; a status line (HTTP/...) begins anew.  -1: beyond the bound. */
int headers_add(struct http_headers *headers, const char *line, size_t len);

/* NULL: not there. */
const char *headers_get(const struct http_headers *headers, const char *name);

void headers_reset(struct http_headers *headers);
void headers_free(struct http_headers *headers);

#endif
