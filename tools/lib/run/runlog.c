#include "run/runlog.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/msg.h"
#include "base/times.h"

enum {
	LINE = 8 << 10,
	OUT = 64 << 10,
	LARGEST = 16 << 20,
	PATIENCE = 200, /* ms for a terminal that does not take more */
	STAMP = 25	/* "2026-11-24T06:00:00.123Z " */
};

struct runlog {
	int folder, fd;
	bool loud, stuck;    /* the terminal takes nothing at the moment */
	char line[LINE + 1]; /* the one that has not ended yet */
	size_t held;
	char last[RUNLOG_LAST]; /* that ended and was not blank, its beginning
				 */
	char out[OUT];		/* lines that are not in the file yet */
	size_t used;
	uint64_t lines;		     /* in out */
	int64_t size;		     /* of the file */
	uint64_t written, in_former; /* lines in log, in log.1 */
	uint64_t dropped, said;
	char reason[80]; /* of the latest drop */
};

struct runlog *
runlog_open(int folder, bool loud)
{
	struct runlog *log = msg_calloc(1, sizeof(*log));

	log->folder = folder;
	log->fd = -1;
	log->loud = loud;
	return log;
}

static void
drop(struct runlog *log, uint64_t lines, const char *reason)
{
	log->dropped += lines;
	snprintf(log->reason, sizeof(log->reason), "%s", reason);
}

static void
open_file(struct runlog *log)
{
	log->fd = openat(log->folder, "log",
			 O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC,
			 0600);
	log->size = log->fd >= 0 ? lseek(log->fd, 0, SEEK_END) : 0;
}

static void
rotate(struct runlog *log)
{
	if (renameat(log->folder, "log", log->folder, "log.1") != 0) {
		if (ftruncate(log->fd, 0) != 0)
			return;
		drop(log, log->written, strerror(errno));
		log->size = 0;
		log->written = 0;
		return;
	}
	close(log->fd);
	if (log->in_former > 0)
		drop(log, log->in_former, "the log was above 16 MiB");
	log->in_former = log->written;
	log->written = 0;
	open_file(log);
}

/* All of it, or nothing: a torn line is taken back. */
static bool
append(struct runlog *log, const char *bytes, size_t len)
{
	size_t done = 0;
	ssize_t n = 0;
	int error;

	if (log->fd < 0)
		open_file(log);
	else if (log->size > LARGEST)
		rotate(log);
	while (log->fd >= 0 && done < len && n >= 0) {
		n = write(log->fd, bytes + done, len - done);
		if (n > 0)
			done += (size_t)n;
	}
	if (done == len) {
		log->size += (int64_t)len;
		return true;
	}
	error = errno;
	if (done > 0 && ftruncate(log->fd, log->size) != 0)
		log->size += (int64_t)done;
	errno = error;
	return false;
}

static void
say_dropped(struct runlog *log)
{
	char note[200], stamp[TIMES_SIZE];
	int len;

	if (log->said == log->dropped)
		return;
	times_format(clock_now(), stamp);
	len = snprintf(note, sizeof(note),
		       "%s pulse-run: %llu lines were dropped so far: %s\n",
		       stamp, (unsigned long long)log->dropped, log->reason);
	if (append(log, note, (size_t)len))
		log->said = log->dropped;
}

static void
flush(struct runlog *log)
{
	if (log->used == 0)
		return;
	say_dropped(log);
	if (append(log, log->out, log->used))
		log->written += log->lines;
	else
		drop(log, log->lines, strerror(errno));
	log->used = log->lines = 0;
}

/* To a terminal that may have been stopped: what it does not take in time is
 * not shown, and then nothing until it takes something again. */
static void
show_piece(struct runlog *log, const char *bytes, size_t len)
{
	struct pollfd terminal = { .fd = STDERR_FILENO, .events = POLLOUT };
	int wait = log->stuck ? 0 : PATIENCE;

	log->stuck = poll(&terminal, 1, wait) != 1 ||
		     write(STDERR_FILENO, bytes, len) != (ssize_t)len;
}

static void
show(struct runlog *log, const char *line, size_t len)
{
	char piece[1024];
	size_t at = 0, i;

	for (i = 0; i < len; i++) {
		unsigned char c = (unsigned char)line[i];

		if ((c < ' ' && c != '\t') || c == 0x7f)
			at += (size_t)snprintf(piece + at, 5, "\\x%02x", c);
		else
			piece[at++] = line[i];
		if (at > sizeof(piece) - 8) {
			show_piece(log, piece, at);
			at = 0;
		}
	}
	piece[at++] = '\n';
	show_piece(log, piece, at);
}

static void
put_line(struct runlog *log, const char *stamp, const char *line, size_t len)
{
	if (log->used + STAMP + len + 1 > OUT)
		flush(log);
	memcpy(log->out + log->used, stamp, STAMP - 1);
	log->out[log->used + STAMP - 1] = ' ';
	memcpy(log->out + log->used + STAMP, line, len);
	log->used += STAMP + len;
	log->out[log->used++] = '\n';
	log->lines++;
	if (log->loud)
		show(log, line, len);
}

static void
remember(struct runlog *log, const char *line, size_t len)
{
	if (strspn(line, " \t\r") >= len)
		return;
	if (len >= sizeof(log->last))
		len = sizeof(log->last) - 1;
	memcpy(log->last, line, len);
	log->last[len] = '\0';
}

/* The line that is held has come to its end. */
static void
end_line(struct runlog *log, const char *stamp)
{
	log->line[log->held] = '\0';
	remember(log, log->line, log->held);
	put_line(log, stamp, log->line, log->held);
	log->held = 0;
}

void
runlog_take(struct runlog *log, const char *bytes, size_t len)
{
	char stamp[TIMES_SIZE];

	times_format(clock_now(), stamp);
	while (len > 0) {
		const char *end = memchr(bytes, '\n', len);
		size_t piece = end != NULL ? (size_t)(end - bytes) : len;
		size_t room = LINE - log->held;

		if (piece > room) {
			piece = room;
			end = NULL;
		}
		memcpy(log->line + log->held, bytes, piece);
		log->held += piece;
		bytes += piece;
		len -= piece;
		if (end != NULL || (log->held == LINE && len > 0))
			end_line(log, stamp);
		if (end != NULL) {
			bytes++;
			len--;
		}
	}
	flush(log);
}

void
runlog_say(struct runlog *log, const char *format, ...)
{
	char line[1024], stamp[TIMES_SIZE];
	int len = snprintf(line, sizeof(line), "pulse-run: ");
	va_list args;
	int more;

	va_start(args, format);
	more = vsnprintf(line + len, sizeof(line) - (size_t)len, format, args);
	va_end(args);
	if (more < 0)
		return;
	times_format(clock_now(), stamp);
	put_line(log, stamp, line, strlen(line));
	flush(log);
}

void
runlog_end(struct runlog *log)
{
	if (log->held > 0)
		runlog_take(log, "\n", 1);
}

const char *
runlog_last(const struct runlog *log)
{
	return log->last;
}

uint64_t
runlog_dropped(const struct runlog *log)
{
	return log->dropped;
}

void
runlog_close(struct runlog *log)
{
	if (log == NULL)
		return;
	runlog_end(log);
	say_dropped(log);
	if (log->fd >= 0)
		close(log->fd);
	free(log);
}
