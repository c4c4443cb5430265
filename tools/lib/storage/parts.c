#include "storage/parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/jsonw.h"
#include "base/msg.h"
#include "base/outcome.h"
#include "records/ndjson.h"
#include "storage/checkpoint.h"
#include "storage/spool.h"

enum { FIRST_SIZE = 1 << 18, TAILS_KEPT = 3 };

struct part {
	struct spool_batch *batch;
	unsigned number;
	off_t start; /* behind its batch line */
	off_t whole; /* behind its last whole line */
};

struct parts {
	struct queue *queue;
	off_t part_size;
	struct part *open; /* not committed; the last is being written */
	size_t count;
	off_t mark;	 /* in open[0]: what a checkpoint has closed, or 0 */
	unsigned number; /* of the newest part */
	char *buffer;
	size_t used, size;
	bool inside;  /* a line longer than the buffer may grow */
	bool damaged; /* a commit failed: nothing may follow it */
	struct parts_result result;
};

/* The batch line; ID is unique on any host, since load takes parts of one ID
 * for parts of one put. */
static int
write_frame(const struct parts *parts, const struct part *part, bool end)
{
	struct jsonw w = { 0 };
	int failed;

	jsonw_open(&w, '{');
	jsonw_key(&w, "type");
	jsonw_string(&w, "batch");
	jsonw_key(&w, "put");
	jsonw_string(&w, parts->result.id);
	jsonw_key(&w, "part");
	jsonw_int(&w, part->number);
	if (end) {
		jsonw_key(&w, "end");
		jsonw_bool(&w, 1);
	}
	jsonw_close(&w, '}');
	w.text[w.len++] = '\n';
	failed = spool_write(part->batch, w.text, w.len);
	jsonw_free(&w);
	return failed;
}

static int
begin(struct parts *parts)
{
	struct part part = { .number = parts->number + 1 };

	part.batch = spool_begin(parts->queue);
	if (part.batch == NULL)
		return -1;
	if (write_frame(parts, &part, false) != 0) {
		spool_abandon(part.batch);
		return -1;
	}
	part.start = part.whole = spool_size(part.batch);
	parts->open = msg_realloc(parts->open,
				  (parts->count + 1) * sizeof(*parts->open));
	parts->open[parts->count++] = part;
	parts->number++;
	return 0;
}

struct parts *
parts_open(struct queue *queue, off_t part_size)
{
	struct parts *parts = msg_calloc(1, sizeof(*parts));
	char stamp[QUEUE_STAMP_SIZE];
	uint32_t random;

	parts->queue = queue;
	parts->part_size = part_size;
	parts->size = FIRST_SIZE;
	parts->buffer = msg_calloc(parts->size, 1);
	queue_stamp(clock_now(), stamp);
	if (getrandom(&random, sizeof(random), 0) == sizeof(random)) {
		snprintf(parts->result.id, sizeof(parts->result.id),
			 "%s.%07ld.%08x", stamp, (long)getpid(), random);
		if (begin(parts) == 0)
			return parts;
	}
	free(parts->buffer);
	free(parts);
	return NULL;
}

/* Commits the oldest open part as far as upto. */
static int
commit_first(struct parts *parts, off_t upto)
{
	struct part part = parts->open[0];

	parts->count--;
	memmove(parts->open, parts->open + 1,
		parts->count * sizeof(*parts->open));
	parts->mark = 0;
	parts->result.dropped += spool_size(part.batch) - upto;
	if ((spool_size(part.batch) > upto &&
	     spool_cut(part.batch, upto) != 0) ||
	    write_frame(parts, &part, true) != 0) {
		spool_abandon(part.batch);
		parts->damaged = true;
		return -1;
	}
	parts->result.bytes += spool_size(part.batch);
	if (spool_commit(part.batch) != 0) {
		parts->damaged = true;
		return -1;
	}
	parts->result.batches++;
	return 0;
}

static int
commit_until(struct parts *parts, size_t left)
{
	while (parts->count > left)
		if (commit_first(parts, parts->open[0].whole) != 0)
			return -1;
	return 0;
}

static bool
is_full(const struct parts *parts)
{
	return parts->count > 0 &&
	       parts->open[parts->count - 1].whole >= parts->part_size;
}

/* Appends bytes that do not cross the end of a part. */
static int
append(struct parts *parts, const char *bytes, size_t len)
{
	if (len == 0)
		return 0;
	if ((parts->count == 0 || (is_full(parts) && !parts->inside)) &&
	    begin(parts) != 0)
		return -1;
	return spool_write(parts->open[parts->count - 1].batch, bytes, len);
}

/* Appends whole lines, the last of which is a checkpoint or fills the part. */
static int
append_lines(struct parts *parts, const char *bytes, size_t len,
	     bool checkpoint)
{
	struct part *last;

	if (append(parts, bytes, len) != 0)
		return -1;
	parts->inside = false;
	last = &parts->open[parts->count - 1];
	last->whole = spool_size(last->batch);
	if (!checkpoint)
		return 0;
	if (commit_until(parts, is_full(parts) ? 0 : 1) != 0)
		return -1;
	if (parts->count > 0)
		parts->mark = parts->open[0].whole;
	return 0;
}

