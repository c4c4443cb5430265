#include "jobs/latch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"

enum { TEXT = 32 };

static int
open_latch(const struct rooms *rooms)
{
	return openat(rooms->control, "latch",
		      O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
}

bool
latch_is_set(const struct rooms *rooms)
{
	char byte = '1';
	ssize_t n;
	int fd;

	if (rooms->control < 0)
		return false;
	fd = open_latch(rooms);
	if (fd < 0)
		return true;
	n = pread(fd, &byte, 1, 0);
	close(fd);
	return n != 1 || byte != '0';
}

int64_t
latch_since(const struct rooms *rooms)
{
	char text[TEXT] = "";
	int fd = open_latch(rooms);

	if (fd < 0)
		return 0;
	if (pread(fd, text, TEXT - 1, 1) < 0)
		text[0] = '\0';
	close(fd);
	return strtoll(text, NULL, 10);
}

/* Not there on a full disk, perhaps: the byte before it is what counts. */
static void
note_time(int fd)
{
	char text[TEXT];
	int len =
		snprintf(text, sizeof(text), " %lld\n", (long long)clock_now());

	if (pwrite(fd, text, (size_t)len, 1) != len)
		errno = 0;
}

int
latch_set(const struct rooms *rooms, bool set)
{
	int fd = openat(
		rooms->control, "latch",
		O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
	int error;

	if (fd < 0)
		return -1;
	if (pwrite(fd, set ? "1" : "0", 1, 0) == 1 && fdatasync(fd) == 0) {
		if (set)
			note_time(fd);
		return close(fd);
	}
	error = errno;
	close(fd);
	errno = error;
	return -1;
}
