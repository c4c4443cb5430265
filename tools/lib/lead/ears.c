#include "lead/ears.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "jobs/mailbox.h"
#include "lead/bell.h"
#include "lead/circuits.h"
#include "lead/recovery.h"

enum { WAKES = 64, SOURCE_BITS = 32 };

static int
watch_rooms(struct office *office)
{
	char path[64];

	office->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (office->inotify < 0)
		return -1;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", office->rooms.run);
	if (inotify_add_watch(office->inotify, path, IN_MOVED_TO) < 0)
		return -1;
	return office_watch(office, office->inotify, OFFICE_ROOMS, 0);
}

static int
watch_signals(struct office *office)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &set, NULL) != 0)
		return -1;
	office->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return office->signals < 0 ? -1
				   : office_watch(office, office->signals,
						  OFFICE_SIGNAL, 0);
}

int
ears_open(struct office *office)
{
	if (watch_signals(office) != 0 || watch_rooms(office) != 0)
		return -1;
	office->mailbox = mailbox_watch(&office->rooms);
	office->timer = clock_open();
	if (office->mailbox < 0 || office->timer == NULL)
		return -1;
	return office_watch(office, office->mailbox, OFFICE_MAIL, 0) != 0 ||
			       office_watch(office, clock_fd(office->timer),
					    OFFICE_CLOCK, 0) != 0
		       ? -1
		       : 0;
}

/* Once: who goes on waiting asks again.  Where it cannot be watched the cursor
 * is found at the next turn. */
void
ears_watch_cursors(struct office *office, int64_t client)
{
	char path[96];

	if (office->inotify < 0)
		return;
	snprintf(path, sizeof(path), "checkpoints/%lld", (long long)client);
	mkdirat(office->rooms.spool, "checkpoints", 0700);
	mkdirat(office->rooms.spool, path, 0700);
	snprintf(path, sizeof(path), "/proc/self/fd/%d/checkpoints/%lld",
		 office->rooms.spool, (long long)client);
	inotify_add_watch(office->inotify, path,
			  IN_MOVED_TO | IN_ONESHOT | IN_ONLYDIR);
}

void
ears_arm(struct office *office)
{
	int64_t best = circuits_wake(office);
	size_t i;

	for (i = 0; i < office->docket.count; i++) {
		int64_t wake = docket_wake(&office->docket.entries[i]);

		if (wake != 0 && (best == 0 || wake < best))
			best = wake;
	}
	clock_arm(office->timer, best);
}

static void
hear_signals(struct office *office)
{
	struct signalfd_siginfo info;

	while (read(office->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGHUP)
			office->reload = true;
		else
			office->ending = true;
	}
}

static void
clock_rang(struct office *office)
{
	size_t i;

	if (!clock_step(office->timer))
		return;
	for (i = 0; i < office->docket.count; i++)
		office->docket.entries[i].looked = 0;
}

/* run/ is looked at when a standalone run has left its name there, or when the
 * kernel has lost count. */
static void
read_rooms(struct office *office)
{
	char events[4096] __attribute__((aligned(8)));
	ssize_t n, at;

	while ((n = read(office->inotify, events, sizeof(events))) > 0)
		for (at = 0; at < n;) {
			const struct inotify_event *event =
				(const void *)(events + at);

			at += (ssize_t)(sizeof(*event) + event->len);
			if ((event->mask & IN_Q_OVERFLOW) != 0 ||
			    (event->len > 0 &&
			     strncmp(event->name, "last.", 5) == 0))
				office->arrived = true;
		}
}

static void
hear(struct office *office, uint64_t what)
{
	size_t index = (size_t)(what & UINT32_MAX);

	switch ((enum office_source)(what >> SOURCE_BITS)) {
	case OFFICE_SIGNAL:
		hear_signals(office);
		break;
	case OFFICE_CLOCK:
		clock_rang(office);
		break;
	case OFFICE_MAIL:
		mailbox_clear(office->mailbox);
		office->mail = true;
		break;
	case OFFICE_ROOMS:
		read_rooms(office);
		break;
	case OFFICE_RUN:
		recovery_run_ended(office, &office->docket.entries[index]);
		break;
	case OFFICE_HOOK:
	default:
		bell_ended(office, index);
		break;
	}
}

int
ears_listen(struct office *office, int64_t ms)
{
	struct epoll_event events[WAKES];
	int n, i;

	if (ms > INT32_MAX)
		ms = INT32_MAX;
	n = epoll_wait(office->epoll, events, WAKES, (int)ms);
	for (i = 0; i < n; i++)
		hear(office, events[i].data.u64);
	return n;
}
