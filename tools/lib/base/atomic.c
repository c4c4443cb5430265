#include "base/atomic.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/whole.h"

static int
write_beside(int dir, const char *beside, const void *bytes, size_t len)
{
	int fd = openat(dir, beside,
			O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
			0600);
	int failed, error;

	if (fd < 0)
		return -1;
	failed = whole_write(fd, bytes, len) != 0 || fsync(fd) != 0;
	error = errno;
	if (close(fd) != 0 && !failed)
		return -1;
	errno = error;
	return failed ? -1 : 0;
}

int
atomic_replace(int dir, const char *name, const void *bytes, size_t len)
{
	char beside[300];
	int error;

	if (snprintf(beside, sizeof(beside), ".%s.%ld", name, (long)getpid()) >=
	    (int)sizeof(beside)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	if (write_beside(dir, beside, bytes, len) == 0 &&
	    renameat(dir, beside, dir, name) == 0)
		return atomic_sync_dir(dir);
	error = errno;
	unlinkat(dir, beside, 0);
	errno = error;
	return -1;
}

int
atomic_sync_dir(int dir)
{
	return fsync(dir);
}

static int
make_folders(char *path)
{
	char *slash;

	for (slash = strchr(path + 1, '/'); slash != NULL;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0700) != 0 && errno != EEXIST)
			return -1;
		*slash = '/';
	}
	return 0;
}

int
atomic_write(const char *path, const void *bytes, size_t len)
{
	const char *slash = strrchr(path, '/');
	char folder[PATH_MAX];
	int dir, failed, error;

	if (snprintf(folder, sizeof(folder), "%.*s",
		     slash != NULL ? (int)(slash - path) + 1 : 2,
		     slash != NULL ? path : "./") >= (int)sizeof(folder)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	if (make_folders(folder) != 0)
		return -1;
	dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return -1;
	failed = atomic_replace(dir, slash != NULL ? slash + 1 : path, bytes,
				len);
	error = errno;
	close(dir);
	errno = error;
	return failed;
}
