#include "web/feed.h"

#include <stdlib.h>
#include <string.h>

#include "base/jsonw.h"
#include "base/msg.h"
#include "jobs/events.h"
#include "jobs/journal.h"

enum { PASSED = 1024 /* lines in one call */ };

struct feed {
	const struct rooms *rooms;
	struct eventfile *file;
	struct eventfile_position at;
	bool met;		 /* the file has come to a line of this gen */
	bool sure;		 /* what follows is held, or is yet to come */
	bool searched;		 /* without a log, state.db for a position */
	struct journal *journal; /* while state.db is read */
	struct jsonw row;
};

struct feed *
feed_open(const struct rooms *rooms, const struct eventfile_position *after)
{
	struct feed *feed = msg_calloc(1, sizeof(*feed));

	feed->rooms = rooms;
	feed->file = eventfile_open(rooms);
	feed->sure = after == NULL;
	if (after != NULL)
		feed->at = *after;
	return feed;
}

void
feed_close(struct feed *feed)
{
	if (feed == NULL)
		return;
	eventfile_close(feed->file);
	journal_close(feed->journal);
	jsonw_free(&feed->row);
	free(feed);
}

const struct eventfile_position *
feed_at(const struct feed *feed)
{
	return &feed->at;
}

static struct journal *
open_journal(const struct feed *feed)
{
	char *path = msg_text("%s/state.db", feed->rooms->path), *why = NULL;
	enum outcome_class class;
	struct journal *journal = journal_glance(path, &why, &class);

	free(path);
	free(why);
	return journal;
}

/* Does state.db hold what follows the position?  It is open then. */
static bool
open_table(struct feed *feed)
{
	int64_t first = 0, last = 0;
	bool held;

	feed->journal = open_journal(feed);
	held = feed->journal != NULL &&
	       strcmp(journal_gen(feed->journal), feed->at.gen) == 0 &&
	       journal_events(feed->journal, &first, &last) == 0 &&
	       first <= feed->at.seq + 1 && feed->at.seq <= last;
	if (!held) {
		journal_close(feed->journal);
		feed->journal = NULL;
	}
	return held;
}

static bool
write_row(void *arg, const struct journal_event *event)
{
	struct feed *feed = arg;

	events_write(&feed->row, event);
	feed->at.seq = event->seq;
	return false;
}

/* FEED_NONE: the table has no more, it is closed. */
static enum feed_got
next_row(struct feed *feed, struct feed_line *line)
{
	int failed;

	jsonw_reset(&feed->row);
	failed = journal_each_event(feed->journal, feed->at.seq, 1, write_row,
				    feed);
	if (!failed && feed->row.len > 0) {
		*line = (struct feed_line){ feed->row.text, feed->row.len };
		return FEED_LINE;
	}
	journal_close(feed->journal);
	feed->journal = NULL;
	return failed ? FEED_LOST : FEED_NONE;
}

static void
move_to(struct feed *feed, const char *gen, int64_t seq)
{
	memcpy(feed->at.gen, gen, strlen(gen) + 1);
	feed->at.seq = seq;
	feed->met = feed->sure = true;
}

/* The head of a file.  A gen before ours is passed over; one after it is
 * another database. */
static enum feed_got
take_head(struct feed *feed, const struct eventfile_line *head)
{
	bool begins = *feed->at.gen == '\0' && feed->at.seq == 0;

	if (strcmp(head->gen, feed->at.gen) == 0) {
		feed->met = true;
		return FEED_LATER;
	}
	if (!begins && !feed->met)
		return FEED_LATER;
	move_to(feed, head->gen, head->seq > 0 ? head->seq - 1 : 0);
	return begins ? FEED_LATER : FEED_LOST;
}

/* FEED_LATER: passed over. */
static enum feed_got
take_event(struct feed *feed, const struct eventfile_line *found,
	   struct feed_line *line)
{
	if (strcmp(found->gen, feed->at.gen) != 0)
		return FEED_LATER;
	feed->met = true;
	if (found->seq == feed->at.seq)
		feed->sure = true;
	if (found->seq <= feed->at.seq)
		return FEED_LATER;
	if (found->seq == feed->at.seq + 1) {
		move_to(feed, found->gen, found->seq);
		*line = (struct feed_line){ found->text, found->len };
		return FEED_LINE;
	}
	if (open_table(feed) && next_row(feed, line) == FEED_LINE)
		return FEED_LINE;
	move_to(feed, found->gen, found->seq);
	return FEED_LOST;
}

/* There is no log, but there was one: it will be written again from where
 * state.db stands. */
static void
search(struct feed *feed)
{
	struct journal *journal = open_journal(feed);
	int64_t first, last;

	feed->searched = true;
	if (journal != NULL && journal_events(journal, &first, &last) == 0)
		move_to(feed, journal_gen(journal), last);
	journal_close(journal);
}

/* The file holds neither the position nor what follows it: the table may. */
static enum feed_got
end_of_file(struct feed *feed, struct feed_line *line)
{
	if (*feed->at.gen == '\0' && !feed->searched)
		search(feed);
	if (feed->sure)
		return FEED_NONE;
	feed->met = feed->sure = true;
	return open_table(feed) ? next_row(feed, line) : FEED_LOST;
}

static enum feed_got
from_file(struct feed *feed, struct feed_line *line)
{
	struct eventfile_line found;
	enum feed_got got = FEED_LATER;
	int passed = 0;

	while (got == FEED_LATER && passed++ < PASSED) {
		switch (eventfile_next(feed->file, &found)) {
		case EVENTFILE_LINE:
			got = found.opened ? take_head(feed, &found)
					   : take_event(feed, &found, line);
			break;
		case EVENTFILE_LATER:
			return FEED_LATER;
		default:
			return end_of_file(feed, line);
		}
	}
	return got;
}

enum feed_got
feed_next(struct feed *feed, struct feed_line *line)
{
	enum feed_got got = FEED_NONE;

	if (feed->journal != NULL)
		got = next_row(feed, line);
	return got == FEED_NONE ? from_file(feed, line) : got;
}
