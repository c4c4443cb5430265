/* spool: queues, batches, the parts of a put, and their taking. */
#include "storage/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "scratch.h"
#include "storage/parts.h"
#include "storage/taker.h"

enum { LARGEST = 1 << 21 };

static void
put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	if (f == NULL || fputs(text, f) < 0 || fclose(f) != 0)
		abort();
}

static size_t
count(struct queue *queue, enum queue_state state)
{
	struct queue_names names;
	size_t n;

	if (queue_names(queue, state, &names) != 0)
		abort();
	n = names.count;
	queue_names_free(&names);
	return n;
}

/* The lines of all files of a state, in name order, without batch lines. */
static size_t
contents(struct queue *queue, enum queue_state state, char *text)
{
	struct queue_names names;
	size_t i, len = 0, at, end;
	ssize_t n;

	if (queue_names(queue, state, &names) != 0)
		abort();
	for (i = 0; i < names.count; i++) {
		int fd = openat(queue_folder(queue, state), names.items[i],
				O_RDONLY);

		at = len;
		while ((n = read(fd, text + len, LARGEST - len)) > 0)
			len += (size_t)n;
		close(fd);
		while (at < len) {
			end = (size_t)((char *)memchr(text + at, '\n',
						      len - at) -
				       text) +
			      1;
			if (strncmp(text + at, "{\"type\":\"batch\"", 15) ==
			    0) {
				memmove(text + at, text + end, len - end);
				len -= end - at;
			} else {
				at = end;
			}
		}
	}
	queue_names_free(&names);
	return len;
}

static size_t
bytes_of_bad(struct queue *queue, char *text)
{
	struct queue_names names;
	ssize_t n;
	int fd;

	if (queue_names(queue, QUEUE_BAD, &names) != 0)
		abort();
	fd = openat(queue_folder(queue, QUEUE_BAD), names.items[0], O_RDONLY);
	n = read(fd, text, LARGEST);
	close(fd);
	queue_names_free(&names);
	return (size_t)n;
}

static int
refuses_names_and_foreign_folders(void)
{
	struct queue *q;

	CHECK(queue_open("s", "1", "../x") == NULL && errno == EINVAL);
	CHECK(queue_open("s", "1", "") == NULL && errno == EINVAL);
	CHECK((q = queue_open("s", "../2", "q")) != NULL);
	CHECK(strncmp(queue_path(q), "s/queue/%2E", 11) == 0);
	queue_close(q);
	CHECK(chmod("s/queue", 0777) == 0);
	CHECK(queue_open("s", "1", "q") == NULL && errno == EPERM);
	CHECK(chmod("s/queue", 0700) == 0);
	put("file", "");
	CHECK(queue_open("file", "1", "q") == NULL && errno == ENOTDIR);
	queue_close(NULL);
	return 0;
}

static int
names_sort_in_commit_order(void)
{
	static const char *const times[] = { "2026-11-24T06:00:00.500Z",
					     "2026-11-24T06:00:00.500Z",
					     "2020-01-01T00:00:00Z",
					     "2026-11-24T06:00:01Z" };
	struct queue *q = queue_open("s", "1", "order");
	struct queue_names names;
	char text[16];
	size_t i;
	int fd;

	CHECK(q != NULL);
	for (i = 0; i < 4; i++) {
		struct spool_batch *batch;

		put("clock", times[i]);
		CHECK((batch = spool_begin(q)) != NULL);
		snprintf(text, sizeof(text), "%zu", i);
		CHECK(spool_write(batch, text, 1) == 0);
		CHECK(spool_commit(batch) == 0);
	}
	CHECK(queue_names(q, QUEUE_NEW, &names) == 0 && names.count == 4);
	for (i = 0; i < 4; i++) {
		fd = openat(queue_folder(q, QUEUE_NEW), names.items[i],
			    O_RDONLY);
		CHECK(read(fd, text, 2) == 1 && text[0] == (char)('0' + i));
		close(fd);
	}
	CHECK(strncmp(names.items[0], "20261124T060000.500Z.", 21) == 0);
	CHECK(queue_stamp_ms(names.items[3]) == 1795500001000);
	CHECK(queue_stamp_ms("README") == 0);
	queue_names_free(&names);
	queue_close(q);
	return 0;
}

