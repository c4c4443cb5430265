#include "look/logtail.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/msg.h"
#include "base/times.h"

enum { CHUNK = 64 << 10, LINE_MOST = 1 << 20, STAMP = 24 };

struct logtail {
	int folder;
	int fd; /* of the file that is being read, or -1 */
	dev_t device;
	ino_t inode;
	bool begun;
	char *held; /* of a line that has not ended */
	size_t held_len;
};

struct logtail *
logtail_open(int folder)
{
	struct logtail *tail = msg_calloc(1, sizeof(*tail));

	tail->folder = folder;
	tail->fd = -1;
	return tail;
}

void
logtail_close(struct logtail *tail)
{
	if (tail == NULL)
		return;
	if (tail->fd >= 0)
		close(tail->fd);
	free(tail->held);
	free(tail);
}

static int
open_log(const struct logtail *tail, const char *name)
{
	return openat(tail->folder, name,
		      O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
}

static void
turn_to(struct logtail *tail, int fd)
{
	struct stat st;

	if (tail->fd >= 0)
		close(tail->fd);
	tail->fd = fd;
	if (fstat(fd, &st) == 0) {
		tail->device = st.st_dev;
		tail->inode = st.st_ino;
	}
}

static bool
is_current(const struct logtail *tail, const char *name)
{
	struct stat st;

	return fstatat(tail->folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
	       (tail->fd >= 0 && st.st_ino == tail->inode &&
		st.st_dev == tail->device);
}

static void
hold(struct logtail *tail, const char *bytes, size_t len)
{
	if (len == 0)
		return;
	tail->held = msg_realloc(tail->held, tail->held_len + len);
	memcpy(tail->held + tail->held_len, bytes, len);
	tail->held_len += len;
}

void
logtail_rest(struct logtail *tail, logtail_line *each, void *arg)
{
	if (tail->held_len > 0)
		each(arg, tail->held, tail->held_len);
	tail->held_len = 0;
}

/* Gives the whole lines of a chunk, the first one behind what is held. */
static void
split(struct logtail *tail, const char *bytes, size_t len, logtail_line *each,
      void *arg)
{
	const char *end;

	while ((end = memchr(bytes, '\n', len)) != NULL) {
		size_t line = (size_t)(end - bytes);

		if (tail->held_len > 0) {
			hold(tail, bytes, line);
			logtail_rest(tail, each, arg);
		} else {
			each(arg, bytes, line);
		}
		bytes += line + 1;
		len -= line + 1;
	}
	hold(tail, bytes, len);
	if (tail->held_len > LINE_MOST) /* no line of ours is so long */
		logtail_rest(tail, each, arg);
}

static int
read_file(struct logtail *tail, logtail_line *each, void *arg)
{
	char bytes[CHUNK];
	ssize_t n;

	if (tail->fd < 0)
		return 0;
	while ((n = read(tail->fd, bytes, sizeof(bytes))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		split(tail, bytes, (size_t)n, each, arg);
	}
	return 0;
}

/* Reads log.1 to its end, when it is there and is not what we have read. */
static int
read_former(struct logtail *tail, logtail_line *each, void *arg)
{
	int fd = is_current(tail, "log.1") ? -1 : open_log(tail, "log.1");

	if (fd < 0)
		return 0;
	turn_to(tail, fd);
	return read_file(tail, each, arg);
}

int
logtail_read(struct logtail *tail, logtail_line *each, void *arg)
{
	int fd;

	if (!tail->begun && read_former(tail, each, arg) != 0)
		return -1;
	tail->begun = true;
	while (read_file(tail, each, arg) == 0) {
		if (is_current(tail, "log"))
			return 0;
		/* It was rotated away: nobody writes to it any more. */
		fd = open_log(tail, "log");
		if (fd < 0)
			return errno == ENOENT ? 0 : -1;
		if (read_file(tail, each, arg) != 0 ||
		    (tail->fd >= 0 && read_former(tail, each, arg) != 0)) {
			close(fd);
			return -1;
		}
		turn_to(tail, fd);
	}
	return -1;
}

bool
logtail_stamp(const char *line, size_t len, int64_t *at)
{
	return len > STAMP && line[STAMP] == ' ' &&
	       times_parse(line, STAMP, at);
}
