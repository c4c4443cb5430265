#include "net/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/msg.h"

enum { FIRST_PASSED = 3 /* SD_LISTEN_FDS_START */ };

union address {
	struct sockaddr any;
	struct sockaddr_in four;
	struct sockaddr_in6 six;
	struct sockaddr_un local;
};

static int
fail(char **why, const char *reason)
{
	*why = msg_strdup(reason);
	return -1;
}

/* Closes fd, whose trouble errno tells. */
static int
give_up(int fd, char **why)
{
	int error = errno;

	if (fd >= 0)
		close(fd);
	return fail(why, strerror(error));
}

static int
make_socket(int domain)
{
	return socket(domain, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

/* The address of a path; false: it is too long for one. */
static bool
name_path(const char *path, struct sockaddr_un *address)
{
	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	return (size_t)snprintf(address->sun_path, sizeof(address->sun_path),
				"%s", path) < sizeof(address->sun_path);
}

/* 0: there is nothing, or a socket that nobody listens on any more. */
static int
check_place(const struct sockaddr_un *address, char **why)
{
	struct stat there;
	int fd, result;

	if (lstat(address->sun_path, &there) != 0)
		return errno == ENOENT ? 0 : fail(why, strerror(errno));
	if (!S_ISSOCK(there.st_mode))
		return fail(why, "something that is no socket is there");
	fd = make_socket(AF_UNIX);
	if (fd < 0)
		return give_up(fd, why);
	result =
		connect(fd, (const struct sockaddr *)address, sizeof(*address));
	if (result != 0 && errno == ECONNREFUSED) {
		close(fd);
		return 0;
	}
	if (result != 0 && errno != EAGAIN)
		return give_up(fd, why);
	close(fd);
	return fail(why, "another program listens there");
}

/* Made beside and renamed: it is never there with another mode, or deaf. */
static int
open_path(const char *path, mode_t mode, char **why)
{
	struct sockaddr_un address, beside;
	char *name;
	int fd;

	name = msg_text("%s.%ld", path, (long)getpid());
	if (!name_path(path, &address) || !name_path(name, &beside)) {
		free(name);
		return fail(why, "the path is too long for a socket");
	}
	free(name);
	if (check_place(&address, why) != 0)
		return -1;
	fd = make_socket(AF_UNIX);
	unlink(beside.sun_path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&beside, sizeof(beside)) != 0)
		return give_up(fd, why);
	if (chmod(beside.sun_path, mode) == 0 && listen(fd, SOMAXCONN) == 0 &&
	    rename(beside.sun_path, address.sun_path) == 0)
		return fd;
	give_up(fd, why);
	unlink(beside.sun_path);
	return -1;
}

static bool
parse_port(const char *text, in_port_t *port)
{
	size_t len = strlen(text);
	unsigned long number;

	if (len == 0 || len > 5 || strspn(text, "0123456789") != len)
		return false;
	number = strtoul(text, NULL, 10);
	*port = htons((uint16_t)number);
	return number <= UINT16_MAX;
}

/* ADDR:PORT or [ADDR]:PORT. */
static bool
parse_address(const char *where, union address *address, socklen_t *len)
{
	char host[INET6_ADDRSTRLEN];
	bool six = where[0] == '[';
	const char *start = where + six;
	const char *end = strstr(start, six ? "]:" : ":");

	if (end == NULL || (size_t)(end - start) >= sizeof(host))
		return false;
	snprintf(host, sizeof(host), "%.*s", (int)(end - start), start);
	memset(address, 0, sizeof(*address));
	if (six) {
		*len = sizeof(address->six);
		address->six.sin6_family = AF_INET6;
		return inet_pton(AF_INET6, host, &address->six.sin6_addr) ==
			       1 &&
		       parse_port(end + 2, &address->six.sin6_port);
	}
	*len = sizeof(address->four);
	address->four.sin_family = AF_INET;
	return inet_pton(AF_INET, host, &address->four.sin_addr) == 1 &&
	       parse_port(end + 1, &address->four.sin_port);
}

static int
open_address(const char *where, char **why)
{
	union address address;
	socklen_t len;
	int fd, on = 1;

	if (!parse_address(where, &address, &len))
		return fail(why, "no PATH with a slash, ADDRESS:PORT or "
				 "[ADDRESS]:PORT");
	fd = make_socket(address.any.sa_family);
	if (fd < 0)
		return give_up(fd, why);
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (address.any.sa_family == AF_INET6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on,
				 sizeof(on));
	if (bind(fd, &address.any, len) != 0 || listen(fd, SOMAXCONN) != 0)
		return give_up(fd, why);
	return fd;
}

int
listener_open(const char *where, mode_t mode, char **why)
{
	if (strchr(where, '/') != NULL)
		return open_path(where, mode, why);
	return open_address(where, why);
}

static int
option(int fd, int name)
{
	socklen_t len = sizeof(int);
	int value = -1;

	return getsockopt(fd, SOL_SOCKET, name, &value, &len) == 0 ? value : -1;
}

/* Reads and takes away what says that sockets were passed; how many. */
static long
passed(void)
{
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
	long count = 0;

	if (pid != NULL && fds != NULL &&
	    strtol(pid, NULL, 10) == (long)getpid())
		count = strtol(fds, NULL, 10);
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	return count;
}

int
listener_inherited(char **why)
{
	int fd = FIRST_PASSED, domain, flags;
	long count = passed();

	if (count <= 0)
		return -1;
	if (count > 1) {
		*why = msg_text("%ld sockets were passed, one is enough",
				count);
		return -2;
	}
	domain = option(fd, SO_DOMAIN);
	if (option(fd, SO_TYPE) != SOCK_STREAM ||
	    option(fd, SO_ACCEPTCONN) != 1 ||
	    (domain != AF_UNIX && domain != AF_INET && domain != AF_INET6)) {
		*why = msg_strdup("what was passed is no listening stream "
				  "socket");
		return -2;
	}
	flags = fcntl(fd, F_GETFL);
	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0 ||
	    fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) {
		*why = msg_strdup(strerror(errno));
		return -2;
	}
	return fd;
}

static bool
own_address(int fd, union address *address)
{
	socklen_t len = sizeof(*address);

	memset(address, 0, sizeof(*address));
	return getsockname(fd, &address->any, &len) == 0;
}

bool
listener_is_local(int fd)
{
	return option(fd, SO_DOMAIN) == AF_UNIX;
}

bool
listener_is_loopback(int fd)
{
	union address address;

	if (!own_address(fd, &address))
		return false;
	if (address.any.sa_family == AF_INET)
		return ntohl(address.four.sin_addr.s_addr) >> 24 == 127;
	return address.any.sa_family == AF_INET6 &&
	       IN6_IS_ADDR_LOOPBACK(&address.six.sin6_addr);
}

uint16_t
listener_port(int fd)
{
	union address address;

	if (!own_address(fd, &address))
		return 0;
	if (address.any.sa_family == AF_INET)
		return ntohs(address.four.sin_port);
	if (address.any.sa_family == AF_INET6)
		return ntohs(address.six.sin6_port);
	return 0;
}
