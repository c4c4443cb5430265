#include "ask/errand.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/msg.h"
#include "jobs/job.h"
#include "jobs/lock.h"
#include "jobs/mailbox.h"

/* A leader that has the lock and not yet signed it is asked for again soon. */
enum { TRIES = 3, UNSIGNED_MS = 100 };

bool
errand_has_leader(const struct errand *errand, struct process_id *id)
{
	struct lock_holder holder = { 0 };
	bool held = errand->rooms->lock >= 0 &&
		    lock_is_held(errand->rooms, "leader", &holder);

	if (id != NULL)
		*id = holder.process;
	return held;
}

int
errand_once(struct errand *errand)
{
	char **stages[] = { errand->scheduler };
	struct job_spec spec = { stages, 1, -1, STDERR_FILENO, NULL };
	char *why;
	struct job *job = job_start(&spec, &why);

	if (job != NULL) {
		errand->once = job_wait(job);
		return errand->once;
	}
	free(why);
	errand->once = EX_CONFIG;
	return errand->once;
}

int
errand_tell_run(const struct errand *errand, const struct command *command)
{
	struct lock_holder holder;
	char name[ROOMS_NAME];

	errno = EINVAL;
	if (command->client < 0 ||
	    (command->verb != COMMAND_STOP && command->verb != COMMAND_PAUSE))
		return -1;
	errno = ESRCH;
	rooms_job(command->client, command->job, name);
	if (!lock_is_held(errand->rooms, name, &holder))
		return -1;
	return process_signal(&holder.process, command->verb == COMMAND_PAUSE
						       ? SIGUSR1
					       : command->force ? SIGUSR2
								: SIGTERM);
}

bool
errand_is_asked(const struct errand *errand)
{
	struct pollfd ready = { .fd = errand->wake, .events = POLLIN };
	char told[128]; /* a signalfd_siginfo: read whole, or not at all */

	return poll(&ready, 1, 0) == 1 &&
	       read(errand->wake, told, sizeof(told)) > 0;
}

/* Waits for what may bring the answer nearer; true when it was `wake`. */
static bool
wait_for_leader(const struct errand *errand, const struct mailbox_mail *mail,
		const struct process_id *leader, int64_t left)
{
	struct pollfd ready[] = {
		{ .fd = mailbox_fd(mail), .events = POLLIN },
		{ .fd = errand->wake, .events = POLLIN },
		{ .fd = process_open(leader), .events = POLLIN },
	};

	if (ready[2].fd < 0 && left > UNSIGNED_MS)
		left = UNSIGNED_MS;
	poll(ready, 3, left > INT32_MAX ? INT32_MAX : (int)left);
	if (ready[2].fd >= 0)
		close(ready[2].fd);
	return errand_is_asked(errand);
}

/* Lets the leader, or the scheduler run for it, go on with the command; true
 * when it is time to give up. */
static bool
go_on(struct errand *errand, const struct mailbox_mail *mail, int64_t until,
      int *tries)
{
	int64_t left = until - clock_monotonic();
	struct process_id leader;

	if (left <= 0)
		return true;
	if (errand_has_leader(errand, &leader))
		return wait_for_leader(errand, mail, &leader, left);
	if (++*tries > TRIES)
		return true;
	return errand_once(errand) != 0;
}

static enum errand_end
await(struct errand *errand, struct mailbox_mail *mail,
      struct command_answer *answer)
{
	int64_t until = clock_monotonic() + errand->patience;
	bool over = false, late = false;
	int tries = 0;

	for (;;) {
		switch (mailbox_await(mail, 0, answer)) {
		case MAILBOX_ANSWERED:
			return ERRAND_ANSWERED;
		case MAILBOX_FAILED:
			return errno == ECANCELED ? ERRAND_WITHDRAWN
						  : ERRAND_UNANSWERED;
		case MAILBOX_WAITING:
			break;
		}
		if (over && late)
			return ERRAND_UNANSWERED;
		if (over && mailbox_withdraw(mail))
			return ERRAND_WITHDRAWN;
		if (over)
			until = clock_monotonic() + errand->patience;
		late = late || over;
		over = go_on(errand, mail, until, &tries);
	}
}

enum errand_end
errand_run(struct errand *errand, const struct command *command,
	   struct command_answer *answer)
{
	struct mailbox_mail *mail = mailbox_send(errand->rooms, command);
	enum errand_end end;

	if (mail == NULL && errno == EEXIST)
		mail = mailbox_expect(errand->rooms, command->id);
	if (mail == NULL)
		return ERRAND_UNSENT;
	end = await(errand, mail, answer);
	mailbox_close(mail);
	return end;
}
