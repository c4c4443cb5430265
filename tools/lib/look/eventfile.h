/*
 * eventfile - events.ndjson line by line: the older file, then the present one,
 * then whatever takes its name.  A torn line is waited for.
 *
 *   file = eventfile_open(&rooms);
 *   while ((got = eventfile_next(file, &line)) < EVENTFILE_END) ...
 *   wait for eventfile_watch's descriptor, and go on
 *
 * Each event comes once: a line that is none is passed over, and one whose seq
 * was there before.  Another gen counts anew.
 */
#ifndef PULSE_EVENTFILE_H
#define PULSE_EVENTFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "jobs/journal.h"
#include "jobs/rooms.h"

/* GEN-SEQ: gen "" is none. */
struct eventfile_position {
	char gen[JOURNAL_GEN];
	int64_t seq;
};
enum { EVENTFILE_POSITION = JOURNAL_GEN + 24 };
bool eventfile_parse(const char *text, struct eventfile_position *position);
void eventfile_print(const struct eventfile_position *position,
		     char text[EVENTFILE_POSITION]);

struct eventfile_line {
	const char *text; /* without its line feed; until the next call */
	size_t len;
	bool opened;	 /* the head of a file */
	const char *gen; /* "" before the first head; likewise */
	int64_t seq;	 /* of a head: the first that follows, -1: not said */
};

enum eventfile_got {
	EVENTFILE_LINE,
	EVENTFILE_LATER, /* a piece of the file was passed over: call again */
	EVENTFILE_END,	 /* for now */
	EVENTFILE_FAILED /* errno; reading on may work */
};

struct eventfile;

/* rooms must outlive it.  Files that are not there may come. */
struct eventfile *eventfile_open(const struct rooms *rooms);
enum eventfile_got eventfile_next(struct eventfile *file,
				  struct eventfile_line *line);
void eventfile_close(struct eventfile *file);

/* Has an inotify descriptor wake for the next line; again after each wake, for
 * the file may be another. */
void eventfile_watch(const struct rooms *rooms, int inotify);

#endif
