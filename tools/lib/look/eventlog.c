#include "look/eventlog.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/listing.h"
#include "base/msg.h"
#include "base/times.h"
#include "look/phrase.h"
#include "records/json.h"

enum { LAST = 10, CHUNK = 65536 };

enum {
	SEQ,
	TYPE,
	JOB,
	CLIENT,
	AT,
	FROM,
	TO,
	REASON,
	WANT,
	MESSAGE,
	CLASS,
	BY,
	GEN,
	FIRST,
	PATHS
};

static const char *const paths_wanted[PATHS] = {
	"seq",	  "type", "job_name",	   "client_id",	  "at", "from", "to",
	"reason", "want", "error_message", "error_class", "by", "gen",	"first"
};

struct tail {
	const struct rooms *rooms;
	const struct eventlog_options *options;
	FILE *out;
	struct json_paths *paths;
	int fd;
	off_t at; /* of what has been read */
	char *line;
	size_t len, size;	/* of the line under way */
	int64_t last;		/* seq of the last line printed or passed */
	char gen[JOURNAL_GEN];	/* of that */
	char only[JOURNAL_GEN]; /* lines of another gen are passed over */
	int64_t first;		/* the first seq seen; -1: none yet */
	bool quiet;		/* passes over, prints nothing */
};

static void
put(FILE *out, const char *before, const struct json_span *span)
{
	char *text = span->type == JSON_STRING ? json_text(span) : NULL;

	if (text != NULL && *text != '\0') {
		fputs(before, out);
		listing_show(out, text, strlen(text));
	}
	free(text);
}

static void
put_time(FILE *out, const struct json_span *span)
{
	char text[PHRASE_SHORT] = "-";
	int64_t ms;

	if (span->type == JSON_STRING && times_parse(span->at, span->len, &ms))
		phrase_stamp(ms, text);
	fputs(text, out);
}

static bool
are_equal(const struct json_span *a, const struct json_span *b)
{
	return a->type == b->type && a->len == b->len &&
	       memcmp(a->at, b->at, a->len) == 0;
}

/* Does it go from one state to another? */
static bool
moves(const struct json_span *spans)
{
	return spans[FROM].type == JSON_STRING &&
	       !are_equal(&spans[FROM], &spans[TO]);
}

/* 2026-11-24 12:05:33 github_job RUNNING -> ERROR (retry) disk: ... by anna */
static void
print_for_people(FILE *out, const struct json_span *spans)
{
	int64_t client;

	put_time(out, &spans[AT]);
	put(out, " ", &spans[JOB]);
	if (json_int(&spans[CLIENT], &client) && client > 1)
		fprintf(out, " of client %lld", (long long)client);
	if (spans[TO].type != JSON_STRING)
		put(out, " ", &spans[TYPE]);
	else if (!are_equal(&spans[FROM], &spans[TO]))
		put(out, " ", &spans[FROM]);
	put(out, moves(spans) ? " -> " : " ", &spans[TO]);
	put(out, " ", &spans[REASON]);
	put(out, " asked to ", &spans[WANT]);
	put(out, " ", &spans[CLASS]);
	put(out, ": ", &spans[MESSAGE]);
	put(out, " by ", &spans[BY]);
	fputc('\n', out);
}

static bool
is_wanted(const struct overview_ask *ask, const struct json_span *spans)
{
	const char *const *name = ask->jobs;
	int64_t client = -1;

	if (ask->client >= 0 &&
	    (!json_int(&spans[CLIENT], &client) || client != ask->client))
		return false;
	if (name == NULL || *name == NULL)
		return true;
	while (*name != NULL && !json_is(&spans[JOB], *name))
		name++;
	return *name != NULL;
}

static void
open_log(struct tail *tail, const struct json_span *spans)
{
	size_t len = spans[GEN].len;
	int64_t first;

	if (spans[GEN].type != JSON_STRING || len >= sizeof(tail->gen))
		return;
	if (strlen(tail->gen) != len ||
	    memcmp(tail->gen, spans[GEN].at, len) != 0) {
		tail->first = -1;
		if (*tail->only == '\0')
			tail->last = 0; /* another database counts anew */
	}
	memcpy(tail->gen, spans[GEN].at, len);
	tail->gen[len] = '\0';
	if (tail->first < 0 && json_int(&spans[FIRST], &first))
		tail->first = first;
}

