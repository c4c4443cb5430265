#include "lead/leader.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/msg.h"
#include "base/notify.h"
#include "lead/arrivals.h"
#include "lead/bell.h"
#include "lead/circuits.h"
#include "lead/ears.h"
#include "lead/office.h"
#include "lead/orders.h"
#include "lead/recovery.h"
#include "lead/retries.h"
#include "lead/starts.h"
#include "lead/tell.h"
#include "lead/transition.h"

enum {
	TURNS = 64,	   /* at most, before the descriptors are looked at */
	ONCE_WAIT = 12000, /* ms: for what is being killed, not for results */
	HOLD_TRIES = 5	   /* --once: of a journal that cannot be written */
};

struct leader {
	struct office office;
	int64_t watchdog, bark; /* every; next, monotonic */
	char told[128];		/* the latest STATUS= */
};

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
	tell_begin(&l->office);
	retries_look_all(&l->office);
	recovery_begin(&l->office);
	bell_begin(&l->office);
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

/* Is a due time none of its schedule, which has changed?  The points of a
 * longer interval may all be on the grid of a shorter one, but are too far
 * away. */
static bool
is_off_grid(const struct docket_entry *entry, int64_t now)
{
	const struct states_rules *rules = &entry->rules;
	int64_t due = entry->row.next_due;

	return due != 0 && ((due - rules->offset) % rules->interval != 0 ||
			    due - now > rules->interval);
}

/* What the schedule says of a row that the row does not know yet. */
static bool
has_news(const struct docket_entry *entry, int64_t now, enum states_kind *kind)
{
	if (entry->plan == NULL) {
		*kind = STATES_REMOVED;
		return !entry->row.disabled;
	}
	*kind = STATES_SEEN;
	if (!entry->stored || entry->row.disabled)
		return true;
	*kind = STATES_RESCHEDULED;
	return is_off_grid(entry, now);
}

static int
fit_rows(struct office *office)
{
	struct states_event event = { .now = 0 };
	struct states_answer answer;
	size_t i;

	for (i = 0; i < office->docket.count; i++) {
		struct docket_entry *entry = &office->docket.entries[i];

		struct transition_fact removed = { .type = "job_removed",
						   .client = entry->client,
						   .job = entry->job };

		if (!has_news(entry, office->now, &event.kind))
			continue;
		if (transition_apply(office, entry, &event, NULL, &answer) != 0)
			return -1;
		if (event.kind == STATES_REMOVED &&
		    transition_report(office, &removed) != 0)
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
	char text[64], *why;

	if (!office->reload)
		return 0;
	office->reload = false;
	snprintf(text, sizeof(text), "RELOADING=1\nMONOTONIC_USEC=%lld",
		 (long long)clock_monotonic() * 1000);
	notify_send(text);
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
	if (bell_turn(office) != 0 || recovery_turn(office) != 0 ||
	    reload(office) != 0 || fit(office) != 0 ||
	    orders_latch(office) != 0 || arrivals_turn(office) != 0 ||
	    orders_turn(office) != 0 || fit(office) != 0)
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
	tell_watchers(office);
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
		int64_t now, wait = 0;

		turns(office);
		now = clock_monotonic();
		if (office->hold > 0 && --tries == 0)
			return outcome_code(journal_class(office->journal));
		if (is_settling(office) && now < end)
			wait = office->look > now ? office->look - now : 1;
		if (ears_listen(office, wait) <= 0 && wait == 0 &&
		    (office->look == 0 || office->look > now || now >= end))
			return EX_OK;
	}
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

/* Nobody can lead with this database, at whatever time. */
static bool
is_damaged(const struct office *office)
{
	return office->hold > 0 &&
	       journal_class(office->journal) == OUTCOME_DATA_FORMAT;
}

int
leader_serve(struct leader *leader)
{
	struct office *office = &leader->office;

	if (ears_open(office) != 0) {
		msg_say("cannot watch '%s': %s", office->rooms.path,
			strerror(errno));
		return EX_OSERR;
	}
	office->errors = STDERR_FILENO;
	leader->watchdog = notify_interval();
	report(office, "orchestrator_started");
	turns(office);
	notify_send("READY=1");
	while (!office->ending && !is_damaged(office)) {
		tell_systemd(leader);
		ears_arm(office);
		if (ears_listen(office, patience(leader)) < 0 && errno != EINTR)
			return EX_OSERR;
		if (!office->ending)
			turns(office);
	}
	notify_send("STOPPING=1");
	if (is_damaged(office))
		return EX_DATAERR;
	report(office, "orchestrator_stopped");
	tell_watchers(office);
	return EX_OK;
}
