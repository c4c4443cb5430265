/*
 * logtail - the lines of run/ID/log with the log.1 before it, and those that
 * come while it is read, also across its rotation.
 *
 *   tail = logtail_open(folder);
 *   logtail_read(tail, each, arg);     all whole lines so far; again for more
 *   logtail_rest(tail, each, arg);     an unfinished one, once nobody writes
 *   logtail_close(tail);
 *
 * Lines are given without their line feed, borrowed for the call.
 */
#ifndef PULSE_LOGTAIL_H
#define PULSE_LOGTAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct logtail;

typedef void logtail_line(void *arg, const char *line, size_t len);

struct logtail *logtail_open(int folder); /* the folder stays the caller's */
/* 0, or -1 with errno. */
int logtail_read(struct logtail *tail, logtail_line *each, void *arg);
void logtail_rest(struct logtail *tail, logtail_line *each, void *arg);
void logtail_close(struct logtail *tail);

/* The time that a line is stamped with; false: it has no stamp. */
bool logtail_stamp(const char *line, size_t len, int64_t *at);

#endif
