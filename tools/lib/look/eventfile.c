#include "look/eventfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/msg.h"
#include "records/json.h"

enum { CHUNK = 65536 };

static const char name[] = "events.ndjson";
static const char old_name[] = "events.ndjson.1";

enum { SEQ, TYPE, GEN, FIRST, PATHS };
static const char *const wanted[PATHS] = { "seq", "type", "gen", "first" };

struct eventfile {
	const struct rooms *rooms;
	struct json_paths *paths;
	int fd;	    /* of the file that is read, -1: none yet */
	int behind; /* of the one that was present when the older was begun */
	off_t at;   /* of what has been read */
	char *bytes;
	size_t size, begin, end; /* what is read and was not handed out */
	char gen[JOURNAL_GEN];
	int64_t last; /* seq handed out */
};

bool
eventfile_parse(const char *text, struct eventfile_position *position)
{
	const char *dash = strrchr(text, '-');
	char *end;

	if (dash == NULL || dash == text || dash - text >= JOURNAL_GEN ||
	    dash[1] < '0' || dash[1] > '9')
		return false;
	*position = (struct eventfile_position){ .seq = 0 };
	memcpy(position->gen, text, (size_t)(dash - text));
	errno = 0;
	position->seq = strtoll(dash + 1, &end, 10);
	return *end == '\0' && errno == 0;
}

void
eventfile_print(const struct eventfile_position *position,
		char text[EVENTFILE_POSITION])
{
	snprintf(text, EVENTFILE_POSITION, "%s-%lld", position->gen,
		 (long long)position->seq);
}

static int
open_named(const struct rooms *rooms, const char *which)
{
	return openat(rooms->spool, which,
		      O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
}

static bool
are_the_same(int a, int b)
{
	struct stat x, y;

	return a >= 0 && b >= 0 && fstat(a, &x) == 0 && fstat(b, &y) == 0 &&
	       x.st_ino == y.st_ino && x.st_dev == y.st_dev;
}

static void
turn_to(struct eventfile *file, int fd)
{
	if (file->fd >= 0)
		close(file->fd);
	file->fd = fd;
	file->at = 0;
	file->begin = file->end = 0;
}

struct eventfile *
eventfile_open(const struct rooms *rooms)
{
	struct eventfile *file = msg_calloc(1, sizeof(*file));

	file->rooms = rooms;
	file->paths = json_paths(wanted, PATHS);
	file->behind = open_named(rooms, name);
	file->fd = open_named(rooms, old_name);
	if (are_the_same(file->fd, file->behind)) { /* rotated in between */
		close(file->behind);
		file->behind = open_named(rooms, name);
	}
	return file;
}

void
eventfile_close(struct eventfile *file)
{
	if (file == NULL)
		return;
	turn_to(file, -1);
	if (file->behind >= 0)
		close(file->behind);
	json_paths_free(file->paths);
	free(file->bytes);
	free(file);
}

/* The next whole line of what has been read. */
static bool
cut_line(struct eventfile *file, struct eventfile_line *line)
{
	char *at = file->bytes + file->begin, *end;

	if (file->begin == file->end)
		return false;
	end = memchr(at, '\n', file->end - file->begin);
	if (end == NULL)
		return false;
	*line = (struct eventfile_line){ .text = at,
					 .len = (size_t)(end - at),
					 .gen = file->gen };
	file->begin += line->len + 1;
	return true;
}

static void
take_head(struct eventfile *file, struct eventfile_line *line,
	  const struct json_span *spans)
{
	size_t len = spans[GEN].len;

	line->opened = true;
	if (!json_int(&spans[FIRST], &line->seq))
		line->seq = -1;
	if (spans[GEN].type != JSON_STRING || len >= sizeof(file->gen))
		return;
	if (strlen(file->gen) != len ||
	    memcmp(file->gen, spans[GEN].at, len) != 0)
		file->last = 0;
	memcpy(file->gen, spans[GEN].at, len);
	file->gen[len] = '\0';
}

/* False: it is no line of the log, or was handed out before. */
static bool
understand(struct eventfile *file, struct eventfile_line *line)
{
	struct json_span spans[PATHS];
	struct json_error error;

	if (json_scan(file->paths, line->text, line->len, spans, &error) != 0)
		return false;
	if (json_is(&spans[TYPE], "log_opened")) {
		take_head(file, line, spans);
		return true;
	}
	if (!json_int(&spans[SEQ], &line->seq) || line->seq <= file->last)
		return false;
	file->last = line->seq;
	return true;
}

static void
make_room(struct eventfile *file)
{
	size_t left = file->end - file->begin;

	if (file->begin > 0)
		memmove(file->bytes, file->bytes + file->begin, left);
	file->begin = 0;
	file->end = left;
	if (file->size - left < CHUNK)
		file->bytes =
			msg_realloc(file->bytes, file->size = left + CHUNK);
}

/* One piece more: its length, 0 at the end.  A file that has become shorter
 * lost a torn line. */
static ssize_t
read_piece(struct eventfile *file)
{
	struct stat st;
	ssize_t n;

	if (file->fd < 0)
		return 0;
	if (fstat(file->fd, &st) == 0 && st.st_size < file->at) {
		file->at = st.st_size;
		file->begin = file->end = 0;
	}
	make_room(file);
	n = pread(file->fd, file->bytes + file->end, CHUNK, file->at);
	if (n > 0) {
		file->end += (size_t)n;
		file->at += n;
	}
	return n;
}

/* At the end of a file: is there another to go on with? */
static bool
turn_page(struct eventfile *file)
{
	int next = file->behind;

	file->behind = -1;
	if (next < 0)
		next = open_named(file->rooms, name);
	if (next < 0 || are_the_same(next, file->fd)) {
		if (next >= 0)
			close(next);
		return false;
	}
	file->behind = next;
	return true;
}

/* The one that bears the name now was opened before this: what the old one
 * got since it was last read is all that it ever gets. */
static enum eventfile_got
go_on(struct eventfile *file)
{
	ssize_t n = read_piece(file);

	if (n < 0)
		return EVENTFILE_FAILED;
	if (n > 0)
		return EVENTFILE_LATER;
	if (file->behind >= 0) {
		turn_to(file, file->behind);
		file->behind = -1;
		return EVENTFILE_LATER;
	}
	return turn_page(file) ? EVENTFILE_LATER : EVENTFILE_END;
}

enum eventfile_got
eventfile_next(struct eventfile *file, struct eventfile_line *line)
{
	enum eventfile_got got = EVENTFILE_LATER;
	int pieces = 0;

	while (got == EVENTFILE_LATER) {
		while (cut_line(file, line))
			if (understand(file, line))
				return EVENTFILE_LINE;
		if (pieces++ == 4)
			return EVENTFILE_LATER;
		got = go_on(file);
	}
	return got;
}

void
eventfile_watch(const struct rooms *rooms, int inotify)
{
	char path[4096];

	inotify_add_watch(inotify, rooms->path,
			  IN_CREATE | IN_MOVED_TO | IN_ONLYDIR);
	if (snprintf(path, sizeof(path), "%s/%s", rooms->path, name) <
	    (int)sizeof(path))
		inotify_add_watch(inotify, path, IN_MODIFY | IN_DONT_FOLLOW);
}
