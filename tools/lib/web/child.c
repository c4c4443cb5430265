#include "web/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/msg.h"

enum {
	ERR = 4096,   /* bytes of stderr that are kept */
	GRACE = 1000, /* ms between TERM and KILL */
	NOT_RUN = 127,
	FLAGS = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
		POSIX_SPAWN_SETSIGDEF
};

struct text {
	char *bytes;
	size_t len, size;
};

struct child {
	struct loop *loop;
	pid_t pid;
	int pidfd, out, err; /* -1: not open */
	struct text printed;
	char said[ERR]; /* NUL-ended */
	size_t said_len;
	bool cut; /* its beginning is gone */
	struct child_result result;
	struct loop_timer timer; /* its end, by force; or to tell of it */
	void (*ended)(void *arg, const struct child_result *result);
	void *arg;
};

static void
shut(struct child *child, int *fd)
{
	if (*fd < 0)
		return;
	loop_remove(child->loop, *fd);
	close(*fd);
	*fd = -1;
}

void
child_free(struct child *child)
{
	if (child == NULL)
		return;
	shut(child, &child->out);
	shut(child, &child->err);
	shut(child, &child->pidfd);
	loop_cancel(child->loop, &child->timer);
	free(child->printed.bytes);
	free(child);
}

/* --- what it prints ------------------------------------------------------- */

static void
end_by_force(void *arg)
{
	struct child *child = arg;

	pidfd_send_signal(child->pidfd, SIGKILL, NULL, 0);
}

static void
end(struct child *child)
{
	pidfd_send_signal(child->pidfd, SIGTERM, NULL, 0);
	loop_at(child->loop, &child->timer, clock_monotonic() + GRACE,
		end_by_force, child);
}

static void
end_late(void *arg)
{
	struct child *child = arg;

	child->result.late = true;
	end(child);
}

/* For a byte more than may be, so that one too many is seen, and the NUL. */
static void
make_room(struct text *text)
{
	if (text->len + 1 < text->size)
		return;
	text->size = text->size == 0 ? 16384 : 2 * text->size;
	if (text->size > CHILD_OUT + 2)
		text->size = CHILD_OUT + 2;
	text->bytes = msg_realloc(text->bytes, text->size);
}

/* All that is there now. */
static void
read_out(void *arg, short revents)
{
	struct child *child = arg;
	struct text *text = &child->printed;
	ssize_t n;

	(void)revents;
	do {
		make_room(text);
		n = read(child->out, text->bytes + text->len,
			 text->size - text->len - 1);
		if (n > 0)
			text->len += (size_t)n;
		text->bytes[text->len] = '\0';
	} while (n > 0 && text->len <= CHILD_OUT);
	if (n > 0) {
		child->result.large = true;
		end(child);
	}
	if (n >= 0 || (errno != EAGAIN && errno != EINTR))
		shut(child, &child->out);
}

/* Of a lot the end is kept: it says why. */
static void
read_err(void *arg, short revents)
{
	struct child *child = arg;
	ssize_t n;

	(void)revents;
	for (;;) {
		if (child->said_len + 1 == ERR) {
			child->said_len = ERR / 2;
			child->cut = true;
			memmove(child->said, child->said + ERR / 2 - 1,
				ERR / 2);
		}
		n = read(child->err, child->said + child->said_len,
			 ERR - 1 - child->said_len);
		if (n <= 0)
			break;
		child->said_len += (size_t)n;
		child->said[child->said_len] = '\0';
	}
	if (n == 0 || (errno != EAGAIN && errno != EINTR))
		shut(child, &child->err);
}

/* --- its life ------------------------------------------------------------- */

/* Whoever is told frees it. */
static void
tell(void *arg)
{
	struct child *child = arg;
	const char *line = child->cut ? strchr(child->said, '\n') : NULL;

	child->result.out =
		child->printed.bytes != NULL ? child->printed.bytes : "";
	child->result.out_len = child->printed.len;
	child->result.err = line != NULL ? line + 1 : child->said;
	child->ended(child->arg, &child->result);
}

static void
bury(void *arg, short revents)
{
	struct child *child = arg;
	siginfo_t info = { 0 };

	(void)revents;
	if (waitid(P_PIDFD, (id_t)child->pidfd, &info, WEXITED | WNOHANG) ==
		    0 &&
	    info.si_pid == 0)
		return;
	child->result.code = info.si_code == CLD_EXITED ? info.si_status
							: 128 + info.si_status;
	if (child->out >= 0)
		read_out(child, 0);
	if (child->err >= 0)
		read_err(child, 0);
	tell(child);
}

static int
spawn(struct child *child, char *const *argv, int out, int err)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, all;
	int error;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null",
					 O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
	posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &all);
	posix_spawnattr_setflags(&attributes, FLAGS);
	error = posix_spawn(&child->pid, argv[0], &actions, &attributes, argv,
			    environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return error;
}

/* Both ends of a pipe; the child's may block, ours may not. */
static bool
open_pipe(int *ours, int *theirs)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		return false;
	*ours = ends[0];
	*theirs = ends[1];
	return fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0;
}

/* 0, or an errno; the loop has the descriptors afterwards. */
static int
hatch(struct child *child, char *const *argv, int64_t limit)
{
	struct loop *loop = child->loop;
	int out = -1, err = -1, error = 0;

	if (!open_pipe(&child->out, &out) || !open_pipe(&child->err, &err))
		error = errno;
	if (error == 0)
		error = spawn(child, argv, out, err);
	if (error == 0 && (child->pidfd = pidfd_open(child->pid, 0)) < 0) {
		error = errno; /* not waited for yet: its number is its own */
		kill(child->pid, SIGKILL);
		waitpid(child->pid, NULL, 0);
	}
	if (out >= 0)
		close(out);
	if (err >= 0)
		close(err);
	if (error != 0)
		return error;
	loop_add(loop, child->out, POLLIN, read_out, child);
	loop_add(loop, child->err, POLLIN, read_err, child);
	loop_add(loop, child->pidfd, POLLIN, bury, child);
	loop_at(loop, &child->timer, clock_monotonic() + limit, end_late,
		child);
	return 0;
}

struct child *
child_start(struct loop *loop, const struct child_order *order,
	    void (*ended)(void *arg, const struct child_result *result),
	    void *arg)
{
	struct child *child = msg_calloc(1, sizeof(*child));
	int error;

	child->loop = loop;
	child->pidfd = child->out = child->err = -1;
	child->ended = ended;
	child->arg = arg;
	error = hatch(child, order->argv, order->limit);
	if (error == 0)
		return child;
	child->result.code = NOT_RUN;
	snprintf(child->said, sizeof(child->said), "cannot run '%s': %s\n",
		 order->argv[0], strerror(error));
	loop_at(loop, &child->timer, clock_monotonic(), tell, child);
	return child;
}

void
child_see_off(struct child *child, bool spared, int64_t until)
{
	struct pollfd ended = { child->pidfd, POLLIN, 0 };
	int64_t left = until - clock_monotonic();

	if (child->pidfd < 0)
		return;
	if (!spared)
		pidfd_send_signal(child->pidfd, SIGKILL, NULL, 0);
	poll(&ended, 1, left > 0 ? (int)left : 0);
	waitpid(child->pid, NULL, WNOHANG);
}
