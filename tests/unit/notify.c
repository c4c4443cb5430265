/* notify: datagrams as a service manager receives them. */
#include "base/notify.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "check.h"

static int
listener(const char *name)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	size_t len = strlen(name);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	memcpy(at.sun_path, name, len);
	if (name[0] == '@')
		at.sun_path[0] = '\0';
	if (bind(fd, (struct sockaddr *)&at,
		 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)))
		abort();
	return fd;
}

static int
hears(const char *name)
{
	char heard[64];
	int fd = listener(name);
	ssize_t len;

	setenv("NOTIFY_SOCKET", name, 1);
	CHECK(notify_send("READY=1\nSTATUS=3 jobs") == 0);
	len = recv(fd, heard, sizeof(heard), MSG_DONTWAIT);
	CHECK(len == 21 && memcmp(heard, "READY=1\nSTATUS=3 jobs", 21) == 0);
	close(fd);
	CHECK(notify_send("WATCHDOG=1") == -1 && errno == ECONNREFUSED);
	return 0;
}

static int
watchdog(const char *us, const char *pid, int64_t expected)
{
	setenv("WATCHDOG_USEC", us, 1);
	if (pid != NULL)
		setenv("WATCHDOG_PID", pid, 1);
	else
		unsetenv("WATCHDOG_PID");
	CHECK(notify_interval() == expected);
	return 0;
}

int
main(void)
{
	char path[64], abstract[64], own[24], huge[300];

	snprintf(path, sizeof(path), "/tmp/pulse-notify-%d", (int)getpid());
	snprintf(abstract, sizeof(abstract), "@pulse-notify-%d", (int)getpid());
	snprintf(own, sizeof(own), "%d", (int)getpid());
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	CHECK(notify_send("READY=1") == 1 && notify_interval() == 0);
	setenv("NOTIFY_SOCKET", "", 1);
	CHECK(notify_send("READY=1") == 1);
	if (hears(path) != 0 || hears(abstract) != 0)
		return 1;
	unlink(path);
	CHECK(notify_send("READY=1") == -1);
	setenv("NOTIFY_SOCKET", "relative", 1);
	CHECK(notify_send("READY=1") == -1 && errno == EAFNOSUPPORT);
	memset(huge, 'x', sizeof(huge));
	huge[0] = '/';
	huge[sizeof(huge) - 1] = '\0';
	setenv("NOTIFY_SOCKET", huge, 1);
	CHECK(notify_send("READY=1") == -1 && errno == ENAMETOOLONG);
	return watchdog("30000000", NULL, 15000) ||
	       watchdog("30000000", own, 15000) ||
	       watchdog("30000000", "1", 0) || watchdog("0", NULL, 0) ||
	       watchdog("1", NULL, 1) || watchdog("30s", NULL, 0) ||
	       watchdog("-5", NULL, 0) || watchdog("30000000", "me", 0);
}
