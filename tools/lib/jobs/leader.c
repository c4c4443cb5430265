#include "jobs/leader.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/msg.h"
#include "base/notify.h"
#include "jobs/arrivals.h"
#include "jobs/bell.h"
#include "jobs/circuits.h"
#include "jobs/mailbox.h"
#include "jobs/office.h"
#include "jobs/orders.h"
#include "jobs/recovery.h"
#include "jobs/retries.h"
#include "jobs/starts.h"
#include "jobs/status.h"
#include "jobs/transition.h"

enum {
	TURNS = 64,	   /* at most, before the descriptors are looked at */
	ONCE_WAIT = 12000, /* ms: for what is being killed, not for results */
	HOLD_TRIES = 5,	   /* --once: of a journal that cannot be written */
	WAKES = 64,
	SOURCE_BITS = 32
};

struct leader {
	struct office office;
	int64_t watchdog, bark; /* every; next, monotonic */
	char told[128];		/* the latest STATUS= */
};

/* What the status file says that no row holds. */
static bool
take_status(void *arg, const struct status *status)
{
	struct office *office = arg;
	struct docket_entry *entry =
		docket_find(&office->docket, status->client, status->job);

	if (entry == NULL || entry->row.epoch != status->epoch)
		return true;
	entry->seq = status->seq;
	snprintf(entry->whom, sizeof(entry->whom), "%s", status->whom);
	snprintf(entry->class, sizeof(entry->class), "%s", status->class);
	snprintf(entry->error, sizeof(entry->error), "%s", status->error);
	return true;
}

static void
rebuild(struct office *office)
{
	size_t damaged, i;

	status_each(&office->rooms, take_status, office, &damaged);
	for (i = 0; i < office->docket.count; i++)
		office->docket.entries[i].stale =
			office->docket.entries[i].stored;
	retries_look_all(office);
}

enum leader_opening
leader_open(const struct leader_options *options, struct leader **leader,
	    int *holder, char **why, enum outcome_class *class)
{
	struct leader *l = msg_calloc(1, sizeof(*l));
	enum leader_opening opening =
		office_open(options, &l->office, holder, why, class);

	if (opening != LEADER_READY) {
		office_close(&l->office);
		free(l);
		return opening;
	}
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	starts_prepare(&l->office);
	rebuild(&l->office);
	recovery_begin(&l->office);
	*leader = l;
	return LEADER_READY;
}

void
leader_close(struct leader *leader)
{
	if (leader == NULL)
		return;
	office_close(&leader->office);
	free(leader);
}

/* Is a due time off the grid of its schedule, which has changed? */
static bool
is_off_grid(const struct docket_entry *entry)
{
	const struct states_rules *rules = &entry->rules;

	return entry->row.next_due != 0 &&
	       (entry->row.next_due - rules->offset) % rules->interval != 0;
}

/* Tells the rows what the schedule says of them. */
static int
fit_rows(struct office *office)
{
	struct states_event event = { .kind = STATES_SEEN };
	struct states_answer answer;
	size_t i;

	for (i = 0; i < office->docket.count; i++) {
		struct docket_entry *entry = &office->docket.entries[i];

		if (entry->plan != NULL &&
		    (!entry->stored || entry->row.disabled))
			event.kind = STATES_SEEN;
		else if (entry->plan == NULL && !entry->row.disabled)
			event.kind = STATES_REMOVED;
		else if (entry->plan != NULL && is_off_grid(entry))
			event.kind = STATES_RESCHEDULED;
		else
			continue;
		if (transition_apply(office, entry, &event, NULL, &answer) != 0)
			return -1;
	}
	return 0;
}

static int
fit(struct office *office)
{
	if (!office->unfitted)
		return 0;
	if (fit_rows(office) != 0 || transition_commit(office) != 0)
		return -1;
	office->unfitted = false;
	return 0;
}

/* Reads schedule and settings again; what is no good changes nothing. */
static int
reload(struct office *office)
{
	struct transition_fact fact = { .type = "schedule_reloaded",
					.client = -1 };
	char *why;

	if (!office->reload)
		return 0;
	office->reload = false;
	notify_send("RELOADING=1");
	if (office_reload(office, &why) != 0) {
		msg_say("kept the old schedule: %s", why);
		free(why);
	} else if (transition_report(office, &fact) != 0) {
		office->reload = true;
		return -1;
	}
	notify_send("READY=1");
	return 0;
}

/* A look at every row whose time has come; those that wait for a start are
 * looked at behind the gates, which say more of them. */
static int
look(struct office *office, bool waiting)
{
	struct states_event event = { .kind = STATES_TIME };
	struct states_answer answer;
	size_t i;

	for (i = 0; i < office->docket.count; i++) {
		struct docket_entry *entry = &office->docket.entries[i];
		int64_t wake = docket_wake(entry);

		if (wake == 0 || wake > office->now ||
		    (entry->row.state == STATES_PENDING) != waiting)
			continue;
		if (transition_apply(office, entry, &event, NULL, &answer) != 0)
			return -1;
		if (!answer.changed)
			entry->looked = office->now;
	}
	return 0;
}

