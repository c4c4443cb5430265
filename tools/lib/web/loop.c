#include "web/loop.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/msg.h"

enum { WAKES = 64 };

struct source {
	int fd;
	loop_call *call; /* NULL: removed, freed when the turn is over */
	void *arg;
	struct source *next; /* of the removed ones */
};

struct loop {
	int epoll;
	struct source **sources; /* by descriptor */
	size_t room;
	struct source *removed;
	struct loop_timer *timers; /* the next one first */
	int64_t now; /* while timers ring: those set are for later */
};

struct loop *
loop_new(void)
{
	struct loop *loop = msg_calloc(1, sizeof(*loop));

	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (loop->epoll < 0)
		msg_die(EX_OSERR, "cannot wait for 'requests': %s",
			strerror(errno));
	return loop;
}

static void
bury(struct loop *loop)
{
	struct source *source;

	while ((source = loop->removed) != NULL) {
		loop->removed = source->next;
		free(source);
	}
}

void
loop_free(struct loop *loop)
{
	size_t i;

	if (loop == NULL)
		return;
	bury(loop);
	for (i = 0; i < loop->room; i++)
		free(loop->sources[i]);
	free(loop->sources);
	close(loop->epoll);
	free(loop);
}

static uint32_t
epoll_events(short events)
{
	return (events & POLLIN ? EPOLLIN : 0u) |
	       (events & POLLOUT ? EPOLLOUT : 0u);
}

static short
poll_events(uint32_t events)
{
	int found = (events & EPOLLIN ? POLLIN : 0) |
		    (events & EPOLLOUT ? POLLOUT : 0) |
		    (events & EPOLLHUP ? POLLHUP : 0) |
		    (events & EPOLLERR ? POLLERR : 0);

	return (short)found;
}

static void
control(struct loop *loop, int operation, int fd, short events)
{
	struct epoll_event event = { .events = epoll_events(events),
				     .data.ptr = loop->sources[fd] };

	if (epoll_ctl(loop->epoll, operation, fd, &event) != 0)
		msg_die(EX_OSERR, "cannot wait for 'descriptor %d': %s", fd,
			strerror(errno));
}

void
loop_add(struct loop *loop, int fd, short events, loop_call *call, void *arg)
{
	struct source *source = msg_calloc(1, sizeof(*source));
	size_t room = loop->room;

	if ((size_t)fd >= room) {
		loop->room = (size_t)fd + 64;
		loop->sources = msg_realloc(
			loop->sources, loop->room * sizeof(*loop->sources));
		memset(loop->sources + room, 0,
		       (loop->room - room) * sizeof(*loop->sources));
	}
	*source = (struct source){ fd, call, arg, NULL };
	loop->sources[fd] = source;
	control(loop, EPOLL_CTL_ADD, fd, events);
}

void
loop_change(struct loop *loop, int fd, short events)
{
	control(loop, EPOLL_CTL_MOD, fd, events);
}

void
loop_remove(struct loop *loop, int fd)
{
	struct source *source =
		(size_t)fd < loop->room ? loop->sources[fd] : NULL;

	if (source == NULL)
		return;
	control(loop, EPOLL_CTL_DEL, fd, 0);
	loop->sources[fd] = NULL;
	source->call = NULL;
	source->next = loop->removed;
	loop->removed = source;
}

void
loop_cancel(struct loop *loop, struct loop_timer *timer)
{
	struct loop_timer **at = &loop->timers;

	while (*at != NULL && *at != timer)
		at = &(*at)->next;
	if (*at == timer)
		*at = timer->next;
	timer->at = 0;
}

void
loop_at(struct loop *loop, struct loop_timer *timer, int64_t at,
	void (*call)(void *arg), void *arg)
{
	struct loop_timer **place = &loop->timers;

	if (timer->at != 0)
		loop_cancel(loop, timer);
	if (at <= loop->now)
		at = loop->now + 1;
	while (*place != NULL && (*place)->at <= at)
		place = &(*place)->next;
	*timer = (struct loop_timer){ at, call, arg, *place };
	*place = timer;
}

/* One that is set again by its own call is for later than now: else it would
 * ring for ever. */
static void
ring(struct loop *loop)
{
	struct loop_timer *timer;

	loop->now = clock_monotonic();
	while ((timer = loop->timers) != NULL && timer->at <= loop->now) {
		loop->timers = timer->next;
		timer->at = 0;
		timer->call(timer->arg);
	}
	loop->now = 0;
}

static int
patience(const struct loop *loop)
{
	int64_t left;

	if (loop->timers == NULL)
		return -1;
	left = loop->timers->at - clock_monotonic();
	return left <= 0 ? 0 : left > 3600000 ? 3600000 : (int)left;
}

void
loop_turn(struct loop *loop)
{
	struct epoll_event events[WAKES];
	int count = epoll_wait(loop->epoll, events, WAKES, patience(loop));
	struct source *source;
	int i;

	for (i = 0; i < count; i++) {
		source = events[i].data.ptr;
		if (source->call != NULL)
			source->call(source->arg,
				     poll_events(events[i].events));
	}
	ring(loop);
	bury(loop);
}
