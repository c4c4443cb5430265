#include "jobs/events.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/msg.h"
#include "base/times.h"
#include "base/whole.h"
#include "records/json.h"

static const char name[] = "events.ndjson";
static const char old_name[] = "events.ndjson.1";

enum { BATCH = 256, ASIDE_TRIES = 1000, LARGEST = 4 * EVENTS_SIZE };

struct events {
	int spool; /* borrowed */
	struct journal *journal;
	int fd;	      /* -1: to be opened */
	off_t size;   /* of whole lines */
	int64_t last; /* the seq of the last of them */
	struct jsonw w;
};

static void
put_text(struct jsonw *w, const char *key, const char *text)
{
	if (text == NULL || *text == '\0')
		return;
	jsonw_key(w, key);
	jsonw_string(w, text);
}

static void
put_state(struct jsonw *w, const char *key, int state)
{
	if (state >= 0)
		put_text(w, key, states_name((enum states_state)state));
}

void
events_write(struct jsonw *w, const struct journal_event *event)
{
	jsonw_open(w, '{');
	jsonw_key(w, "seq");
	jsonw_int(w, event->seq);
	put_text(w, "type", event->type);
	put_text(w, "job_name", event->job);
	if (event->client >= 0) {
		jsonw_key(w, "client_id");
		jsonw_int(w, event->client);
	}
	put_text(w, "run_id", event->run);
	jsonw_may_put_time(w, "at", event->at);
	put_state(w, "from", event->from);
	put_state(w, "to", event->to);
	put_text(w, "reason", states_reason_name(event->reason));
	if (event->want != STATES_RUN)
		put_text(w, "want", states_want_name(event->want));
	put_text(w, "error_message", event->message);
	put_text(w, "error_class", event->class);
	jsonw_may_put_time(w, "next", event->next);
	put_text(w, "by", event->by);
	put_text(w, "command_id", event->command);
	jsonw_close(w, '}');
}

struct history {
	int64_t last; /* seq of the last line */
	size_t len;   /* of its whole lines */
};

/* One line: the first opens the log, the others count on. */
static bool
takes(const struct json_paths *paths, const char *line, size_t len,
      const char *gen, int64_t *last)
{
	struct json_span spans[4];
	struct json_error error;
	int64_t seq;

	if (json_scan(paths, line, len, spans, &error) != 0)
		return false;
	if (*last < 0) {
		if (!json_is(&spans[0], "log_opened") ||
		    !json_is(&spans[1], gen) || !json_int(&spans[2], &seq))
			return false;
		*last = seq - 1;
		return *last >= 0;
	}
	if (!json_int(&spans[3], &seq) || seq <= *last)
		return false;
	*last = seq;
	return true;
}

/* Is the file what this database has written?  A torn tail is no damage. */
static bool
examine(int fd, const char *gen, struct history *history)
{
	static const char *const want[] = { "type", "gen", "first", "seq" };
	struct json_paths *paths;
	size_t len, at = 0;
	char *text = whole_read(fd, LARGEST, &len), *end;
	bool good = text != NULL;

	*history = (struct history){ .last = -1 };
	if (!good)
		return false;
	paths = json_paths(want, 4);
	while (good && (end = memchr(text + at, '\n', len - at)) != NULL) {
		good = takes(paths, text + at, (size_t)(end - text) - at, gen,
			     &history->last);
		at = (size_t)(end - text) + 1;
	}
	history->len = at;
	json_paths_free(paths);
	free(text);
	return good;
}

/* Under a name of its own: what an earlier damage has left stays too. */
static int
set_aside(struct events *events)
{
	char bad[80], time[TIMES_SIZE];
	int tries = 0, failed;

	times_format(clock_now(), time);
	do {
		snprintf(bad, sizeof(bad), "%s.bad-%s-%d", name, time, tries);
		failed = renameat2(events->spool, name, events->spool, bad,
				   RENAME_NOREPLACE);
	} while (failed && errno == EEXIST && ++tries < ASIDE_TRIES);
	if (failed && errno == EINVAL) /* a file system without that flag */
		failed = renameat(events->spool, name, events->spool, bad);
	return failed;
}

/* Whole or not at all: what was torn is cut off again, now or before the next
 * line. */
static int
append(struct events *events, const char *line, size_t len)
{
	ssize_t n = write(events->fd, line, len);

	if (n == (ssize_t)len) {
		events->size += n;
		return 0;
	}
	if (n >= 0)
		errno = ENOSPC;
	n = errno;
	if (ftruncate(events->fd, events->size) != 0) {
		close(events->fd);
		events->fd = -1;
	}
	errno = (int)n;
	return -1;
}

static void
end_line(struct jsonw *w)
{
	w->comma = 0;
	jsonw_raw(w, "\n", 1);
	w->comma = 0;
}

