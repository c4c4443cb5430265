#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "base/msg.h"
#include "base/times.h"

static const int64_t never = (int64_t)4102444800 * 1000; /* 2100 */

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

/*
 * The real one is a timerfd alone.  The twin is an epoll of two: an inotify of
 * the file's folder, and an eventfd that is readable while the time armed for
 * has come.
 */
struct clock_timer {
	int fd;
	int folder, come; /* of the twin; -1: the real one */
	bool set;	  /* the clock was set while we armed */
	int64_t seen;	  /* the twin's time at the last step */
};

static int
watch_folder(const char *path)
{
	char folder[PATH_MAX];
	const char *slash = strrchr(path, '/');
	int len = slash == NULL ? 1 : (int)(slash - path) + 1;
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

	if (snprintf(folder, sizeof(folder), "%.*s", len,
		     slash == NULL ? "." : path) >= (int)sizeof(folder))
		errno = ENAMETOOLONG;
	else if (fd >= 0 && inotify_add_watch(fd, folder,
					      IN_MOVED_TO | IN_CLOSE_WRITE |
						      IN_ONLYDIR) >= 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static int
join(int epoll, int fd)
{
	struct epoll_event event = { .events = EPOLLIN };

	return fd < 0 ? -1 : epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

static int
open_twin(struct clock_timer *timer, const char *path)
{
	timer->fd = epoll_create1(EPOLL_CLOEXEC);
	timer->folder = watch_folder(path);
	timer->come = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	timer->seen = file_time(path);
	if (timer->fd < 0 || join(timer->fd, timer->folder) != 0 ||
	    join(timer->fd, timer->come) != 0)
		return -1;
	return 0;
}

struct clock_timer *
clock_open(void)
{
	struct clock_timer *timer = msg_calloc(1, sizeof(*timer));
	const char *path = getenv("PULSE_TEST_CLOCK");
	int error;

	timer->folder = timer->come = -1;
	if (path != NULL) {
		if (open_twin(timer, path) == 0)
			return timer;
	} else if ((timer->fd = timerfd_create(
			    CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC)) >= 0 &&
		   clock_arm(timer, 0) == 0) {
		return timer;
	}
	error = errno;
	clock_close(timer);
	errno = error;
	return NULL;
}

int
clock_fd(const struct clock_timer *timer)
{
	return timer->fd;
}

/* An empty descriptor is no mistake: EAGAIN.  True when there was something. */
static bool
drain(int fd)
{
	char bytes[4096];
	bool any = false;

	while (read(fd, bytes, sizeof(bytes)) > 0)
		any = true;
	return any;
}

static int
arm_twin(struct clock_timer *timer, int64_t at)
{
	static const uint64_t one = 1;

	drain(timer->come);
	if (at == 0 || at > clock_now())
		return 0;
	return write(timer->come, &one, sizeof(one)) < 0 ? -1 : 0;
}

static int
arm_real(const struct clock_timer *timer, int64_t at)
{
	struct itimerspec when = { .it_value = { .tv_nsec = 1 } };

	if (at == 0)
		at = never;
	if (at > 0) { /* else long ago: at once */
		when.it_value.tv_sec = at / 1000;
		when.it_value.tv_nsec = at % 1000 * 1000000 + 1;
	}
	return timerfd_settime(timer->fd,
			       TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET,
			       &when, NULL);
}

int
clock_arm(struct clock_timer *timer, int64_t at)
{
	if (timer->come >= 0)
		return arm_twin(timer, at);
	if (arm_real(timer, at) == 0)
		return 0;
	if (errno != ECANCELED)
		return -1;
	/* Set since the last step, which this call has now taken the mark of:
	 * wake at once, and let that step say so. */
	timer->set = true;
	return arm_real(timer, -1);
}

bool
clock_step(struct clock_timer *timer)
{
	bool set = timer->set;
	uint64_t count;
	int64_t now;

	if (timer->come < 0) {
		if (read(timer->fd, &count, sizeof(count)) < 0 &&
		    errno == ECANCELED)
			set = true;
		timer->set = false;
		return set;
	}
	drain(timer->folder);
	drain(timer->come);
	now = clock_now();
	set = now < timer->seen;
	timer->seen = now;
	return set;
}

void
clock_close(struct clock_timer *timer)
{
	if (timer == NULL)
		return;
	if (timer->fd >= 0)
		close(timer->fd);
	if (timer->folder >= 0)
		close(timer->folder);
	if (timer->come >= 0)
		close(timer->come);
	free(timer);
}
