/* listener: paths, addresses, what is refused, what systemd passes. */
#include "net/listener.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/msg.h"
#include "check.h"

static int
refused(const char *where, const char *reason)
{
	char *why = NULL;
	int fd = listener_open(where, 0600, &why);

	CHECK(fd == -1);
	CHECK(why != NULL);
	CHECK(strstr(why, reason) != NULL);
	free(why);
	return 0;
}

static int
check_path(const char *folder)
{
	char *path = msg_text("%s/web.sock", folder);
	char *plain = msg_text("%s/file", folder);
	char *far = msg_text("%s/%0120d", folder, 0);
	char *nowhere = msg_text("%s/none/web.sock", folder);
	char *why = NULL;
	struct stat made;
	int fd = listener_open(path, 0640, &why);

	CHECK(fd >= 0);
	CHECK(listener_is_local(fd));
	CHECK(!listener_is_loopback(fd));
	CHECK(listener_port(fd) == 0);
	CHECK(stat(path, &made) == 0);
	CHECK((made.st_mode & 07777) == 0640);
	CHECK(refused(path, "another program listens") == 0);
	close(fd);
	fd = listener_open(path, 0600, &why); /* a dead one is replaced */
	CHECK(fd >= 0);
	CHECK(stat(path, &made) == 0);
	CHECK((made.st_mode & 07777) == 0600);
	close(fd);
	CHECK(symlink("/etc/passwd", plain) == 0);
	CHECK(refused(plain, "no socket") == 0);
	CHECK(refused(far, "too long") == 0);
	CHECK(refused(nowhere, "No such file") == 0);
	unlink(path);
	unlink(plain);
	CHECK(rmdir(folder) == 0); /* nothing was left beside */
	free(path);
	free(plain);
	free(far);
	free(nowhere);
	return 0;
}

static int
check_addresses(void)
{
	static const char *const bad[] = {
		"",
		"8014",
		"localhost:80",
		"127.0.0.1",
		"127.0.0.1:",
		"127.0.0.1:x",
		"127.0.0.1:-1",
		"127.0.0.1:65536",
		"[::1]",
		"[::1]80",
		"::1:80",
		"[127.0.0.1]:80",
		"127.1:80",
		"127.0.0.1:080000",
		"[fe80::1%lo]:80",
		"999.0.0.1:0",
	};
	char *why = NULL, *again;
	size_t i;
	int fd = listener_open("127.0.0.1:0", 0, &why);

	CHECK(fd >= 0);
	CHECK(!listener_is_local(fd));
	CHECK(listener_is_loopback(fd));
	CHECK(listener_port(fd) > 0);
	again = msg_text("127.0.0.1:%u", listener_port(fd));
	CHECK(refused(again, "in use") == 0);
	free(again);
	close(fd);
	fd = listener_open("0.0.0.0:0", 0, &why);
	CHECK(fd >= 0);
	CHECK(!listener_is_loopback(fd));
	close(fd);
	fd = listener_open("[::1]:0", 0, &why);
	if (fd >= 0) {
		CHECK(listener_is_loopback(fd));
		CHECK(listener_port(fd) > 0);
		close(fd);
	} else {
		free(why); /* a host without IPv6 */
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK(refused(bad[i], "ADDRESS:PORT") == 0);
	return 0;
}

static void
pass(const char *pid, const char *count)
{
	setenv("LISTEN_PID", pid, 1);
	setenv("LISTEN_FDS", count, 1);
	setenv("LISTEN_FDNAMES", "web", 1);
}

static int
check_inherited(void)
{
	char *why = NULL, *self = msg_text("%ld", (long)getpid());
	int fd = fcntl(listener_open("127.0.0.1:0", 0, &why), F_DUPFD, 10);
	int plain = fcntl(socket(AF_INET, SOCK_STREAM, 0), F_DUPFD, 10);

	CHECK(listener_inherited(&why) == -1);
	pass("1", "1"); /* meant for another process */
	CHECK(listener_inherited(&why) == -1);
	CHECK(getenv("LISTEN_FDS") == NULL);
	pass(self, "2");
	CHECK(listener_inherited(&why) == -2);
	CHECK(strstr(why, "2 sockets") != NULL);
	free(why);
	CHECK(dup2(plain, 3) == 3);
	pass(self, "1");
	CHECK(listener_inherited(&why) == -2);
	CHECK(strstr(why, "no listening") != NULL);
	free(why);
	CHECK(dup2(fd, 3) == 3);
	pass(self, "1");
	CHECK(listener_inherited(&why) == 3);
	CHECK(getenv("LISTEN_PID") == NULL);
	CHECK(getenv("LISTEN_FDNAMES") == NULL);
	free(self);
	return 0;
}

int
main(void)
{
	char folder[] = "/tmp/listener.XXXXXX";

	CHECK(mkdtemp(folder) != NULL);
	return check_path(folder) || check_addresses() || check_inherited();
}
