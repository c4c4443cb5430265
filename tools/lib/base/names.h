/*
 * names - outside names (organisation, repository, project, job) become file
 * names here and nowhere else.  pure.
 *
 * Kept are letters, digits, `.`, `_`, `-`, not `.` or `-` in front, at most
 * 100 bytes; every other byte becomes %XX.  A name that would grow beyond 100
 * bytes is cut and ends in `%` and 16 hex digits of its hash, so that no two
 * names meet in one file.  The empty name becomes `%`.
 */
#ifndef PULSE_NAMES_H
#define PULSE_NAMES_H

#include <stdbool.h>

enum { NAMES_SIZE = 104 };

void names_file(const char *outside, char out[NAMES_SIZE]);

/* A job or queue name: ^[a-z][a-z0-9_-]{0,62}$ */
bool names_is_job(const char *name);

#endif
