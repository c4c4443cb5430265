/*
 * logshow - the lines of a log as somebody wants to see them: only the last
 * ones, only those since a time, and for a terminal without anything that
 * could act on it.
 *
 *   struct logshow show = { .out = stdout, .since = 0, .terminal = true };
 *   logshow_keep(&show, 100);       only the last 100 of what comes ...
 *   logshow_line(&show, line, len); each line (a logtail_line)
 *   logshow_release(&show);         ... prints them; then all that come
 */
#ifndef PULSE_LOGSHOW_H
#define PULSE_LOGSHOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct logshow_kept {
	char *text;
	size_t len;
};

struct logshow {
	FILE *out;
	int64_t since; /* ms, 0: all */
	bool terminal; /* control bytes but tabs as \xNN */
	/* Its own: */
	bool skipping;
	struct logshow_kept *ring; /* NULL: lines are printed as they come */
	size_t size, seen;
};

void logshow_keep(struct logshow *show, size_t lines);
void logshow_line(void *show, const char *line, size_t len);
void logshow_release(struct logshow *show);

#endif
