/*
 * logspan - a run's log as one row of bytes, log.1 before log, and positions in
 * it that stay right when the log is rotated.
 *
 *   logspan_open(&span, folder);
 *   at = logspan_find(&span, "1795608000123-4096");
 *   n = logspan_read(&span, at, bytes, size);
 *   logspan_position(&span, at + n, text);
 *   logspan_close(&span);
 *
 * A position is STAMP-OFFSET: the stamp of the first line of the file, in ms
 * since the epoch, and the bytes before it in that file.  A file that becomes
 * log.1 keeps its first line, and so its positions.  0-0 is the beginning,
 * whatever that is by now.  One in a file that has been dropped means the
 * beginning of what is left.
 *
 * What was there when it was opened is what it holds: lines that come later are
 * in the next one.
 */
#ifndef PULSE_LOGSPAN_H
#define PULSE_LOGSPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LOGSPAN_FILES = 2, LOGSPAN_POSITION = 48 };

struct logspan {
	size_t count;
	int64_t end; /* of the last byte: its bytes in all */
	struct logspan_file {
		int fd;
		int64_t stamp, begin, size;
	} files[LOGSPAN_FILES]; /* the older one first */
};

/* 0, also when the run has said nothing; -1 with errno. */
int logspan_open(struct logspan *span, int folder);
void logspan_close(struct logspan *span);

/* pure: has the text the form of a position? */
bool logspan_is_position(const char *text);
/* Where it is; the beginning when it has no such form. */
int64_t logspan_find(const struct logspan *span, const char *position);
void logspan_position(const struct logspan *span, int64_t at,
		      char out[LOGSPAN_POSITION]);

/* Up to size bytes from there, fewer only at the end; -1 with errno. */
int64_t logspan_read(const struct logspan *span, int64_t at, char *out,
		     size_t size);

/* The beginning of the line that `at` is in; at itself when one begins there.
 * The others are such beginnings too. */
int64_t logspan_line(const struct logspan *span, int64_t at);
/* That of the first line from there on. */
int64_t logspan_next_line(const struct logspan *span, int64_t at);
/* So many lines before `end`, but not before `least`. */
int64_t logspan_back(const struct logspan *span, int64_t end, int64_t least,
		     size_t lines);
/* That of the first line stamped with this time or a later one. */
int64_t logspan_since(const struct logspan *span, int64_t time);

#endif
