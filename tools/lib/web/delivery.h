/*
 * delivery - a command on its way to the leader and its answer back, in
 * web/loop: nobody waits for it.  Of the protocol it does steps 2, 9 and 11.
 *
 *   delivery = delivery_send(web, &command, DELIVERY_PATIENCE, ended, arg);
 *
 * ended is called once, by the loop, with what came of it; before that
 * delivery_leave lets it go: the command stands, ended is not called.
 */
#ifndef PULSE_DELIVERY_H
#define PULSE_DELIVERY_H

#include "jobs/command.h"
#include "web/web.h"

enum { DELIVERY_PATIENCE = 10000 /* ms */ };

enum delivery_end {
	DELIVERY_ANSWERED,
	DELIVERY_NOBODY,    /* no leader: taken back, nothing is done */
	DELIVERY_UNTAKEN,   /* a leader that does not take it: taken back */
	DELIVERY_UNANSWERED /* taken, and not answered: it may yet be done */
};

struct delivery;

/* NULL with errno, as of mailbox_send; but a command of that id that is under
 * way or done is waited for. */
struct delivery *delivery_send(struct web *web, const struct command *command,
			       int64_t patience,
			       void (*ended)(void *arg, enum delivery_end end,
					     const struct command_answer *),
			       void *arg);
void delivery_leave(struct delivery *delivery);

#endif
