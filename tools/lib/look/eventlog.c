#include "look/eventlog.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/listing.h"
#include "base/times.h"
#include "look/eventfile.h"
#include "look/phrase.h"
#include "records/json.h"

enum { LAST = 10 };

enum {
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
	PATHS
};

static const char *const paths_wanted[PATHS] = {
	"type",	  "job_name", "client_id",     "at",	      "from", "to",
	"reason", "want",     "error_message", "error_class", "by"
};

struct tail {
	const struct eventlog_options *options;
	FILE *out;
	struct json_paths *paths;
	struct eventfile *file;
	/* Lines up to this one, and those of another gen, are passed over. */
	struct eventfile_position from;
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

static bool
is_passed(const struct tail *tail, const struct eventfile_line *line)
{
	if (*tail->from.gen != '\0' && strcmp(tail->from.gen, line->gen) != 0)
		return true;
	return !line->opened && line->seq <= tail->from.seq;
}

static void
print_line(struct tail *tail, const struct eventfile_line *line)
{
	const struct eventlog_options *options = tail->options;
	struct json_span spans[PATHS];
	struct json_error error;

	if (is_passed(tail, line) || (line->opened && !options->json) ||
	    json_scan(tail->paths, line->text, line->len, spans, &error) != 0 ||
	    (!line->opened && !is_wanted(options->ask, spans)))
		return;
	if (options->json)
		fprintf(tail->out, "%.*s\n", (int)line->len, line->text);
	else
		print_for_people(tail->out, spans);
}

/* All there is for now. */
static int
print_on(struct tail *tail)
{
	struct eventfile_line line;
	enum eventfile_got got;

	while ((got = eventfile_next(tail->file, &line)) < EVENTFILE_END)
		if (got == EVENTFILE_LINE)
			print_line(tail, &line);
	return got == EVENTFILE_FAILED ? -1 : 0;
}

/* Until out can no longer be written. */
static int
follow(struct tail *tail, const struct rooms *rooms)
{
	int inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	struct pollfd wait[2] = { { inotify, POLLIN, 0 },
				  { fileno(tail->out), 0, 0 } };
	char events[4096];
	int failed = inotify < 0;

	while (!failed) {
		eventfile_watch(rooms, inotify);
		failed = print_on(tail) != 0 || fflush(tail->out) != 0;
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

/* What is held: the gen of the last line, its seq, and the first of that gen;
 * -1: no head says it. */
static int
survey(const struct rooms *rooms, struct eventfile_position *last,
       int64_t *first)
{
	struct eventfile *file = eventfile_open(rooms);
	struct eventfile_line line;
	enum eventfile_got got;

	*last = (struct eventfile_position){ .seq = 0 };
	*first = -1;
	while ((got = eventfile_next(file, &line)) < EVENTFILE_END) {
		if (got == EVENTFILE_LATER)
			continue;
		if (strcmp(last->gen, line.gen) != 0) {
			memcpy(last->gen, line.gen, strlen(line.gen) + 1);
			last->seq = 0;
			*first = -1;
		}
		if (line.opened && *first < 0)
			*first = line.seq;
		else if (!line.opened)
			last->seq = line.seq;
	}
	eventfile_close(file);
	return got == EVENTFILE_FAILED ? -1 : 0;
}

/* From where to print; EVENTLOG_OTHER when the position is not held. */
static enum eventlog_end
begin_at(struct tail *tail, const struct rooms *rooms)
{
	const struct eventlog_options *o = tail->options;
	struct eventfile_position after, last;
	int64_t first;

	if (o->after != NULL && !eventfile_parse(o->after, &after))
		return EVENTLOG_NO_POSITION;
	if (o->after == NULL && !o->follow)
		return EVENTLOG_DONE;
	if (survey(rooms, &last, &first) != 0)
		return EVENTLOG_FAILED;
	tail->from = last;
	tail->from.seq = 0;
	if (o->after == NULL) {
		tail->from.seq = last.seq > LAST ? last.seq - LAST : 0;
		return EVENTLOG_DONE;
	}
	if (strcmp(after.gen, last.gen) != 0 || after.seq > last.seq ||
	    after.seq + 1 < first)
		return EVENTLOG_OTHER;
	tail->from.seq = after.seq;
	return EVENTLOG_DONE;
}

static int
print_all(struct tail *tail, const struct rooms *rooms)
{
	if (print_on(tail) != 0)
		return -1;
	tail->from = (struct eventfile_position){ .seq = 0 };
	return tail->options->follow ? follow(tail, rooms) : 0;
}

enum eventlog_end
eventlog_print(const struct rooms *rooms,
	       const struct eventlog_options *options, FILE *out)
{
	struct tail tail = { .options = options, .out = out };
	enum eventlog_end end;
	int error;

	end = begin_at(&tail, rooms);
	if (end == EVENTLOG_NO_POSITION || end == EVENTLOG_FAILED)
		return end;
	if (end == EVENTLOG_OTHER && options->json)
		fputs("{\"type\":\"snapshot_needed\"}\n", out);
	tail.paths = json_paths(paths_wanted, PATHS);
	tail.file = eventfile_open(rooms);
	if (print_all(&tail, rooms) != 0)
		end = EVENTLOG_FAILED;
	error = errno;
	eventfile_close(tail.file);
	json_paths_free(tail.paths);
	errno = error;
	return end;
}