static bool
fills(const struct parts *parts, size_t len)
{
	off_t size = 0;

	if (parts->count > 0 && !is_full(parts))
		size = spool_size(parts->open[parts->count - 1].batch);
	return size + (off_t)len >= parts->part_size;
}

/* Takes the whole lines out of the buffer; *rest is where the torn one is. */
static int
take_lines(struct parts *parts, const char **rest)
{
	const char *run = parts->buffer, *line = run;
	const char *end = parts->buffer + parts->used, *lf;
	bool checkpoint;

	while ((lf = memchr(line, '\n', (size_t)(end - line))) != NULL) {
		checkpoint = (line > parts->buffer || !parts->inside) &&
			     checkpoint_line(line, (size_t)(lf - line)) ==
				     LINE_CHECKPOINT;
		line = lf + 1;
		if (!checkpoint && !fills(parts, (size_t)(line - run)))
			continue;
		if (append_lines(parts, run, (size_t)(line - run),
				 checkpoint) != 0)
			return -1;
		run = line;
	}
	*rest = line;
	return run == line
		       ? 0
		       : append_lines(parts, run, (size_t)(line - run), false);
}

/* Room for more of a line that fills the buffer: twice as much, or, beyond the
 * longest line there may be, by writing out what there is of it. */
static int
make_room(struct parts *parts)
{
	if (parts->size >= NDJSON_LONGEST) {
		if (append(parts, parts->buffer, parts->used) != 0)
			return -1;
		parts->inside = true;
		parts->used = 0;
		return 0;
	}
	parts->size *= 2;
	parts->buffer = msg_realloc(parts->buffer, parts->size);
	return 0;
}

ssize_t
parts_read(struct parts *parts, int fd)
{
	const char *rest;
	ssize_t n;

	if (parts->used == parts->size && make_room(parts) != 0)
		return -1;
	n = read(fd, parts->buffer + parts->used, parts->size - parts->used);
	if (n <= 0)
		return n;
	parts->used += (size_t)n;
	if (take_lines(parts, &rest) != 0)
		return -1;
	parts->used -= (size_t)(rest - parts->buffer);
	memmove(parts->buffer, rest, parts->used);
	return n;
}

/* Removes all but the newest tails. */
static void
forget_tails(const struct parts *parts)
{
	struct queue_names names;
	size_t i, tails = 0;

	if (queue_names(parts->queue, QUEUE_BAD, &names) != 0)
		return;
	for (i = names.count; i > 0; i--) {
		const char *dot = strrchr(names.items[i - 1], '.');

		if (dot != NULL && strcmp(dot, ".tail") == 0 &&
		    ++tails > TAILS_KEPT)
			unlinkat(queue_folder(parts->queue, QUEUE_BAD),
				 names.items[i - 1], 0);
	}
	queue_names_free(&names);
}

/* Keeps what stands behind the byte from of open part i in bad/. */
static int
set_tail_aside(const struct parts *parts, size_t i, off_t from)
{
	struct spool_batch *tail;
	char name[80];

	tail = spool_begin(parts->queue);
	if (tail == NULL)
		return -1;
	for (; i < parts->count; i++) {
		if (spool_copy(tail, parts->open[i].batch, from) != 0)
			break;
		if (i + 1 < parts->count)
			from = parts->open[i + 1].start;
	}
	if (i < parts->count ||
	    spool_write(tail, parts->buffer, parts->used) != 0) {
		spool_abandon(tail);
		return -1;
	}
	if (spool_size(tail) == 0) {
		spool_abandon(tail);
		return 0;
	}
	snprintf(name, sizeof(name), "%s.tail", parts->result.id);
	if (spool_publish(tail, QUEUE_BAD, name) != 0)
		return -1;
	forget_tails(parts);
	return 0;
}

static int
settle_all(struct parts *parts)
{
	size_t last = parts->count > 0 ? parts->count - 1 : 0;
	off_t whole = parts->count > 0 ? parts->open[last].whole : 0;
	int failed = 0;

	if (parts->result.torn)
		failed = set_tail_aside(parts, last, whole);
	if (parts->count == 1 && whole == parts->open[0].start)
		return failed; /* no line at all */
	return commit_until(parts, 0) != 0 ? -1 : failed;
}

static int
settle_closed(struct parts *parts, bool evidence)
{
	off_t from = parts->mark;
	int failed = 0;

	if (parts->count > 0 && from == 0)
		from = parts->open[0].start;
	if (evidence)
		failed = set_tail_aside(parts, 0, from);
	if (parts->mark > 0 && commit_first(parts, parts->mark) != 0)
		return -1;
	return failed;
}

int
parts_end(struct parts *parts, int code, struct parts_result *result)
{
	int failed, error;
	size_t i;

	parts->result.torn = parts->used > 0 || parts->inside;
	if (parts->damaged)
		failed = -1;
	else if (code == EX_OK || code == EX_PARTIAL)
		failed = settle_all(parts);
	else
		failed = settle_closed(parts, code == EX_DATAERR ||
						      code == EX_SOFTWARE ||
						      code == EX_PROTOCOL);
	error = errno;
	for (i = 0; i < parts->count; i++) {
		parts->result.dropped +=
			spool_size(parts->open[i].batch) - parts->open[i].start;
		spool_abandon(parts->open[i].batch);
	}
	*result = parts->result;
	free(parts->open);
	free(parts->buffer);
	free(parts);
	errno = error;
	return failed;
}
