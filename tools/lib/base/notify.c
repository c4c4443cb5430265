#include "base/notify.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* A path, or an abstract name written with @ for its leading NUL. */
static int
address(const char *name, struct sockaddr_un *to, socklen_t *len)
{
	size_t size = strlen(name);

	if (name[0] != '/' && name[0] != '@') {
		errno = EAFNOSUPPORT;
		return -1;
	}
	if (size >= sizeof(to->sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	*to = (struct sockaddr_un){ .sun_family = AF_UNIX };
	memcpy(to->sun_path, name, size);
	*len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size);
	if (name[0] == '@')
		to->sun_path[0] = '\0';
	return 0;
}

int
notify_send(const char *state)
{
	const char *name = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to;
	ssize_t sent;
	socklen_t len;
	int fd;

	if (name == NULL || *name == '\0')
		return 1;
	if (address(name, &to, &len) != 0)
		return -1;
	if ((fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) < 0)
		return -1;
	do {
		sent = sendto(fd, state, strlen(state), MSG_NOSIGNAL,
			      (struct sockaddr *)&to, len);
	} while (sent < 0 && errno == EINTR);
	close(fd);
	return sent < 0 ? -1 : 0;
}

static int64_t
number_of(const char *name)
{
	const char *text = getenv(name);
	long long number;
	char *end;

	if (text == NULL || *text == '\0')
		return -1;
	errno = 0;
	number = strtoll(text, &end, 10);
	return errno != 0 || *end != '\0' || number < 0 ? -1 : number;
}

int64_t
notify_interval(void)
{
	int64_t us = number_of("WATCHDOG_USEC");

	if (us <= 0 || (getenv("WATCHDOG_PID") != NULL &&
			number_of("WATCHDOG_PID") != getpid()))
		return 0;
	return us < 2000 ? 1 : us / 2000;
}
