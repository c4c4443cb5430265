/*
 * gzip - zlib, for bodies.
 */
#ifndef PULSE_GZIP_H
#define PULSE_GZIP_H

#include <stddef.h>

/* gzip of bytes, or (bytes NULL) of as many zeros; allocated. */
char *gzip_pack(const char *bytes, size_t len, size_t *packed);

#endif
