/* notified OUT CMD... - run CMD with a NOTIFY_SOCKET; write to OUT, one line
 * each: "pid N", then "MS DATAGRAM" as they come (line feeds as blanks), MS
 * since CMD was started.  TERM, INT and HUP go on to CMD; leaves as it does. */
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* An abstract socket: nothing to clean up. */
static int
listen_to(char name[32])
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int len = snprintf(name, 32, "@notified-%d", (int)getpid());

	memcpy(at.sun_path + 1, name + 1, (size_t)len - 1);
	if (bind(fd, (struct sockaddr *)&at,
		 (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
			     (size_t)len)) != 0)
		exit(71);
	return fd;
}

static void
hear(FILE *out, int fd, double start)
{
	char text[4096];
	ssize_t len, i;

	while ((len = recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT)) > 0) {
		text[len] = '\0';
		for (i = 0; i < len; i++)
			if (text[i] == '\n')
				text[i] = ' ';
		fprintf(out, "%.1f %s\n", now() - start, text);
		fflush(out);
	}
}

static pid_t
start_command(char *argv[], const sigset_t *old)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	sigprocmask(SIG_SETMASK, old, NULL);
	execvp(argv[0], argv);
	_exit(127);
}

int
main(int argc, char *argv[])
{
	struct signalfd_siginfo info;
	struct pollfd fds[2];
	sigset_t set, old;
	char name[32];
	double start;
	int status;
	pid_t pid;
	FILE *out;

	if (argc < 3 || (out = fopen(argv[1], "w")) == NULL)
		return 64;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, &old);
	fds[0] = (struct pollfd){ listen_to(name), POLLIN, 0 };
	fds[1] = (struct pollfd){ signalfd(-1, &set, SFD_CLOEXEC), POLLIN, 0 };
	setenv("NOTIFY_SOCKET", name, 1);
	start = now();
	pid = start_command(argv + 2, &old);
	fprintf(out, "pid %d\n", (int)pid);
	fflush(out);
	for (;;) {
		if (poll(fds, 2, -1) < 0)
			continue;
		hear(out, fds[0].fd, start);
		if ((fds[1].revents & POLLIN) == 0 ||
		    read(fds[1].fd, &info, sizeof(info)) != sizeof(info))
			continue;
		if (info.ssi_signo != SIGCHLD)
			kill(pid, (int)info.ssi_signo);
		else if (waitpid(pid, &status, WNOHANG) == pid)
			break;
	}
	hear(out, fds[0].fd, start);
	fclose(out);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
