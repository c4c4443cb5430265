#include "jobs/latch.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

bool
latch_is_set(const struct rooms *rooms)
{
	char byte = '1';
	ssize_t n;
	int fd;

	if (rooms->control < 0)
		return false;
	fd = openat(rooms->control, "latch",
		    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return true;
	n = pread(fd, &byte, 1, 0);
	close(fd);
	return n != 1 || byte != '0';
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
	if (pwrite(fd, set ? "1" : "0", 1, 0) == 1 && fdatasync(fd) == 0)
		return close(fd);
	error = errno;
	close(fd);
	errno = error;
	return -1;
}