/* The first seq that a new file holds. */
static int
first_after(struct events *events, int64_t *first)
{
	int64_t held, last;

	if (journal_events(events->journal, &held, &last) != 0) {
		errno = EIO;
		return -1;
	}
	*first = held > events->last ? held : events->last + 1;
	return 0;
}

static int
write_head(struct events *events)
{
	struct jsonw *w = &events->w;
	int64_t first;

	if (first_after(events, &first) != 0)
		return -1;
	jsonw_reset(w);
	jsonw_open(w, '{');
	put_text(w, "type", "log_opened");
	put_text(w, "gen", journal_gen(events->journal));
	jsonw_key(w, "first");
	jsonw_int(w, first);
	jsonw_may_put_time(w, "at", clock_now());
	jsonw_close(w, '}');
	end_line(w);
	return append(events, w->text, w->len);
}

static int
open_file(struct events *events, const char *file, int flags)
{
	return openat(events->spool, file,
		      flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
}

/* Where a file that is not there begins: after the older one, when that is of
 * this database. */
static int64_t
end_of_older(struct events *events, int64_t last)
{
	int fd = open_file(events, old_name, O_RDONLY);
	struct history history = { 0, 0 };

	if (fd < 0)
		return 0;
	if (!examine(fd, journal_gen(events->journal), &history) ||
	    history.last > last || history.last < 0)
		history.last = 0;
	close(fd);
	return history.last;
}

/* Takes up the file as it is found; false: it is not ours. */
static bool
take_up(struct events *events, int64_t last)
{
	struct history history;

	if (!examine(events->fd, journal_gen(events->journal), &history) ||
	    history.last > last)
		return false;
	events->last =
		history.last < 0 ? end_of_older(events, last) : history.last;
	events->size = (off_t)history.len;
	return ftruncate(events->fd, events->size) == 0;
}

static int
open_it(struct events *events)
{
	int64_t first, last;
	int tries;

	if (journal_events(events->journal, &first, &last) != 0) {
		errno = EIO;
		return -1;
	}
	for (tries = 0; tries < 2; tries++) {
		events->fd =
			open_file(events, name, O_RDWR | O_APPEND | O_CREAT);
		if (events->fd < 0 && errno != ELOOP && errno != EISDIR)
			return -1;
		if (events->fd >= 0 && take_up(events, last))
			return 0;
		if (events->fd >= 0)
			close(events->fd);
		events->fd = -1;
		if (set_aside(events) != 0)
			return -1;
	}
	errno = EIO;
	return -1;
}

/* Somebody removed, cut or replaced it. */
static bool
is_ours(const struct events *events)
{
	struct stat st;

	return events->fd >= 0 && fstat(events->fd, &st) == 0 &&
	       st.st_nlink > 0 && st.st_size == events->size;
}

static int
rotate(struct events *events)
{
	if (renameat(events->spool, name, events->spool, old_name) != 0)
		return -1;
	close(events->fd);
	events->size = 0;
	events->fd =
		open_file(events, name, O_RDWR | O_APPEND | O_CREAT | O_EXCL);
	return events->fd < 0 ? -1 : write_head(events);
}

struct round {
	struct events *events;
	size_t count;
	int error;
};

static bool
write_line(void *arg, const struct journal_event *event)
{
	struct round *round = arg;
	struct events *events = round->events;
	struct jsonw *w = &events->w;
	int failed = 0;

	jsonw_reset(w);
	events_write(w, event);
	end_line(w);
	if (events->size + (off_t)w->len > EVENTS_SIZE) {
		failed = rotate(events);
		jsonw_reset(w);
		events_write(w, event);
		end_line(w);
	}
	if (failed || append(events, w->text, w->len) != 0) {
		round->error = errno;
		return false;
	}
	events->last = event->seq;
	round->count++;
	return true;
}

static int
open_again(struct events *events)
{
	if (events->fd >= 0)
		close(events->fd);
	events->fd = -1;
	return open_it(events);
}

int
events_catch_up(struct events *events)
{
	struct round round = { events, BATCH, 0 };

	if (!is_ours(events) && open_again(events) != 0)
		return -1;
	if (events->size == 0 && write_head(events) != 0)
		return -1;
	while (round.count == BATCH && round.error == 0) {
		round.count = 0;
		if (journal_each_event(events->journal, events->last, BATCH,
				       write_line, &round) != 0)
			round.error = EIO;
	}
	errno = round.error;
	return round.error == 0 ? 0 : -1;
}

struct events *
events_open(const struct rooms *rooms, struct journal *journal)
{
	struct events *events = msg_calloc(1, sizeof(*events));

	events->spool = rooms->spool;
	events->journal = journal;
	events->fd = -1;
	events_catch_up(events);
	return events;
}

void
events_close(struct events *events)
{
	if (events == NULL)
		return;
	if (events->fd >= 0)
		close(events->fd);
	jsonw_free(&events->w);
	free(events);
}
