/* loop: calls what is ready, nothing that was removed, and timers in order. */
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "check.h"
#include "web/loop.h"

struct pipe_end {
	struct loop *loop;
	struct pipe_end *other;
	int fd[2], calls;
	short seen;
};

static void
read_it(void *arg, short revents)
{
	struct pipe_end *end = arg;
	char bytes[8];

	end->calls++;
	end->seen = revents;
	if (revents & POLLIN && read(end->fd[0], bytes, sizeof(bytes)) < 0)
		end->calls = -100;
}

/* Whichever is called first takes the other away. */
static void
remove_other(void *arg, short revents)
{
	struct pipe_end *end = arg;

	read_it(arg, revents);
	loop_remove(end->loop, end->other->fd[0]);
}

static void
remove_itself(void *arg, short revents)
{
	struct pipe_end *end = arg;

	read_it(arg, revents);
	loop_remove(end->loop, end->fd[0]);
}

static int
test_ready(void)
{
	struct loop *loop = loop_new();
	struct pipe_end a = { .loop = loop };

	CHECK(pipe(a.fd) == 0 && write(a.fd[1], "x", 1) == 1);
	loop_add(loop, a.fd[0], POLLIN, read_it, &a);
	loop_turn(loop);
	CHECK(a.calls == 1 && a.seen == POLLIN);
	close(a.fd[1]);
	loop_turn(loop);
	CHECK(a.calls == 2 && a.seen & POLLHUP);
	loop_remove(loop, a.fd[0]);
	loop_remove(loop, a.fd[0]);
	close(a.fd[0]);
	loop_free(loop);
	return 0;
}

static int
test_removed_in_the_same_turn(void)
{
	struct loop *loop = loop_new();
	struct pipe_end a = { .loop = loop }, b = { .loop = loop };

	a.other = &b;
	b.other = &a;
	CHECK(pipe(a.fd) == 0 && pipe(b.fd) == 0);
	CHECK(write(a.fd[1], "x", 1) == 1 && write(b.fd[1], "x", 1) == 1);
	loop_add(loop, a.fd[0], POLLIN, remove_other, &a);
	loop_add(loop, b.fd[0], POLLIN, remove_other, &b);
	loop_turn(loop);
	CHECK(a.calls + b.calls == 1);
	loop_free(loop);
	return 0;
}

static int
test_removes_itself(void)
{
	struct loop *loop = loop_new();
	struct pipe_end a = { .loop = loop }, b = { .loop = loop };

	CHECK(pipe(a.fd) == 0 && pipe(b.fd) == 0);
	CHECK(write(a.fd[1], "xy", 2) == 2);
	loop_add(loop, a.fd[0], POLLIN, remove_itself, &a);
	loop_add(loop, b.fd[0], POLLIN, read_it, &b);
	loop_turn(loop);
	CHECK(a.calls == 1);
	/* Its number may be given out again at once. */
	loop_add(loop, a.fd[0], POLLIN, read_it, &a);
	CHECK(write(a.fd[1], "z", 1) == 1);
	loop_turn(loop);
	CHECK(a.calls == 2 && b.calls == 0);
	loop_free(loop);
	return 0;
}

static int
test_writable(void)
{
	struct loop *loop = loop_new();
	struct pipe_end a = { .loop = loop };

	CHECK(pipe(a.fd) == 0);
	loop_add(loop, a.fd[1], 0, read_it, &a);
	loop_change(loop, a.fd[1], POLLOUT);
	loop_turn(loop);
	CHECK(a.calls == 1 && a.seen == POLLOUT);
	loop_free(loop);
	return 0;
}

struct rung {
	struct loop *loop;
	struct loop_timer timer;
	char *said, name;
	int again;
};

static void
ring(void *arg)
{
	struct rung *rung = arg;
	size_t len = strlen(rung->said);

	rung->said[len] = rung->name;
	if (rung->again-- > 0)
		loop_at(rung->loop, &rung->timer, 1, ring, rung);
}

static int
test_timers(void)
{
	struct loop *loop = loop_new();
	char said[16] = "";
	struct rung a = { .loop = loop, .said = said, .name = 'a' }, b = a,
		    c = a;
	int64_t now = clock_monotonic();

	b.name = 'b';
	c.name = 'c';
	loop_at(loop, &a.timer, now + 3600000, ring, &a);
	loop_at(loop, &b.timer, now - 1, ring, &b);
	loop_at(loop, &c.timer, now - 2, ring, &c);
	loop_turn(loop);
	CHECK(strcmp(said, "cb") == 0);
	CHECK(a.timer.at != 0 && b.timer.at == 0);
	/* Set anew, it rings then and not when it would have. */
	loop_at(loop, &a.timer, now - 1, ring, &a);
	loop_turn(loop);
	CHECK(strcmp(said, "cba") == 0);
	loop_at(loop, &a.timer, now - 1, ring, &a);
	loop_cancel(loop, &a.timer);
	loop_at(loop, &b.timer, now - 1, ring, &b);
	loop_turn(loop);
	CHECK(strcmp(said, "cbab") == 0);
	loop_free(loop);
	return 0;
}

/* One that sets itself for now again rings once a turn, not for ever. */
static int
test_timer_again(void)
{
	struct loop *loop = loop_new();
	char said[16] = "";
	struct rung a = { .loop = loop, .said = said, .name = 'a', .again = 3 };

	loop_at(loop, &a.timer, 1, ring, &a);
	loop_turn(loop);
	CHECK(strcmp(said, "a") == 0);
	loop_turn(loop);
	CHECK(strcmp(said, "aa") == 0);
	loop_free(loop);
	return 0;
}

int
main(void)
{
	return test_ready() || test_removed_in_the_same_turn() ||
	       test_removes_itself() || test_writable() || test_timers() ||
	       test_timer_again();
}
