/*
 * runlog - run/ID/log: what a pipeline says on stdout and stderr, each line
 * stamped with its time, the bytes else as they are.
 *
 * A line is cut at 8 KiB.  At 16 MiB the file becomes log.1, in the place of
 * an older log.1.  A full disk never holds the pipeline up: lines are dropped
 * and counted, and the log says how many once it can be written again.  The
 * file is made with its first line.
 */
#ifndef PULSE_RUNLOG_H
#define PULSE_RUNLOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RUNLOG_LAST = 512 };

struct runlog;

/* folder stays the caller's.  loud: the lines go to stderr too, their control
 * bytes as \xNN. */
struct runlog *runlog_open(int folder, bool loud);
void runlog_take(struct runlog *log, const char *bytes, size_t len);
/* A line of our own. */
void runlog_say(struct runlog *log, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void runlog_end(struct runlog *log); /* an unfinished line is written too */
/* The beginning of the last line of the pipeline that is not blank, or "". */
const char *runlog_last(const struct runlog *log);
/* Lines that are in no file. */
uint64_t runlog_dropped(const struct runlog *log);
void runlog_close(struct runlog *log);

#endif
