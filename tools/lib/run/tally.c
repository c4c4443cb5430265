#include "run/tally.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/msg.h"
#include "records/json.h"

enum { MOST = 8 << 20, CHUNK = 64 << 10 };

/* FNV-1a, 64 bits. */
static void
mark_file(int fd, char mark[FOLDER_MARK])
{
	uint64_t h = 0xcbf29ce484222325;
	unsigned char chunk[CHUNK];
	int64_t size = 0;
	ssize_t n, i;

	while ((n = read(fd, chunk, sizeof(chunk))) > 0) {
		for (i = 0; i < n; i++)
			h = (h ^ chunk[i]) * 0x100000001b3;
		size += n;
	}
	snprintf(mark, FOLDER_MARK, "%" PRId64 "-%016" PRIx64, size, h);
}

void
tally_mark(const struct rooms *rooms, int64_t client, const char *job,
	   char mark[FOLDER_MARK])
{
	char path[NAMES_SIZE + 64];
	int fd;

	mark[0] = '\0';
	snprintf(path, sizeof(path), "checkpoints/%" PRId64 "/%s.json", client,
		 job);
	fd = openat(rooms->spool, path,
		    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return;
	mark_file(fd, mark);
	close(fd);
}

static int64_t
ms_of(const struct timeval *time)
{
	return (int64_t)time->tv_sec * 1000 + time->tv_usec / 1000;
}

void
tally_usage(struct folder_result *result)
{
	struct rusage usage;

	if (getrusage(RUSAGE_CHILDREN, &usage) != 0)
		return;
	result->user_ms = ms_of(&usage.ru_utime);
	result->system_ms = ms_of(&usage.ru_stime);
	result->peak_kb = usage.ru_maxrss;
}

char *
tally_read(int folder, const char *name, size_t *len)
{
	int fd = openat(folder, name,
			O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	size_t size = 0;
	char *text = NULL;
	ssize_t n = 1;

	*len = 0;
	while (fd >= 0 && n > 0 && *len < MOST) {
		if (*len == size) {
			size += CHUNK;
			text = msg_realloc(text, size);
		}
		n = read(fd, text + *len, size - *len);
		if (n > 0)
			*len += (size_t)n;
	}
	if (fd >= 0)
		close(fd);
	return text != NULL ? text : msg_calloc(1, 1);
}

enum { RECORDS, REQUESTS, BYTES, REJECTED, RESPONSE, DATABASE, COUNTS };

/* One line; the mean answer time is weighed by the requests. */
static void
add_line(const struct json_span *spans, struct folder_result *result)
{
	int64_t counts[COUNTS] = { 0 };
	size_t i;

	for (i = 0; i < COUNTS; i++)
		if (!json_int(&spans[i], &counts[i]) || counts[i] < 0)
			counts[i] = 0;
	result->records += counts[RECORDS];
	result->bytes += counts[BYTES];
	result->rejected += counts[REJECTED];
	result->database_ms += counts[DATABASE];
	result->requests += counts[REQUESTS];
	if (result->requests > 0)
		result->response_ms +=
			(counts[RESPONSE] - result->response_ms) *
			counts[REQUESTS] / result->requests;
}

void
tally_requests(int folder, struct folder_result *result)
{
	static const char *const want[COUNTS] = {
		[RECORDS] = "records",	    [REQUESTS] = "requests",
		[BYTES] = "bytes",	    [REJECTED] = "rejected",
		[RESPONSE] = "response_ms", [DATABASE] = "database_ms",
	};
	struct json_paths *paths;
	struct json_span spans[COUNTS];
	struct json_error error;
	size_t len;
	char *text = tally_read(folder, "requests", &len);
	char *at = text, *end;

	if (len == 0) {
		free(text);
		return;
	}
	paths = json_paths(want, COUNTS);
	while ((end = memchr(at, '\n', len - (size_t)(at - text))) != NULL) {
		if (json_scan(paths, at, (size_t)(end - at), spans, &error) ==
		    0)
			add_line(spans, result);
		at = end + 1;
	}
	json_paths_free(paths);
	free(text);
}
