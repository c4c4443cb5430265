#include "base/clock.h"

#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/msg.h"
#include "base/times.h"

static int64_t
read_clock(clockid_t id)
{
	struct timespec now;

	if (clock_gettime(id, &now) != 0)
		msg_die(EX_OSERR, "cannot read 'the clock'");
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t
file_time(const char *path)
{
	char text[64];
	ssize_t len = -1;
	int64_t ms;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0) {
		len = read(fd, text, sizeof(text));
		close(fd);
	}
	while (len > 0 && text[len - 1] == '\n')
		len--;
	if (len <= 0 || !times_parse(text, (size_t)len, &ms))
		msg_die(EX_CONFIG,
			"cannot use '%s' as PULSE_TEST_CLOCK: "
			"not one RFC 3339 time",
			path);
	return ms;
}

int64_t
clock_now(void)
{
	const char *path = getenv("PULSE_TEST_CLOCK");

	return path != NULL ? file_time(path) : read_clock(CLOCK_REALTIME);
}

int64_t
clock_monotonic(void)
{
	return read_clock(CLOCK_MONOTONIC);
}