static int
turn(struct office *office)
{
	office->now = clock_now();
	if (recovery_turn(office) != 0 || reload(office) != 0 ||
	    fit(office) != 0 || orders_latch(office) != 0 ||
	    arrivals_turn(office) != 0 || orders_turn(office) != 0 ||
	    fit(office) != 0)
		return -1;
	office->now = clock_now();
	if (circuits_turn(office) != 0 || retries_turn(office) != 0 ||
	    look(office, false) != 0 || starts_turn(office) != 0 ||
	    look(office, true) != 0)
		return -1;
	return transition_commit(office);
}

/* Until nothing changes. */
static void
turns(struct office *office)
{
	int i;

	office->look = 0;
	office->changed = true;
	for (i = 0; i < TURNS && office->changed; i++) {
		office->changed = false;
		if (office->hold > clock_monotonic())
			break;
		office->hold = 0;
		if (turn(office) != 0)
			break;
	}
	if (office->changed)
		office_look_in(office, 0);
	if (office->hold > 0)
		office_look_in(office, office->hold - clock_monotonic());
	transition_tell(office);
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
			if (event->len == 0 ||
			    strncmp(event->name, "last.", 5) == 0)
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

/* Waits for the descriptors; how many spoke. */
static int
listen(struct office *office, int64_t ms)
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

/* Is something under way that takes no more than moments? */
static bool
is_settling(const struct office *office)
{
	size_t i;

	for (i = 0; i < office->docket.count; i++) {
		const struct docket_entry *entry = &office->docket.entries[i];

		if (entry->row.state == STATES_RUNNING && entry->settle > 0 &&
		    entry->row.reason != STATES_STUCK)
			return true;
	}
	return office->bell_count > 0 || office->hold > 0;
}

int
leader_once(struct leader *leader)
{
	struct office *office = &leader->office;
	int64_t end = clock_monotonic() + ONCE_WAIT;
	int tries = HOLD_TRIES;

	for (;;) {
		int64_t now = clock_monotonic();
		int64_t wait = 0;

		turns(office);
		if (office->hold > 0 && --tries == 0)
			return outcome_code(journal_class(office->journal));
		if (is_settling(office) && now < end)
			wait = office->look > now ? office->look - now : 1;
		if (listen(office, wait) <= 0 && wait == 0 &&
		    (office->look == 0 || office->full || now >= end))
			return EX_OK;
	}
}

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

static int
watch_all(struct office *office)
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

/* The timer wakes at the next time that any row or breaker names. */
static void
arm(struct office *office)
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

static int64_t
patience(const struct leader *leader)
{
	int64_t now = clock_monotonic(), at = leader->office.look;

	if (leader->watchdog > 0 && (at == 0 || leader->bark < at))
		at = leader->bark;
	if (at == 0)
		return -1;
	return at > now ? at - now : 0;
}

static void
tell_systemd(struct leader *leader)
{
	const struct docket *docket = &leader->office.docket;
	size_t counts[STATES_COUNT] = { 0 }, i;
	char text[128];

	if (leader->watchdog > 0 && clock_monotonic() >= leader->bark) {
		notify_send("WATCHDOG=1");
		leader->bark = clock_monotonic() + leader->watchdog;
	}
	for (i = 0; i < docket->count; i++)
		counts[docket->entries[i].row.state]++;
	snprintf(text, sizeof(text),
		 "STATUS=%zu running, %zu waiting, %zu failed, %zu paused%s",
		 counts[STATES_RUNNING], counts[STATES_PENDING],
		 counts[STATES_ERROR], counts[STATES_PAUSED],
		 leader->office.flags.latched ? ", emergency stop"
		 : leader->office.flags.held  ? ", stopped"
					      : "");
	if (strcmp(text, leader->told) != 0)
		notify_send(text);
	memcpy(leader->told, text, sizeof(text));
}

static void
report(struct office *office, const char *type)
{
	struct transition_fact fact = { .type = type, .client = -1 };

	office->now = clock_now();
	if (transition_report(office, &fact) == 0)
		transition_commit(office);
}

int
leader_serve(struct leader *leader)
{
	struct office *office = &leader->office;

	if (watch_all(office) != 0) {
		msg_say("cannot watch '%s': %s", office->rooms.path,
			strerror(errno));
		return EX_OSERR;
	}
	office->errors = STDERR_FILENO;
	leader->watchdog = notify_interval();
	report(office, "orchestrator_started");
	turns(office);
	notify_send("READY=1");
	while (!office->ending) {
		tell_systemd(leader);
		arm(office);
		if (listen(office, patience(leader)) < 0 && errno != EINTR)
			return EX_OSERR;
		if (!office->ending)
			turns(office);
	}
	notify_send("STOPPING=1");
	report(office, "orchestrator_stopped");
	transition_tell(office);
	return EX_OK;
}