static int
sweeps_only_what_nobody_holds(void)
{
	struct queue *q = queue_open("s", "1", "sweep");
	struct spool_batch *one, *two;

	put("s/queue/1/sweep/tmp/99.1", "left by a dead writer");
	CHECK((one = spool_begin(q)) != NULL);
	CHECK(count(q, QUEUE_TMP) == 1);
	CHECK((two = spool_begin(q)) != NULL);
	CHECK(count(q, QUEUE_TMP) == 2);
	spool_abandon(one);
	CHECK(count(q, QUEUE_TMP) == 1);
	CHECK(spool_commit(two) == 0);
	CHECK(count(q, QUEUE_TMP) == 0 && count(q, QUEUE_NEW) == 1);
	queue_close(q);
	return 0;
}

static int
one_taker_at_a_time(void)
{
	struct queue *a = queue_open("s", "1", "lock");
	struct queue *b = queue_open("s", "1", "lock");

	CHECK(queue_lock(a, 0) == 0);
	CHECK(queue_lock(b, 30) == -1 && errno == EWOULDBLOCK);
	queue_close(a);
	CHECK(queue_lock(b, 0) == 0);
	queue_close(b);
	return 0;
}

/* Packs size bytes, unpacks them, then the same with a byte less or broken. */
static int
packs(struct queue *q, size_t size)
{
	char *bytes = calloc(size + 1, 1), *back = calloc(size + 1, 1);
	struct spool_batch *raw, *packed, *again;
	struct queue_names names;
	size_t i;
	int fd;

	for (i = 0; i < size; i++)
		bytes[i] = (char)(i * i / 7 + i % 251);
	put("raw", "");
	fd = open("raw", O_RDWR);
	CHECK(write(fd, bytes, size) == (ssize_t)size);
	lseek(fd, 0, SEEK_SET);
	CHECK((packed = spool_begin(q)) != NULL);
	CHECK(spool_pack(packed, fd) == 0);
	close(fd);
	CHECK(spool_publish(packed, QUEUE_DONE, "x.zst") == 0);
	fd = openat(queue_folder(q, QUEUE_DONE), "x.zst", O_RDWR);
	CHECK((raw = spool_begin(q)) != NULL);
	CHECK(spool_unpack(raw, fd) == 0 && spool_size(raw) == (off_t)size);
	CHECK(spool_commit(raw) == 0);
	CHECK(ftruncate(fd, lseek(fd, 0, SEEK_END) - 1) == 0);
	lseek(fd, 0, SEEK_SET);
	CHECK((again = spool_begin(q)) != NULL);
	CHECK(spool_unpack(again, fd) == -1 && errno == EBADMSG);
	spool_abandon(again);
	close(fd);
	CHECK(queue_names(q, QUEUE_NEW, &names) == 0 && names.count == 1);
	fd = openat(queue_folder(q, QUEUE_NEW), names.items[0], O_RDONLY);
	CHECK(read(fd, back, size + 1) == (ssize_t)size);
	CHECK(memcmp(bytes, back, size) == 0);
	close(fd);
	unlinkat(queue_folder(q, QUEUE_NEW), names.items[0], 0);
	queue_names_free(&names);
	free(bytes);
	free(back);
	return 0;
}

static int
packs_every_size(void)
{
	static const size_t sizes[] = { 0,	1,	131071, 131072,
					131073, 262144, 393216, 1000000 };
	struct queue *q = queue_open("s", "1", "pack");
	struct spool_batch *batch;
	size_t i;
	int fd;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		CHECK(packs(q, sizes[i]) == 0);
	put("plain", "this is not zstd at all");
	fd = open("plain", O_RDONLY);
	CHECK((batch = spool_begin(q)) != NULL);
	CHECK(spool_unpack(batch, fd) == -1 && errno == EBADMSG);
	spool_abandon(batch);
	close(fd);
	queue_close(q);
	return 0;
}

