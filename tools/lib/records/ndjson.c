#include "records/ndjson.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/msg.h"

enum {
	BUFFER = 256 << 10,
	PIPE = 1 << 20,
	SHORT_RUN = 16 << 10 /* shorter ones are cheaper to copy */
};

struct ndjson {
	int fd, error;
	const char *name;
	char *buffer;
	size_t size;
	size_t from, to; /* what is in the buffer and not handed out */
	size_t looked;	 /* bytes after from that hold no LF */
	size_t longest;
	unsigned long lines;
	bool ended;
	bool waiting; /* the last read got less than it could: writer is slow */
	struct ndjson_out *out;
};

struct ndjson_out {
	int fd, error;
	char *buffer;
	size_t len;
	bool tied;
	const char *run; /* lines that pass, still in the reader's buffer */
	size_t run_len;
};

/* A wider pipe means fewer switches between its two ends; it is no matter
 * when fd is none. */
static void
widen(int fd)
{
	int error = errno;

	fcntl(fd, F_SETPIPE_SZ, PIPE);
	errno = error;
}

struct ndjson *
ndjson_open(int fd, const char *name)
{
	struct ndjson *in = msg_calloc(1, sizeof(*in));

	in->fd = fd;
	in->name = name;
	in->size = BUFFER;
	in->longest = NDJSON_LONGEST;
	in->buffer = msg_calloc(in->size, 1);
	widen(fd);
	return in;
}

void
ndjson_allow(struct ndjson *in, size_t more)
{
	in->longest = (size_t)NDJSON_LONGEST + more;
}

static void
write_all(struct ndjson_out *out, const char *text, size_t len)
{
	while (len > 0 && out->error == 0) {
		ssize_t n = write(out->fd, text, len);

		if (n < 0 && errno != EINTR)
			out->error = errno;
		if (n > 0) {
			text += n;
			len -= (size_t)n;
		}
	}
}

static void
write_buffer(struct ndjson_out *out)
{
	write_all(out, out->buffer, out->len);
	out->len = 0;
}

static void
append(struct ndjson_out *out, const char *text, size_t len)
{
	if (out->len + len > BUFFER)
		write_buffer(out);
	if (len > BUFFER) {
		write_all(out, text, len);
		return;
	}
	memcpy(out->buffer + out->len, text, len);
	out->len += len;
}

/* Takes the run out of the reader's buffer, which is about to change. */
static void
settle(struct ndjson_out *out)
{
	const char *run = out->run;
	size_t len = out->run_len;

	out->run = NULL;
	out->run_len = 0;
	if (len > 0 && len < SHORT_RUN) {
		append(out, run, len);
	} else if (len > 0) {
		write_buffer(out);
		write_all(out, run, len);
	}
}

/* False at the end and on errors. */
static bool
fill(struct ndjson *in)
{
	ssize_t n;

	if (in->out != NULL)
		settle(in->out);
	if (in->out != NULL && in->waiting)
		write_buffer(in->out);
	if (in->from > 0) {
		memmove(in->buffer, in->buffer + in->from, in->to - in->from);
		in->to -= in->from;
		in->from = 0;
	}
	if (in->to == in->size) {
		in->size *= 2;
		in->buffer = msg_realloc(in->buffer, in->size);
	}
	do
		n = read(in->fd, in->buffer + in->to, in->size - in->to);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		in->error = errno;
	in->waiting = n > 0 && (size_t)n < in->size - in->to;
	if (n > 0)
		in->to += (size_t)n;
	in->ended = n <= 0;
	return n > 0;
}

/* Hands out len bytes and steps over the LF after them, if there is one. */
static bool
hand_out(struct ndjson *in, struct ndjson_line *line, size_t len, bool torn)
{
	*line = (struct ndjson_line){ .text = in->buffer + in->from,
				      .len = len,
				      .bytes = len,
				      .number = ++in->lines,
				      .torn = torn };
	in->from += torn ? len : len + 1;
	in->looked = 0;
	return true;
}

/* The line at from is too long, its LF at lf or not yet read: its first bytes
 * stay where they are, the rest is read over and over behind them. */
static bool
hand_out_cut(struct ndjson *in, struct ndjson_line *line, const char *lf)
{
	size_t whole = lf != NULL ? (size_t)(lf - in->buffer) - in->from
				  : in->to - in->from;

	while (lf == NULL) {
		const char *more;

		in->to = in->from + NDJSON_CUT;
		if (!fill(in)) /* it moves what is kept to the front */
			break;
		more = in->buffer + NDJSON_CUT;
		lf = memchr(more, '\n', in->to - NDJSON_CUT);
		whole += lf != NULL ? (size_t)(lf - more) : in->to - NDJSON_CUT;
	}
	hand_out(in, line, NDJSON_CUT, lf == NULL);
	line->bytes = whole;
	line->too_long = true;
	in->from = lf != NULL ? (size_t)(lf - in->buffer) + 1 : in->to;
	return true;
}

bool
ndjson_next(struct ndjson *in, struct ndjson_line *line)
{
	for (;;) {
		size_t len = in->to - in->from;
		const char *from = in->buffer + in->from;
		const char *lf = len > in->looked
					 ? memchr(from + in->looked, '\n',
						  len - in->looked)
					 : NULL;

		if (lf != NULL && (size_t)(lf - from) <= in->longest)
			return hand_out(in, line, (size_t)(lf - from), false);
		if (len > in->longest)
			return hand_out_cut(in, line, lf);
		in->looked = len;
		if (in->ended || !fill(in))
			break;
	}
	if (in->error != 0 || in->to == in->from)
		return false;
	return hand_out(in, line, in->to - in->from, true);
}

bool
ndjson_failed(const struct ndjson *in)
{
	if (in->error != 0)
		errno = in->error;
	return in->error != 0;
}

const char *
ndjson_name(const struct ndjson *in)
{
	return in->name;
}

void
ndjson_close(struct ndjson *in)
{
	if (in == NULL)
		return;
	free(in->buffer);
	free(in);
}

struct ndjson_out *
ndjson_out(int fd)
{
	struct ndjson_out *out = msg_calloc(1, sizeof(*out));

	out->fd = fd;
	out->buffer = msg_calloc(BUFFER, 1);
	widen(fd);
	return out;
}

void
ndjson_tie(struct ndjson *in, struct ndjson_out *out)
{
	in->out = out;
	out->tied = true;
}

void
ndjson_pass(struct ndjson_out *out, const struct ndjson_line *line)
{
	size_t len = line->len + !line->torn; /* with the LF behind it */

	if (!out->tied) {
		append(out, line->text, len);
		return;
	}
	if (out->run_len > 0 && out->run + out->run_len != line->text)
		settle(out);
	if (out->run_len == 0)
		out->run = line->text;
	out->run_len += len;
}

void
ndjson_put(struct ndjson_out *out, const char *text, size_t len)
{
	settle(out);
	append(out, text, len);
}

int
ndjson_flush(struct ndjson_out *out)
{
	settle(out);
	write_buffer(out);
	errno = out->error;
	return out->error != 0 ? -1 : 0;
}

int
ndjson_out_close(struct ndjson_out *out)
{
	int failed = ndjson_flush(out);
	int error = errno;

	free(out->buffer);
	free(out);
	errno = error;
	return failed;
}
