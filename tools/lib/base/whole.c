#include "base/whole.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/msg.h"

enum { CHUNK = 1 << 16 };

int
whole_write(int fd, const void *bytes, size_t len)
{
	const char *at = bytes;

	while (len > 0) {
		ssize_t n = write(fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

char *
whole_read(int fd, size_t most, size_t *len)
{
	size_t size = 0, got = 0;
	char *text = NULL;
	ssize_t n = 1;

	while (n != 0) {
		if (size - got < CHUNK / 2)
			text = msg_realloc(text, size = size * 2 + CHUNK);
		n = read(fd, text + got, size - got - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n > 0)
			got += (size_t)n;
		if (got > most)
			errno = EFBIG;
		if (n < 0 || got > most) {
			free(text);
			return NULL;
		}
	}
	text[got] = '\0';
	if (len != NULL)
		*len = got;
	return text;
}

char *
whole_file(const char *path, size_t most, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *text;

	if (fd < 0)
		return NULL;
	text = whole_read(fd, most, len);
	whole_close(fd);
	return text;
}

int
whole_close(int fd)
{
	int error = errno;

	close(fd);
	errno = error;
	return -1;
}
