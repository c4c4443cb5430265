/*
 * feed - the events after a position, in order and without a gap: from
 * events.ndjson where it holds them, else from state.db.
 *
 *   feed = feed_open(&rooms, &after);       NULL: from where the log begins
 *   switch (feed_next(feed, &line)) ...
 *   feed_close(feed)
 *
 * One call reads a bounded piece, so that a long way back stops nobody else.
 * After FEED_NONE eventfile_watch wakes for more.
 */
#ifndef PULSE_FEED_H
#define PULSE_FEED_H

#include <stddef.h>

#include "jobs/rooms.h"
#include "look/eventfile.h"

enum feed_got {
	FEED_LINE,
	FEED_LATER, /* call again, when others have had their turn */
	FEED_NONE,  /* for now */
	FEED_LOST   /* what follows the position is not held: a gap, or another
		     * gen.  feed_at says from where it goes on. */
};

struct feed_line {
	const char *text; /* without a line feed; until the next call */
	size_t len;
};

struct feed;

/* rooms must outlive it. */
struct feed *feed_open(const struct rooms *rooms,
		       const struct eventfile_position *after);
enum feed_got feed_next(struct feed *feed, struct feed_line *line);
/* Of the last line given; gen "": there has been no log so far. */
const struct eventfile_position *feed_at(const struct feed *feed);
void feed_close(struct feed *feed);

#endif
