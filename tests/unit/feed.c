/* feed: the events after a position, without a gap, wherever they stand. */
#include "web/feed.h"
#include "check.h"
#include "scratch.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "jobs/events.h"
#include "jobs/journal.h"

static void
sweep(void)
{
	DIR *dir = opendir(".");
	struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.')
			unlink(entry->d_name);
	if (dir != NULL)
		closedir(dir);
}

static void
append(const char *file, const char *text)
{
	FILE *out = fopen(file, "a");

	if (out != NULL) {
		fputs(text, out);
		fclose(out);
	}
}

static void
write_log(const char *file, const char *gen, int first, int last)
{
	char line[128];
	int i;

	snprintf(line, sizeof(line),
		 "{\"type\":\"log_opened\",\"gen\":\"%s\",\"first\":%d}\n", gen,
		 first);
	append(file, line);
	for (i = first; i <= last; i++) {
		snprintf(line, sizeof(line), "{\"seq\":%d}\n", i);
		append(file, line);
	}
}

/* What it gives, such as "3 4 lost 9 none"; pieces in between are passed. */
static const char *
told(struct feed *feed, char text[256])
{
	enum feed_got got = FEED_LATER;
	struct feed_line line;
	size_t len = 0;

	text[0] = '\0';
	while (got != FEED_NONE && len < 200) {
		got = feed_next(feed, &line);
		if (got == FEED_LINE)
			len += (size_t)snprintf(text + len, 256 - len, "%lld ",
						(long long)feed_at(feed)->seq);
		else if (got != FEED_LATER)
			len += (size_t)snprintf(text + len, 256 - len, "%s",
						got == FEED_NONE ? "none"
								 : "lost ");
	}
	return text;
}

static int
from(const struct rooms *rooms, const char *after, const char *expected)
{
	struct eventfile_position at = { .seq = 0 };
	struct feed *feed;
	char text[256];

	CHECK(after == NULL || eventfile_parse(after, &at));
	feed = feed_open(rooms, after == NULL ? NULL : &at);
	if (strcmp(told(feed, text), expected) != 0)
		printf("after %s: %s, not %s\n", after, text, expected);
	CHECK(strcmp(text, expected) == 0);
	feed_close(feed);
	return 0;
}

static int
the_log_is_read_from_a_position(const struct rooms *rooms)
{
	sweep();
	write_log("events.ndjson.1", "old", 1, 3);
	write_log("events.ndjson.1", "new", 1, 4);
	write_log("events.ndjson", "new", 5, 6);
	append("events.ndjson", "no line\n{\"seq\":3}\n{\"seq\":7");
	CHECK(from(rooms, "new-0", "1 2 3 4 5 6 none") == 0);
	CHECK(from(rooms, "new-3", "4 5 6 none") == 0);
	CHECK(from(rooms, "new-6", "none") == 0);
	CHECK(from(rooms, "new-7", "lost none") == 0);
	CHECK(from(rooms, "old-3", "lost 1 2 3 4 5 6 none") == 0);
	CHECK(from(rooms, "other-3", "lost none") == 0);
	CHECK(from(rooms, NULL, "1 2 3 lost 1 2 3 4 5 6 none") == 0);
	return 0;
}

static int
what_comes_is_followed(const struct rooms *rooms)
{
	struct feed *feed;
	char text[256];

	sweep();
	feed = feed_open(rooms, NULL);
	CHECK(strcmp(told(feed, text), "none") == 0);
	CHECK(*feed_at(feed)->gen == '\0');
	write_log("events.ndjson", "gen", 1, 2);
	CHECK(strcmp(told(feed, text), "1 2 none") == 0);
	append("events.ndjson", "{\"se");
	CHECK(strcmp(told(feed, text), "none") == 0);
	append("events.ndjson", "q\":3}\n");
	CHECK(strcmp(told(feed, text), "3 none") == 0);
	/* cut torn, and gone on with a longer line */
	append("events.ndjson", "{\"seq\":9");
	CHECK(strcmp(told(feed, text), "none") == 0);
	CHECK(truncate("events.ndjson", 76) == 0);
	CHECK(strcmp(told(feed, text), "none") == 0);
	append("events.ndjson", "{\"seq\":4}\n");
	CHECK(strcmp(told(feed, text), "4 none") == 0);
	/* rotation, with lines that came before it was seen */
	append("events.ndjson", "{\"seq\":5}\n");
	rename("events.ndjson", "events.ndjson.1");
	write_log("events.ndjson", "gen", 6, 6);
	CHECK(strcmp(told(feed, text), "5 6 none") == 0);
	/* lines that nobody has any more */
	append("events.ndjson", "{\"seq\":9}\n{\"seq\":10}\n");
	CHECK(strcmp(told(feed, text), "lost 10 none") == 0);
	unlink("events.ndjson");
	write_log("events.ndjson", "other", 1, 1);
	CHECK(strcmp(told(feed, text), "lost 1 none") == 0);
	CHECK(strcmp(feed_at(feed)->gen, "other") == 0);
	feed_close(feed);
	return 0;
}

