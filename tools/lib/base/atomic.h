/*
 * atomic - replace a small file whole.
 *
 * Written beside as .NAME.PID, fsynced, renamed over NAME, folder fsynced: a
 * reader, and a crash at any point, sees the old content or the new, never
 * part of either.  A crash may leave the .NAME.PID behind; it is harmless.
 * The calls return 0, or -1 with errno set and the old file untouched.
 */
#ifndef PULSE_ATOMIC_H
#define PULSE_ATOMIC_H

#include <stddef.h>

int atomic_replace(int dir, const char *name, const void *bytes, size_t len);

/* The same by its path; folders above it that are missing are made, 0700. */
int atomic_write(const char *path, const void *bytes, size_t len);

/* Makes the names in a folder durable. */
int atomic_sync_dir(int dir);

#endif
