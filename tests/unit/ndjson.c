/* ndjson: lines come out as they went in, however they arrive; long and torn
 * ones are named.  The writer is a child that writes in pieces. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "records/ndjson.h"

static unsigned
next_random(unsigned *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

static void
write_all(int fd, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, text, len);

		if (n <= 0)
			_exit(1);
		text += n;
		len -= (size_t)n;
	}
}

/* A pipe from which text comes in random pieces. */
static int
pieces(const char *text, size_t len, unsigned seed, pid_t *child)
{
	int fds[2];

	if (pipe(fds) != 0)
		return -1;
	if ((*child = fork()) == 0) {
		close(fds[0]);
		while (len > 0) {
			size_t piece = next_random(&seed) % 200000 + 1;

			piece = piece < len ? piece : len;
			write_all(fds[1], text, piece);
			text += piece;
			len -= piece;
		}
		_exit(0);
	}
	close(fds[1]);
	return fds[0];
}

/* Lines of many lengths, also longer than the buffer. */
static char *
make_text(size_t *len, unsigned seed)
{
	static const size_t longest[] = { 3, 80, 20000, 300000, 700000 };
	char *text = malloc(60 << 20);
	size_t i, at = 0;

	for (i = 0; text != NULL && i < 300; i++) {
		size_t n = next_random(&seed) % longest[next_random(&seed) % 5];

		memset(text + at, 'a' + (int)(i % 26), n);
		at += n;
		text[at++] = '\n';
	}
	*len = at;
	return text;
}

/* Passes the lines that keep says; the answer is what arrived. */
static int
copy(int fd, int to, bool tied, unsigned every)
{
	struct ndjson *in = ndjson_open(fd, "pieces");
	struct ndjson_out *out = ndjson_out(to);
	struct ndjson_line line;
	unsigned long lines = 0;

	if (tied)
		ndjson_tie(in, out);
	while (ndjson_next(in, &line)) {
		CHECK(line.number == ++lines);
		CHECK(!line.torn && !line.too_long && line.bytes == line.len);
		if (every == 0 || lines % every != 0)
			ndjson_pass(out, &line);
		else
			ndjson_put(out, "gone\n", 5);
	}
	CHECK(!ndjson_failed(in) && lines == 300);
	CHECK(ndjson_out_close(out) == 0);
	ndjson_close(in);
	return 0;
}

static bool
is_same(int fd, const char *text, size_t len, unsigned every)
{
	off_t size = lseek(fd, 0, SEEK_END);
	char *got = mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, fd, 0);
	const char *g = got, *end = text + len;
	unsigned long line = 0;
	bool same = got != MAP_FAILED;

	for (; same && text < end; line++) {
		const char *lf = memchr(text, '\n', (size_t)(end - text));
		const char *want = text;
		size_t n = (size_t)(lf - text) + 1;

		text += n;
		if (every != 0 && (line + 1) % every == 0) {
			want = "gone\n";
			n = 5;
		}
		same = g + n <= got + size && memcmp(g, want, n) == 0;
		g += n;
	}
	same = same && g == got + size;
	munmap(got, (size_t)size);
	return same;
}

static int
test_copies(void)
{
	unsigned seed;

	for (seed = 1; seed <= 12; seed++) {
		size_t len;
		char *text = make_text(&len, seed);
		unsigned every = seed % 4;
		int to = memfd_create("out", 0), status;
		pid_t child;
		int fd = pieces(text, len, seed, &child);

		CHECK(text != NULL && to >= 0 && fd >= 0);
		CHECK(copy(fd, to, seed % 2 == 0, every) == 0);
		CHECK(waitpid(child, &status, 0) == child && status == 0);
		CHECK(is_same(to, text, len, every));
		close(fd);
		close(to);
		free(text);
	}
	return 0;
}

struct expected {
	size_t len, bytes;
	bool too_long, torn;
};

static int
test_lines(const char *text, size_t len, const struct expected *list,
	   size_t count)
{
	pid_t child;
	int status, fd = pieces(text, len, 3, &child);
	struct ndjson *in = ndjson_open(fd, "name");
	struct ndjson_line line;
	size_t i;

	CHECK(fd >= 0 && strcmp(ndjson_name(in), "name") == 0);
	for (i = 0; i < count; i++) {
		CHECK(ndjson_next(in, &line) && line.number == i + 1);
		CHECK(line.len == list[i].len && line.bytes == list[i].bytes);
		CHECK(line.too_long == list[i].too_long);
		CHECK(line.torn == list[i].torn);
	}
	CHECK(!ndjson_next(in, &line) && !ndjson_failed(in));
	ndjson_close(in);
	close(fd);
	CHECK(waitpid(child, &status, 0) == child && status == 0);
	return 0;
}

static int
test_long(void)
{
	enum { MOST = NDJSON_LONGEST, CUT = NDJSON_CUT };
	static const struct expected list[] = {
		{ 1, 1, false, false },
		{ MOST, MOST, false, false },
		{ CUT, MOST + 1, true, false },
		{ 0, 0, false, false },
		{ CUT, (size_t)2 * MOST + 5, true, false },
		{ 2, 2, false, false },
		{ CUT, (size_t)2 * MOST, true, true },
	};
	size_t i, at = 0;
	char *text = malloc((size_t)8 * MOST);

	CHECK(text != NULL);
	memset(text, 'x', (size_t)8 * MOST);
	for (i = 0; i < 7; i++) {
		at += list[i].bytes;
		if (!list[i].torn)
			text[at++] = '\n';
	}
	CHECK(test_lines(text, at, list, 7) == 0);
	free(text);
	return 0;
}

static int
test_torn(void)
{
	static const struct expected torn[] = { { 1, 1, false, false },
						{ 2, 2, false, true } };
	static const struct expected whole[] = { { 1, 1, false, false },
						 { 0, 0, false, false } };

	CHECK(test_lines("a\nbc", 4, torn, 2) == 0);
	CHECK(test_lines("a\n\n", 3, whole, 2) == 0);
	CHECK(test_lines("", 0, NULL, 0) == 0);
	CHECK(test_lines("\0\n", 2, whole, 1) == 0);
	return 0;
}

static int
test_errors(void)
{
	struct ndjson *in = ndjson_open(-1, "nothing");
	struct ndjson_out *out = ndjson_out(-1);
	struct ndjson_line line;

	CHECK(!ndjson_next(in, &line) && ndjson_failed(in));
	ndjson_put(out, "x", 1);
	CHECK(ndjson_flush(out) == -1);
	CHECK(ndjson_out_close(out) == -1);
	ndjson_close(in);
	return 0;
}

int
main(void)
{
	return test_copies() || test_long() || test_torn() || test_errors();
}