static bool
is_other(const struct tail *tail)
{
	return *tail->only != '\0' && strcmp(tail->only, tail->gen) != 0;
}

/* A line that is none, or that was printed before, is passed over. */
static void
take_line(struct tail *tail, const char *line, size_t len)
{
	const struct eventlog_options *options = tail->options;
	struct json_span spans[PATHS];
	struct json_error error;
	bool opened;
	int64_t seq = 0;

	if (json_scan(tail->paths, line, len, spans, &error) != 0)
		return;
	opened = json_is(&spans[TYPE], "log_opened");
	if (opened)
		open_log(tail, spans);
	if (is_other(tail) ||
	    (!opened && (!json_int(&spans[SEQ], &seq) || seq <= tail->last)))
		return;
	if (!opened)
		tail->last = seq;
	if (tail->quiet || (opened && !options->json) ||
	    (!opened && !is_wanted(options->ask, spans)))
		return;
	if (options->json)
		fprintf(tail->out, "%.*s\n", (int)len, line);
	else
		print_for_people(tail->out, spans);
}

static void
take_bytes(struct tail *tail, const char *bytes, size_t len)
{
	const char *end;

	while ((end = memchr(bytes, '\n', len)) != NULL) {
		size_t n = (size_t)(end - bytes);

		if (tail->len + n >= tail->size)
			tail->line = msg_realloc(
				tail->line, tail->size = tail->len + n + 1024);
		memcpy(tail->line + tail->len, bytes, n);
		take_line(tail, tail->line, tail->len + n);
		tail->len = 0;
		bytes += n + 1;
		len -= n + 1;
	}
	if (tail->len + len >= tail->size)
		tail->line = msg_realloc(tail->line,
					 tail->size = tail->len + len + 1024);
	memcpy(tail->line + tail->len, bytes, len);
	tail->len += len;
}

/* Reads up to the end.  A file that has become shorter lost a torn line. */
static int
read_on(struct tail *tail)
{
	char bytes[CHUNK];
	struct stat st;
	ssize_t n;

	if (tail->fd < 0)
		return 0;
	if (fstat(tail->fd, &st) == 0 && st.st_size < tail->at) {
		tail->at = st.st_size;
		tail->len = 0;
	}
	while ((n = pread(tail->fd, bytes, sizeof(bytes), tail->at)) > 0) {
		take_bytes(tail, bytes, (size_t)n);
		tail->at += n;
	}
	return n < 0 ? -1 : 0;
}

