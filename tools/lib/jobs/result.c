/* The result of a run: key=value lines and a last line that proves them. */
#include "jobs/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/times.h"

enum { PAPER = 4096 };

static const char *const hows[] = {
	[FOLDER_BY_ITSELF] = "by_itself", [FOLDER_TIMED_OUT] = "timed_out",
	[FOLDER_STOPPED] = "stopped",	  [FOLDER_DRAINED] = "drained",
	[FOLDER_KILLED] = "killed",
};

static const struct {
	const char *name;
	size_t where;
} numbers[] = {
	{ "took", offsetof(struct folder_result, took) },
	{ "user_ms", offsetof(struct folder_result, user_ms) },
	{ "system_ms", offsetof(struct folder_result, system_ms) },
	{ "peak_kb", offsetof(struct folder_result, peak_kb) },
	{ "leftovers", offsetof(struct folder_result, leftovers) },
	{ "records", offsetof(struct folder_result, records) },
	{ "requests", offsetof(struct folder_result, requests) },
	{ "bytes", offsetof(struct folder_result, bytes) },
	{ "rejected", offsetof(struct folder_result, rejected) },
	{ "response_ms", offsetof(struct folder_result, response_ms) },
	{ "database_ms", offsetof(struct folder_result, database_ms) },
};
enum { NUMBERS = sizeof(numbers) / sizeof(numbers[0]) };

const char *
folder_how_name(enum folder_how how)
{
	return hows[how];
}

/* CRC-32 as in zlib, by half bytes. */
static uint32_t
crc32_of(const char *bytes, size_t len)
{
	static const uint32_t table[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
		0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
		0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
		0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};
	uint32_t crc = ~0U;
	size_t i;

	for (i = 0; i < len; i++) {
		crc ^= (unsigned char)bytes[i];
		crc = table[crc & 15] ^ (crc >> 4);
		crc = table[crc & 15] ^ (crc >> 4);
	}
	return ~crc;
}

int
folder_prepare_result(int folder)
{
	int fd = openat(folder, "result.tmp",
			O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
			0600);
	int error;

	if (fd < 0)
		return -1;
	error = posix_fallocate(fd, 0, PAPER);
	if (close(fd) != 0 && error == 0)
		error = errno;
	errno = error;
	return error == 0 ? 0 : -1;
}

static void
format_time(int64_t ms, char out[TIMES_SIZE])
{
	if (ms > 0)
		times_format(ms, out);
	else
		snprintf(out, TIMES_SIZE, "-");
}

/* The cause comes from outside: no line end may get into the lines. */
static void
copy_line(char *out, size_t size, const char *text)
{
	size_t i;

	for (i = 0; i + 1 < size && text[i] != '\0'; i++) {
		out[i] = text[i];
		if ((unsigned char)text[i] < ' ')
			out[i] = ' ';
	}
	out[i] = '\0';
}

static size_t
format_result(const struct folder_result *r, char paper[PAPER])
{
	char began[TIMES_SIZE], ended[TIMES_SIZE], not_before[TIMES_SIZE];
	char cause[VERDICT_CAUSE];
	size_t len, i;

	format_time(r->began, began);
	format_time(r->ended, ended);
	format_time(r->verdict.not_before, not_before);
	copy_line(cause, sizeof(cause), r->verdict.cause);
	len = (size_t)snprintf(paper, PAPER,
			       "run=%s\ncode=%d\nclass=%s\nhow=%s\n"
			       "not_before=%s\nbegan=%s\nended=%s\nstored=%d\n",
			       r->run, r->verdict.code,
			       outcome_name(r->verdict.class), hows[r->how],
			       not_before, began, ended, r->stored);
	for (i = 0; i < NUMBERS; i++)
		len += (size_t)snprintf(
			paper + len, PAPER - len, "%s=%" PRId64 "\n",
			numbers[i].name,
			*(const int64_t *)((const char *)r + numbers[i].where));
	len += (size_t)snprintf(paper + len, PAPER - len, "cause=%s\n", cause);
	return len + (size_t)snprintf(paper + len, PAPER - len,
				      "end %zu %08" PRIx32 "\n", len,
				      crc32_of(paper, len));
}

