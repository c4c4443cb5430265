#include "look/logspan.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "look/logtail.h"

/* A line of the log is shorter than this, its stamp included; what is longer
 * is no line of ours and counts as several. */
enum { CHUNK = 16 << 10, HEAD = 25 };

static int
open_file(struct logspan_file *file, int folder, const char *name)
{
	char head[HEAD];
	struct stat st;
	ssize_t len;

	*file = (struct logspan_file){ .fd = -1 };
	file->fd = openat(folder, name,
			  O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (file->fd < 0 || fstat(file->fd, &st) != 0)
		return -1;
	if (!S_ISREG(st.st_mode)) {
		errno = EINVAL;
		return -1;
	}
	file->size = st.st_size;
	len = pread(file->fd, head, sizeof(head), 0);
	if (len < 0 || !logtail_stamp(head, (size_t)len, &file->stamp))
		file->stamp = 0;
	return 0;
}

static void
close_file(struct logspan_file *file)
{
	if (file->fd >= 0)
		close(file->fd);
	file->fd = -1;
}

static bool
is_same_file(const struct logspan_file *a, const struct logspan_file *b)
{
	struct stat one, other;

	return fstat(a->fd, &one) == 0 && fstat(b->fd, &other) == 0 &&
	       one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

/* log before log.1: when it is rotated in between the same file is found
 * twice, and never is one missed between the two. */
int
logspan_open(struct logspan *span, int folder)
{
	struct logspan_file now, former;
	int error = 0;

	*span = (struct logspan){ .count = 0 };
	if (open_file(&now, folder, "log") != 0 && errno != ENOENT)
		error = errno;
	if (error == 0 && open_file(&former, folder, "log.1") == 0 &&
	    (now.fd < 0 || !is_same_file(&now, &former)))
		span->files[span->count++] = former;
	else if (error == 0)
		close_file(&former);
	if (error == 0 && now.fd >= 0 && now.size > 0) {
		if (span->count > 0)
			now.begin = former.size;
		span->files[span->count++] = now;
	} else {
		close_file(&now);
	}
	if (span->count > 0)
		span->end = span->files[span->count - 1].begin +
			    span->files[span->count - 1].size;
	errno = error;
	return error == 0 ? 0 : -1;
}

void
logspan_close(struct logspan *span)
{
	while (span->count > 0)
		close_file(&span->files[--span->count]);
}

static bool
parse(const char *text, int64_t *stamp, int64_t *offset)
{
	size_t len = strspn(text, "0123456789");
	size_t rest =
		text[len] == '-' ? strspn(text + len + 1, "0123456789") : 0;

	if (len == 0 || len > 18 || rest == 0 || rest > 18 ||
	    text[len + 1 + rest] != '\0')
		return false;
	*stamp = strtoll(text, NULL, 10);
	*offset = strtoll(text + len + 1, NULL, 10);
	return true;
}

bool
logspan_is_position(const char *text)
{
	int64_t stamp, offset;

	return parse(text, &stamp, &offset);
}

int64_t
logspan_find(const struct logspan *span, const char *position)
{
	int64_t stamp, offset;
	size_t i;

	if (!parse(position, &stamp, &offset))
		return 0;
	for (i = 0; i < span->count; i++) {
		const struct logspan_file *file = &span->files[i];

		if (file->stamp == stamp)
			return file->begin +
			       (offset < file->size ? offset : file->size);
	}
	return 0;
}

void
logspan_position(const struct logspan *span, int64_t at,
		 char out[LOGSPAN_POSITION])
{
	const struct logspan_file *file = span->files;

	if (span->count > 1 && at >= span->files[1].begin)
		file++;
	snprintf(out, LOGSPAN_POSITION, "%lld-%lld", (long long)file->stamp,
		 (long long)(at - file->begin));
}

int64_t
logspan_read(const struct logspan *span, int64_t at, char *out, size_t size)
{
	size_t done = 0, i;

	for (i = 0; i < span->count; i++) {
		const struct logspan_file *file = &span->files[i];
		ssize_t n = 1;

		while (n > 0 && done < size && at >= file->begin &&
		       at < file->begin + file->size) {
			int64_t left = file->begin + file->size - at;
			size_t want = size - done;

			if ((int64_t)want > left)
				want = (size_t)left;
			n = pread(file->fd, out + done, want, at - file->begin);
			if (n < 0)
				return -1;
			done += (size_t)n;
			at += n;
		}
	}
	return (int64_t)done;
}

int64_t
logspan_next_line(const struct logspan *span, int64_t at)
{
	char bytes[CHUNK], *end;
	int64_t n;

	if (at <= 0)
		return 0;
	/* From the byte before it, which may end the line before. */
	n = logspan_read(span, at - 1, bytes, sizeof(bytes));
	if (n <= 0)
		return span->end;
	end = memchr(bytes, '\n', (size_t)n);
	return end == NULL ? at - 1 + n : at + (end - bytes);
}

int64_t
logspan_back(const struct logspan *span, int64_t end, int64_t least,
	     size_t lines)
{
	char bytes[CHUNK];
	int64_t at = end, from, n;

	while (lines > 0 && at > least) {
		from = at - (int64_t)sizeof(bytes) > least
			       ? at - (int64_t)sizeof(bytes)
			       : least;
		n = logspan_read(span, from, bytes, (size_t)(at - from));
		if (n < at - from)
			return least;
		/* The line feed at the very end ends the last line, and begins
		 * none. */
		for (; n > 0; n--)
			if (bytes[n - 1] == '\n' && from + n < end &&
			    --lines == 0)
				return from + n;
		at = from;
	}
	return lines == 0 ? end : least;
}

int64_t
logspan_line(const struct logspan *span, int64_t at)
{
	char byte;

	if (at <= 0 ||
	    (logspan_read(span, at - 1, &byte, 1) == 1 && byte == '\n'))
		return at;
	return logspan_back(span, at, 0, 1);
}

/* Between low and high, both beginnings of lines; lines without a stamp are
 * those before them. */
int64_t
logspan_since(const struct logspan *span, int64_t time)
{
	int64_t low = 0, high = span->end, middle, stamp;
	char head[HEAD];

	while (low < high) {
		middle = logspan_line(span, low + (high - low) / 2);
		if (logspan_read(span, middle, head, sizeof(head)) ==
			    (int64_t)sizeof(head) &&
		    logtail_stamp(head, sizeof(head), &stamp) && stamp >= time)
			high = middle;
		else
			low = logspan_next_line(span, middle + 1);
	}
	return high;
}