static int
open_file(const struct rooms *rooms, const char *name)
{
	return openat(rooms->spool, name,
		      O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
}

static void
turn_to(struct tail *tail, int fd)
{
	if (tail->fd >= 0)
		close(tail->fd);
	tail->fd = fd;
	tail->at = 0;
	tail->len = 0;
}

static bool
are_the_same(int a, int b)
{
	struct stat x, y;

	return a >= 0 && b >= 0 && fstat(a, &x) == 0 && fstat(b, &y) == 0 &&
	       x.st_ino == y.st_ino && x.st_dev == y.st_dev;
}

/* The older file, then the present one, which stays open. */
static int
read_all(struct tail *tail)
{
	int present = open_file(tail->rooms, "events.ndjson");
	int older = open_file(tail->rooms, "events.ndjson.1");
	int failed;

	if (are_the_same(present, older)) { /* rotated in between */
		close(present);
		present = open_file(tail->rooms, "events.ndjson");
	}
	turn_to(tail, older);
	failed = read_on(tail);
	turn_to(tail, present);
	return read_on(tail) != 0 || failed ? -1 : 0;
}

/* Another file bears the name: the old one is read to its end first. */
static int
read_next(struct tail *tail)
{
	int fd = open_file(tail->rooms, "events.ndjson");

	if (read_on(tail) != 0)
		return -1;
	if (fd < 0 || are_the_same(fd, tail->fd)) {
		if (fd >= 0)
			close(fd);
		return 0;
	}
	turn_to(tail, fd);
	return read_on(tail);
}

static void
watch(const struct rooms *rooms, int inotify)
{
	char path[4096];

	inotify_add_watch(inotify, rooms->path,
			  IN_CREATE | IN_MOVED_TO | IN_ONLYDIR);
	if (snprintf(path, sizeof(path), "%s/events.ndjson", rooms->path) <
	    (int)sizeof(path))
		inotify_add_watch(inotify, path, IN_MODIFY | IN_DONT_FOLLOW);
}

/* Until out can no longer be written. */
static int
follow(struct tail *tail)
{
	int inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	struct pollfd wait[2] = { { inotify, POLLIN, 0 },
				  { fileno(tail->out), 0, 0 } };
	char events[4096];
	int failed = inotify < 0;

	while (!failed) {
		watch(tail->rooms, inotify);
		failed = read_next(tail) != 0 || fflush(tail->out) != 0;
		if (failed || (poll(wait, 2, -1) < 0 && errno != EINTR))
			break;
		if (wait[1].revents != 0) /* the reader has gone */
			break;
		while (read(inotify, events, sizeof(events)) > 0)
			;
	}
	if (inotify >= 0)
		close(inotify);
	return failed ? -1 : 0;
}

static int
go_on(struct tail *tail)
{
	*tail->only = '\0';
	return tail->options->follow ? follow(tail) : 0;
}

static bool
parse_position(const char *text, char gen[JOURNAL_GEN], int64_t *seq)
{
	const char *dash = strrchr(text, '-');
	char *end;

	if (dash == NULL || dash == text || dash - text >= JOURNAL_GEN ||
	    dash[1] < '0' || dash[1] > '9')
		return false;
	memcpy(gen, text, (size_t)(dash - text));
	gen[dash - text] = '\0';
	*seq = strtoll(dash + 1, &end, 10);
	return *end == '\0';
}

/* Passes over everything, to learn what is held. */
static int
survey(struct tail *tail)
{
	int failed;

	tail->quiet = true;
	failed = read_all(tail);
	tail->quiet = false;
	return failed;
}

/* From where to print; EVENTLOG_OTHER when the position is not held. */
static enum eventlog_end
begin_at(struct tail *tail)
{
	const struct eventlog_options *o = tail->options;
	char gen[JOURNAL_GEN];
	int64_t seq = 0, last;

	if (o->after != NULL && !parse_position(o->after, gen, &seq))
		return EVENTLOG_NO_POSITION;
	if (o->after == NULL && !o->follow)
		return EVENTLOG_DONE;
	if (survey(tail) != 0)
		return EVENTLOG_FAILED;
	last = tail->last;
	tail->last = 0;
	memcpy(tail->only, tail->gen, sizeof(tail->only));
	if (o->after == NULL) {
		tail->last = last > LAST ? last - LAST : 0;
		return EVENTLOG_DONE;
	}
	if (strcmp(gen, tail->gen) != 0 || seq > last || seq + 1 < tail->first)
		return EVENTLOG_OTHER;
	tail->last = seq;
	return EVENTLOG_DONE;
}

enum eventlog_end
eventlog_print(const struct rooms *rooms,
	       const struct eventlog_options *options, FILE *out)
{
	struct tail tail = { .rooms = rooms,
			     .options = options,
			     .out = out,
			     .fd = -1,
			     .first = -1 };
	enum eventlog_end end;
	int error;

	tail.paths = json_paths(paths_wanted, PATHS);
	end = begin_at(&tail);
	if (end == EVENTLOG_OTHER && options->json)
		fputs("{\"type\":\"snapshot_needed\"}\n", out);
	if (end != EVENTLOG_NO_POSITION && end != EVENTLOG_FAILED &&
	    (read_all(&tail) != 0 || go_on(&tail) != 0))
		end = EVENTLOG_FAILED;
	error = errno;
	turn_to(&tail, -1);
	json_paths_free(tail.paths);
	free(tail.line);
	errno = error;
	return end;
}
