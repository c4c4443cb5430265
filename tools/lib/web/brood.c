#include "web/brood.h"

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
#include "base/secret.h"

enum {
	ERR = 4096,	 /* bytes of stderr that are kept */
	GRACE = 1000,	 /* ms between TERM and KILL */
	PATIENCE = 5000, /* ms for the urgent ones at the end */
	NOT_RUN = 127,
	FLAGS = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
		POSIX_SPAWN_SETSIGDEF
};

struct text {
	char *bytes;
	size_t len, size;
};

struct child {
	struct brood *brood;
	char **argv;
	int64_t limit;
	bool urgent, in_line;
	pid_t pid;
	int pidfd, out, err; /* -1: not open */
	struct text printed;
	char said[ERR]; /* NUL-ended */
	size_t said_len;
	bool cut; /* its beginning is gone */
	struct brood_result result;
	struct loop_timer timer; /* its end, by force; or to tell of it */
	struct brood_wait *waits;
	struct child *next;
};

struct brood_wait {
	struct child *child;
	void (*ended)(void *arg, const struct brood_result *result);
	void *arg;
	struct brood_wait *next;
};

struct brood {
	struct loop *loop;
	struct child *running, *waiting; /* waiting: the first one first */
	size_t run, wait;		 /* how many */
};

static char **
copy_words(const char *const *argv)
{
	size_t count = 0, i;
	char **copy;

	while (argv[count] != NULL)
		count++;
	copy = msg_calloc(count + 1, sizeof(*copy));
	for (i = 0; i < count; i++)
		copy[i] = msg_strdup(argv[i]);
	return copy;
}

static bool
same_words(char *const *a, const char *const *b)
{
	for (; *a != NULL && *b != NULL; a++, b++)
		if (strcmp(*a, *b) != 0)
			return false;
	return *a == NULL && *b == NULL;
}

static void
put_in(struct child **list, struct child *child)
{
	while (*list != NULL)
		list = &(*list)->next;
	child->next = NULL;
	*list = child;
}

static void
take_out(struct child **list, const struct child *child)
{
	while (*list != NULL && *list != child)
		list = &(*list)->next;
	if (*list == child)
		*list = child->next;
}

static void
shut(struct child *child, int *fd)
{
	if (*fd < 0)
		return;
	loop_remove(child->brood->loop, *fd);
	close(*fd);
	*fd = -1;
}

