/*
 * whole - bytes written and files read whole: no short write, no short read,
 * no call that a signal cut off.
 */
#ifndef PULSE_WHOLE_H
#define PULSE_WHOLE_H

#include <stddef.h>

/* 0, or -1 with errno: some of it may be written. */
int whole_write(int fd, const void *bytes, size_t len);

/* All that is left to read, NUL-ended and allocated; len may be NULL.  NULL
 * with errno; EFBIG: it is more than most. */
char *whole_read(int fd, size_t most, size_t *len);

/* The same of a file. */
char *whole_file(const char *path, size_t most, size_t *len);

/* Closes when something has failed: errno stays.  -1. */
int whole_close(int fd);

#endif
