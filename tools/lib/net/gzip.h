/*
 * gzip - zlib: bodies, and its CRC-32.
 */
#ifndef PULSE_GZIP_H
#define PULSE_GZIP_H

#include <stddef.h>
#include <stdint.h>

/* gzip of bytes, or (bytes NULL) of as many zeros; allocated. */
char *gzip_pack(const char *bytes, size_t len, size_t *packed);

uint32_t gzip_crc32(const void *bytes, size_t len);

#endif