static uint32_t
next(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

/* One put of a random stream: what is in new/ must be all whole lines, or all
 * up to the last checkpoint, and in bad/ what is behind it. */
static int
put_and_compare(uint32_t seed)
{
	static const int codes[] = { 0, 121, 65, 70, 76, 75, 77, 1 };
	char *text = calloc(LARGEST, 1), *found = calloc(LARGEST, 1);
	size_t len = 0, whole = 0, closed = 0, at = 0, step, expected, lines;
	int code = codes[next(&seed) % 8], ends[2];
	struct parts_result result;
	struct queue *q;
	struct parts *parts;
	char name[32];

	for (lines = next(&seed) % 40; lines > 0; lines--) {
		bool closes = next(&seed) % 6 == 0;
		size_t pad = next(&seed) % (next(&seed) % 9 == 0 ? 30000 : 60);

		len += (size_t)sprintf(
			text + len, "{\"type\":\"%s\",\"n\":\"%0*d\"}\n",
			closes ? "checkpoint" : "r", (int)pad + 1, (int)lines);
		whole = len;
		closed = closes ? len : closed;
	}
	if (next(&seed) % 3 == 0)
		len += (size_t)snprintf(text + len, LARGEST - len,
					"{\"type\":\"checkp");
	snprintf(name, sizeof(name), "put%u", seed);
	q = queue_open("s", "1", name);
	CHECK((parts = parts_open(q, next(&seed) % 3000)) != NULL);
	CHECK(pipe(ends) == 0);
	while (at < len) {
		step = next(&seed) % 4096 + 1;
		step = step < len - at ? step : len - at;
		CHECK(write(ends[1], text + at, step) == (ssize_t)step);
		at += step;
		while (step > 0)
			step -= (size_t)parts_read(parts, ends[0]);
	}
	CHECK(parts_end(parts, code, &result) == 0);
	close(ends[0]);
	close(ends[1]);
	expected = code == 0 || code == 121 ? whole : closed;
	CHECK(contents(q, QUEUE_NEW, found) == expected);
	CHECK(memcmp(text, found, expected) == 0);
	CHECK((result.batches > 0) == (expected > 0));
	CHECK(result.torn == (len > whole));
	CHECK(count(q, QUEUE_TMP) == 0);
	CHECK(count(q, QUEUE_BAD) ==
	      (len > expected && code != 75 && code != 77 && code != 1));
	if (count(q, QUEUE_BAD) == 1) {
		CHECK(bytes_of_bad(q, found) == len - expected);
		CHECK(memcmp(text + expected, found, len - expected) == 0);
	}
	queue_close(q);
	free(text);
	free(found);
	return 0;
}

static int
keeps_what_a_checkpoint_closed(void)
{
	uint32_t seed;

	for (seed = 1; seed <= 200; seed++)
		if (put_and_compare(seed) != 0) {
			fprintf(stderr, "seed %u\n", seed);
			return 1;
		}
	return 0;
}

static int
settles_batches(void)
{
	struct queue *q = queue_open("s", "1", "take");
	struct taker_batch batch;
	struct spool_batch *writing;
	char byte;
	int i;

	CHECK(taker_next(q, &batch) == 0);
	for (i = 0; i < 3; i++) {
		writing = spool_begin(q);
		byte = (char)('a' + i);
		CHECK(spool_write(writing, &byte, 1) == 0);
		CHECK(spool_commit(writing) == 0);
	}
	CHECK(taker_next(q, &batch) == 1);
	CHECK(read(batch.fd, &byte, 1) == 1 && byte == 'a');
	taker_leave(&batch);
	CHECK(taker_next(q, &batch) == 1 && taker_done(q, &batch) == 0);
	CHECK(count(q, QUEUE_DONE) == 1 && count(q, QUEUE_NEW) == 2);
	CHECK(taker_next(q, &batch) == 1);
	CHECK(read(batch.fd, &byte, 1) == 1 && byte == 'b');
	CHECK(taker_crashed(q, &batch) == 1 && taker_crashed(q, &batch) == 2);
	CHECK(taker_calm(q) == 0 && taker_crashed(q, &batch) == 1);
	CHECK(taker_give_up(q, &batch) == 0);
	CHECK(count(q, QUEUE_BAD) == 1 && count(q, QUEUE_NEW) == 1);
	CHECK(taker_next(q, &batch) == 1 && taker_crashed(q, &batch) == 1);
	taker_leave(&batch);
	CHECK(count(q, QUEUE_NEW) == 1);
	queue_close(q);
	return 0;
}

int
main(void)
{
	char folder[SCRATCH_SIZE];
	int failed;

	if (scratch_enter(folder, "spool") != 0)
		return 1;
	put("clock", "2026-11-24T06:00:00Z");
	setenv("PULSE_TEST_CLOCK", "clock", 1);
	failed = refuses_names_and_foreign_folders() ||
		 names_sort_in_commit_order() ||
		 sweeps_only_what_nobody_holds() || one_taker_at_a_time() ||
		 packs_every_size() || keeps_what_a_checkpoint_closed() ||
		 settles_batches();
	return scratch_remove(folder) != 0 || failed;
}