static int
add(struct journal *journal, int count)
{
	struct journal_event event = { .at = 1795608000000,
				       .type = "job_queued",
				       .client = 1,
				       .job = "a",
				       .from = STATES_FINISHED,
				       .to = STATES_PENDING };

	CHECK(journal_begin(journal) == 0);
	while (count-- > 0)
		CHECK(journal_add_event(journal, &event) == 0);
	CHECK(journal_commit(journal) == 0);
	return 0;
}

/* A position in a gen, as text. */
static const char *
after(struct journal *journal, int seq, char text[64])
{
	snprintf(text, 64, "%s-%d", journal_gen(journal), seq);
	return text;
}

static int
the_table_fills_what_the_log_lacks(const struct rooms *rooms)
{
	struct journal *journal;
	enum outcome_class class;
	char *why = NULL, at[64], text[256];
	struct feed *feed;

	sweep();
	journal = journal_open("state.db", true, &why, &class);
	CHECK(journal != NULL && add(journal, 6) == 0);
	/* no log at all */
	CHECK(from(rooms, after(journal, 3, at), "4 5 6 none") == 0);
	CHECK(from(rooms, after(journal, 6, at), "none") == 0);
	CHECK(from(rooms, after(journal, 7, at), "lost none") == 0);
	CHECK(from(rooms, "other-3", "lost none") == 0);
	feed = feed_open(rooms, NULL);
	CHECK(strcmp(told(feed, text), "none") == 0);
	CHECK(feed_at(feed)->seq == 6);
	/* one that begins late, with a hole in it */
	write_log("events.ndjson", journal_gen(journal), 3, 4);
	append("events.ndjson", "{\"seq\":6}\n");
	CHECK(add(journal, 1) == 0);
	append("events.ndjson", "{\"seq\":7}\n");
	CHECK(strcmp(told(feed, text), "7 none") == 0);
	feed_close(feed);
	CHECK(from(rooms, after(journal, 0, at), "1 2 3 4 5 6 7 none") == 0);
	CHECK(from(rooms, after(journal, 2, at), "3 4 5 6 7 none") == 0);
	CHECK(from(rooms, after(journal, 8, at), "lost none") == 0);
	journal_close(journal);
	return 0;
}

static int
a_long_way_is_gone_in_pieces(const struct rooms *rooms)
{
	struct eventfile_position at = { .gen = "gen", .seq = 29999 };
	struct feed *feed;
	struct feed_line line;
	enum feed_got got;
	int pieces = 0;

	sweep();
	write_log("events.ndjson", "gen", 1, 30000);
	feed = feed_open(rooms, &at);
	while ((got = feed_next(feed, &line)) == FEED_LATER)
		pieces++;
	CHECK(got == FEED_LINE && feed_at(feed)->seq == 30000);
	CHECK(line.len == strlen("{\"seq\":30000}"));
	CHECK(pieces >= 29);
	CHECK(feed_next(feed, &line) == FEED_NONE);
	feed_close(feed);
	return 0;
}

static int
positions_are_read(void)
{
	struct eventfile_position at;
	char text[EVENTFILE_POSITION];

	CHECK(eventfile_parse("0a-b-12", &at) && at.seq == 12);
	eventfile_print(&at, text);
	CHECK(strcmp(text, "0a-b-12") == 0);
	CHECK(!eventfile_parse("", &at) && !eventfile_parse("-1", &at));
	CHECK(!eventfile_parse("a", &at) && !eventfile_parse("a-", &at));
	CHECK(!eventfile_parse("a-+1", &at) && !eventfile_parse("a-1 ", &at));
	CHECK(!eventfile_parse("a-99999999999999999999", &at));
	CHECK(!eventfile_parse("0123456789012345678901234567890123456789-1",
			       &at));
	return 0;
}

int
main(void)
{
	struct rooms rooms = { .spool = -1 };
	char folder[SCRATCH_SIZE];
	int failed;

	if (scratch_enter(folder, "feed") != 0)
		return 1;
	rooms.path = folder;
	rooms.spool = open(".", O_RDONLY);
	failed = positions_are_read() ||
		 the_log_is_read_from_a_position(&rooms) ||
		 what_comes_is_followed(&rooms) ||
		 the_table_fills_what_the_log_lacks(&rooms) ||
		 a_long_way_is_gone_in_pieces(&rooms);
	close(rooms.spool);
	sweep();
	return rmdir(folder) != 0 || failed;
}
