#include "web/delivery.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/msg.h"
#include "jobs/lock.h"
#include "jobs/mailbox.h"
#include "web/loop.h"

/* A leader that has the lock and not yet signed it is looked at again soon. */
enum { UNSIGNED_MS = 100 };

struct delivery {
	struct web *web;
	struct mailbox_mail *mail;
	int leader; /* a pidfd, or -1 */
	bool taken; /* it cannot be taken back any more */
	int64_t until;
	struct loop_timer timer;
	void (*ended)(void *arg, enum delivery_end end,
		      const struct command_answer *answer);
	void *arg;
};

static void
forget_leader(struct delivery *delivery)
{
	if (delivery->leader < 0)
		return;
	loop_remove(delivery->web->loop, delivery->leader);
	close(delivery->leader);
	delivery->leader = -1;
}

void
delivery_leave(struct delivery *delivery)
{
	if (delivery == NULL)
		return;
	forget_leader(delivery);
	loop_cancel(delivery->web->loop, &delivery->timer);
	loop_remove(delivery->web->loop, mailbox_fd(delivery->mail));
	mailbox_close(delivery->mail);
	free(delivery);
}

static void
end(struct delivery *delivery, enum delivery_end how,
    const struct command_answer *answer)
{
	void (*ended)(void *arg, enum delivery_end end,
		      const struct command_answer *answer) = delivery->ended;
	void *arg = delivery->arg;

	delivery_leave(delivery);
	ended(arg, how, answer);
}

static void look(struct delivery *delivery);

static void
look_again(void *arg)
{
	look(arg);
}

static void
look_now(void *arg, short revents)
{
	(void)revents;
	look(arg);
}

static void
leader_ended(void *arg, short revents)
{
	(void)revents;
	forget_leader(arg);
	look(arg);
}

/* False: there is no leader. */
static bool
watch_leader(struct delivery *delivery)
{
	const struct rooms *rooms = &delivery->web->rooms;
	struct lock_holder holder;

	if (delivery->leader >= 0)
		return true;
	if (rooms->lock < 0 || !lock_is_held(rooms, "leader", &holder))
		return false;
	delivery->leader = process_open(&holder.process);
	if (delivery->leader >= 0)
		loop_add(delivery->web->loop, delivery->leader, POLLIN,
			 leader_ended, delivery);
	return true;
}

/* Nobody will answer it now: it is taken back, or left to who took it. */
static bool
give_up(struct delivery *delivery, enum delivery_end how)
{
	if (!delivery->taken && mailbox_withdraw(delivery->mail)) {
		end(delivery, how, NULL);
		return true;
	}
	delivery->taken = true;
	return false;
}

static void
wait_on(struct delivery *delivery)
{
	int64_t now = clock_monotonic(), at = delivery->until;
	bool led = watch_leader(delivery);

	if (!led && give_up(delivery, DELIVERY_NOBODY))
		return;
	if (now >= at) {
		if (!give_up(delivery, DELIVERY_UNTAKEN))
			end(delivery, DELIVERY_UNANSWERED, NULL);
		return;
	}
	if (led && delivery->leader < 0 && at > now + UNSIGNED_MS)
		at = now + UNSIGNED_MS;
	loop_at(delivery->web->loop, &delivery->timer, at, look_again,
		delivery);
}

static void
look(struct delivery *delivery)
{
	struct command_answer answer;

	switch (mailbox_await(delivery->mail, 0, &answer)) {
	case MAILBOX_ANSWERED:
		end(delivery, DELIVERY_ANSWERED, &answer);
		break;
	case MAILBOX_FAILED:
		end(delivery,
		    errno == ECANCELED ? DELIVERY_UNTAKEN : DELIVERY_UNANSWERED,
		    NULL);
		break;
	case MAILBOX_WAITING:
	default:
		wait_on(delivery);
	}
}

struct delivery *
delivery_send(struct web *web, const struct command *command, int64_t patience,
	      void (*ended)(void *arg, enum delivery_end end,
			    const struct command_answer *answer),
	      void *arg)
{
	struct mailbox_mail *mail = mailbox_send(&web->rooms, command);
	struct delivery *delivery;

	if (mail == NULL && errno == EEXIST)
		mail = mailbox_expect(&web->rooms, command->id);
	if (mail == NULL)
		return NULL;
	delivery = msg_calloc(1, sizeof(*delivery));
	delivery->web = web;
	delivery->mail = mail;
	delivery->leader = -1;
	delivery->until = clock_monotonic() + patience;
	delivery->ended = ended;
	delivery->arg = arg;
	loop_add(web->loop, mailbox_fd(mail), POLLIN, look_now, delivery);
	/* It may be answered already, and who sends it is not ready yet. */
	loop_at(web->loop, &delivery->timer, clock_monotonic(), look_again,
		delivery);
	return delivery;
}
