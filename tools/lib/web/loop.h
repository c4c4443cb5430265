/*
 * loop - one thread that waits for many descriptors, and for times.
 *
 *   loop_add(loop, fd, POLLIN, call, arg);
 *   loop_at(loop, &timer, clock_monotonic() + 500, call, arg);
 *   while (!done) loop_turn(loop);
 *
 * A call may add and remove whatever it likes, itself included; what has been
 * removed is not called any more, not even in the same turn.  With no timer
 * set nothing wakes it but its descriptors.
 */
#ifndef PULSE_LOOP_H
#define PULSE_LOOP_H

#include <stdbool.h>
#include <stdint.h>

struct loop;

typedef void loop_call(void *arg, short revents);

struct loop *loop_new(void); /* dies when the system gives no epoll */
void loop_free(struct loop *loop);

/* fd is borrowed.  events: POLLIN, POLLOUT. */
void loop_add(struct loop *loop, int fd, short events, loop_call *call,
	      void *arg);
void loop_change(struct loop *loop, int fd, short events);
void loop_remove(struct loop *loop, int fd); /* before it is closed */

/* Zeroed by its owner before first use; it must stay where it is. */
struct loop_timer {
	int64_t at; /* clock_monotonic ms; 0: not set */
	void (*call)(void *arg);
	void *arg;
	struct loop_timer *next;
};
/* Sets it anew when it is set already. */
void loop_at(struct loop *loop, struct loop_timer *timer, int64_t at,
	     void (*call)(void *arg), void *arg);
void loop_cancel(struct loop *loop, struct loop_timer *timer);

/* Waits for the next thing and does all that there is to do. */
void loop_turn(struct loop *loop);

#endif