static void
free_child(struct child *child)
{
	struct brood_wait *wait;
	char **word;

	shut(child, &child->out);
	shut(child, &child->err);
	shut(child, &child->pidfd);
	loop_cancel(child->brood->loop, &child->timer);
	while ((wait = child->waits) != NULL) {
		child->waits = wait->next;
		free(wait);
	}
	for (word = child->argv; *word != NULL; word++)
		free(*word);
	free(child->argv);
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
	loop_at(child->brood->loop, &child->timer, clock_monotonic() + GRACE,
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
	if (text->size > BROOD_OUT + 2)
		text->size = BROOD_OUT + 2;
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
	} while (n > 0 && text->len <= BROOD_OUT);
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

static void begin_next(struct brood *brood);

/* Tells all who wait: each may ask anew, or leave for another. */
static void
tell(void *arg)
{
	struct child *child = arg;
	struct brood *brood = child->brood;
	const char *line = child->cut ? strchr(child->said, '\n') : NULL;
	struct brood_wait *wait;

	child->result.out =
		child->printed.bytes != NULL ? child->printed.bytes : "";
	child->result.out_len = child->printed.len;
	child->result.err = line != NULL ? line + 1 : child->said;
	take_out(&brood->running, child);
	brood->run -= !child->urgent;
	while ((wait = child->waits) != NULL) {
		child->waits = wait->next;
		wait->ended(wait->arg, &child->result);
		free(wait);
	}
	free_child(child);
	begin_next(brood);
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
spawn(struct child *child, int out, int err)
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
	error = posix_spawn(&child->pid, child->argv[0], &actions, &attributes,
			    child->argv, environ);
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
hatch(struct child *child)
{
	struct loop *loop = child->brood->loop;
	int out = -1, err = -1, error = 0;

	if (!open_pipe(&child->out, &out) || !open_pipe(&child->err, &err))
		error = errno;
	if (error == 0)
		error = spawn(child, out, err);
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
	loop_at(loop, &child->timer, clock_monotonic() + child->limit, end_late,
		child);
	return 0;
}

static void
begin(struct child *child)
{
	struct brood *brood = child->brood;
	int error = hatch(child);

	put_in(&brood->running, child);
	brood->run += !child->urgent;
	if (error == 0)
		return;
	child->result.code = NOT_RUN;
	snprintf(child->said, sizeof(child->said), "cannot run '%s': %s\n",
		 child->argv[0], strerror(error));
	loop_at(brood->loop, &child->timer, clock_monotonic(), tell, child);
}

static void
begin_next(struct brood *brood)
{
	struct child *child;

	while (brood->run < BROOD_AT_ONCE && (child = brood->waiting) != NULL) {
		brood->waiting = child->next;
		brood->wait--;
		child->in_line = false;
		begin(child);
	}
}

/* --- those who ask -------------------------------------------------------- */

struct brood *
brood_new(struct loop *loop)
{
	struct brood *brood = msg_calloc(1, sizeof(*brood));

	secret_drop_environment();
	brood->loop = loop;
	return brood;
}

/* What was ordered in need is not taken back by our own end. */
static void
see_off(struct child *child, int64_t until)
{
	struct pollfd ended = { child->pidfd, POLLIN, 0 };
	int64_t left = until - clock_monotonic();

	if (child->pidfd < 0)
		return;
	if (!child->urgent)
		pidfd_send_signal(child->pidfd, SIGKILL, NULL, 0);
	poll(&ended, 1, left > 0 ? (int)left : 0);
	waitpid(child->pid, NULL, WNOHANG);
}

void
brood_free(struct brood *brood)
{
	int64_t until = clock_monotonic() + PATIENCE;
	struct child *child;

	if (brood == NULL)
		return;
	while ((child = brood->running) != NULL) {
		brood->running = child->next;
		see_off(child, until);
		free_child(child);
	}
	while ((child = brood->waiting) != NULL) {
		brood->waiting = child->next;
		free_child(child);
	}
	free(brood);
}

static struct child *
find(struct child *list, const char *const *argv)
{
	while (list != NULL && !same_words(list->argv, argv))
		list = list->next;
	return list;
}

static struct child *
new_child(struct brood *brood, const struct brood_order *order)
{
	struct child *child = msg_calloc(1, sizeof(*child));

	child->brood = brood;
	child->argv = copy_words(order->argv);
	child->limit = order->limit;
	child->urgent = order->urgent;
	child->pidfd = child->out = child->err = -1;
	return child;
}

static void
enter(struct brood *brood, struct child *child)
{
	if (child->urgent || brood->run < BROOD_AT_ONCE) {
		begin(child);
		return;
	}
	put_in(&brood->waiting, child);
	child->in_line = true;
	brood->wait++;
}

struct brood_wait *
brood_run(struct brood *brood, const struct brood_order *order,
	  void (*ended)(void *arg, const struct brood_result *result),
	  void *arg)
{
	struct child *child = find(brood->running, order->argv);
	struct brood_wait *wait;

	if (child == NULL && !order->urgent)
		child = find(brood->waiting, order->argv);
	if (child == NULL && !order->urgent && brood->wait == BROOD_WAITING)
		return NULL;
	if (child == NULL) {
		child = new_child(brood, order);
		enter(brood, child);
	}
	wait = msg_calloc(1, sizeof(*wait));
	*wait = (struct brood_wait){ child, ended, arg, child->waits };
	child->waits = wait;
	return wait;
}

void
brood_leave(struct brood_wait *wait)
{
	struct child *child = wait->child;
	struct brood_wait **at = &child->waits;

	while (*at != wait)
		at = &(*at)->next;
	*at = wait->next;
	free(wait);
	if (child->waits != NULL || !child->in_line)
		return;
	take_out(&child->brood->waiting, child);
	child->brood->wait--;
	free_child(child);
}