static int
put_result(int folder, const char *paper, size_t len)
{
	int fd = openat(folder, "result.tmp",
			O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	int error;

	if (fd < 0)
		return -1;
	if (pwrite(fd, paper, len, 0) == (ssize_t)len &&
	    ftruncate(fd, (off_t)len) == 0 && fsync(fd) == 0)
		return close(fd);
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

int
folder_write_result(int folder, const struct folder_result *result)
{
	char paper[PAPER];
	size_t len = format_result(result, paper);

	if (put_result(folder, paper, len) != 0 ||
	    renameat(folder, "result.tmp", folder, "result") != 0)
		return -1;
	return atomic_sync_dir(folder);
}

/* The length that the last line vouches for; 0: it does not. */
static size_t
proven(const char *paper, size_t len)
{
	const char *end = NULL, *at = paper;
	char expected[40];
	size_t body;

	while ((at = strstr(at, "\nend ")) != NULL)
		end = ++at;
	if (end == NULL || len == 0)
		return 0;
	body = (size_t)(end - paper);
	snprintf(expected, sizeof(expected), "end %zu %08" PRIx32 "\n", body,
		 crc32_of(paper, body));
	return strcmp(end, expected) == 0 ? body : 0;
}

/* The value of a key in the lines, cut to size; false: no such key. */
static bool
take(const char *paper, const char *key, char *out, size_t size)
{
	size_t len = strlen(key);
	const char *at;

	for (at = paper; at != NULL && *at != '\0';) {
		if (strncmp(at, key, len) == 0 && at[len] == '=') {
			snprintf(out, size, "%.*s",
				 (int)strcspn(at + len + 1, "\n"),
				 at + len + 1);
			return true;
		}
		at = strchr(at, '\n');
		at = at != NULL ? at + 1 : NULL;
	}
	return false;
}

static bool
take_number(const char *paper, const char *key, int64_t *number)
{
	char text[24], *end;

	if (!take(paper, key, text, sizeof(text)))
		return false;
	*number = strtoll(text, &end, 10);
	return end != text && *end == '\0';
}

static bool
take_time(const char *paper, const char *key, int64_t *ms)
{
	char text[TIMES_SIZE];

	if (!take(paper, key, text, sizeof(text)))
		return false;
	*ms = 0;
	return strcmp(text, "-") == 0 || times_parse(text, strlen(text), ms);
}

static bool
take_how(const char *paper, enum folder_how *how)
{
	char text[24];
	size_t i;

	if (!take(paper, "how", text, sizeof(text)))
		return false;
	for (i = 0; i < sizeof(hows) / sizeof(hows[0]); i++)
		if (strcmp(hows[i], text) == 0) {
			*how = (enum folder_how)i;
			return true;
		}
	return false;
}

static bool
parse(const char *paper, struct folder_result *r)
{
	int64_t code, stored;
	char class[40];
	size_t i;

	for (i = 0; i < NUMBERS; i++)
		if (!take_number(paper, numbers[i].name,
				 (int64_t *)((char *)r + numbers[i].where)))
			return false;
	if (!take_number(paper, "code", &code) || code < 0 || code > 255 ||
	    !take_number(paper, "stored", &stored) ||
	    !take(paper, "class", class, sizeof(class)) ||
	    !take_how(paper, &r->how) ||
	    !take(paper, "run", r->run, sizeof(r->run)) ||
	    !take(paper, "cause", r->verdict.cause, VERDICT_CAUSE))
		return false;
	r->verdict.code = (int)code;
	r->verdict.class = outcome_from_name(class);
	r->stored = stored != 0;
	return take_time(paper, "not_before", &r->verdict.not_before) &&
	       take_time(paper, "began", &r->began) &&
	       take_time(paper, "ended", &r->ended);
}

enum settle_paper
folder_read_result(int folder, struct folder_result *result)
{
	int fd = openat(folder, "result",
			O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	char paper[PAPER + 1];
	size_t body;
	ssize_t n;

	*result = (struct folder_result){ 0 };
	if (fd < 0)
		return errno == ENOENT ? SETTLE_ABSENT : SETTLE_DAMAGED;
	n = pread(fd, paper, PAPER, 0);
	close(fd);
	if (n <= 0 || memchr(paper, '\0', (size_t)n) != NULL)
		return SETTLE_DAMAGED;
	paper[n] = '\0';
	body = proven(paper, (size_t)n);
	if (body == 0)
		return SETTLE_DAMAGED;
	paper[body] = '\0';
	return parse(paper, result) ? SETTLE_WHOLE : SETTLE_DAMAGED;
}
