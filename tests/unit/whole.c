#include "base/whole.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

enum { LARGE = 3 << 20 };

/* A pipe takes and gives a large text in many pieces. */
static int
a_text_goes_through_a_pipe_whole(void)
{
	char *text = calloc(1, LARGE), *got;
	size_t len, i;
	int ends[2], status;
	pid_t child;

	CHECK(text != NULL && pipe(ends) == 0);
	for (i = 0; i < LARGE; i++)
		text[i] = (char)(i * 31 % 251);
	child = fork();
	if (child == 0) {
		close(ends[0]);
		_exit(whole_write(ends[1], text, LARGE) == 0 ? 0 : 1);
	}
	close(ends[1]);
	got = whole_read(ends[0], LARGE, &len);
	CHECK(got != NULL && len == LARGE && memcmp(got, text, len) == 0);
	CHECK(got[len] == '\0');
	CHECK(waitpid(child, &status, 0) == child && status == 0);
	close(ends[0]);
	free(got);
	free(text);
	return 0;
}

static int
more_than_most_is_refused(void)
{
	char path[] = "/tmp/pulse-whole.XXXXXX", *text;
	int fd = mkstemp(path);
	size_t len = 9;

	CHECK(fd >= 0 && whole_write(fd, "12345", 5) == 0);
	errno = 0;
	CHECK(whole_file(path, 4, &len) == NULL && errno == EFBIG);
	text = whole_file(path, 5, &len);
	CHECK(text != NULL && len == 5 && strcmp(text, "12345") == 0);
	free(text);
	CHECK(unlink(path) == 0);
	errno = 0;
	CHECK(whole_file(path, 5, NULL) == NULL && errno == ENOENT);
	close(fd);
	return 0;
}

static int
what_cannot_be_written_is_told(void)
{
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);

	errno = 0;
	CHECK(full >= 0 && whole_write(full, "x", 1) == -1);
	CHECK(errno == ENOSPC && whole_write(full, "", 0) == 0);
	close(full);
	errno = 0;
	CHECK(whole_read(-1, 5, NULL) == NULL && errno == EBADF);
	return 0;
}

int
main(void)
{
	return a_text_goes_through_a_pipe_whole() +
	       more_than_most_is_refused() + what_cannot_be_written_is_told();
}
