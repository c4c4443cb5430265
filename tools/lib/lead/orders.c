#include "lead/orders.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cli.h"
#include "base/msg.h"
#include "jobs/command.h"
#include "jobs/mailbox.h"
#include "lead/circuits.h"
#include "lead/pruning.h"
#include "lead/retries.h"
#include "lead/tell.h"
#include "lead/transition.h"

enum { MOST = 64 };

enum {
	OK = 200,
	TAKEN = 202,
	BAD = 400,
	FORBIDDEN = 403,
	UNKNOWN = 404,
	CONFLICT = 409,
	EXPIRED = 410,
	NOBODY = 503
};

/* One command on its way to its answer. */
struct order {
	struct office *office;
	const struct command *command;
	struct command_answer *answer;
	struct transition_note note;
};

static void __attribute__((format(printf, 3, 4)))
say(struct order *order, int status, const char *format, ...)
{
	va_list args;

	order->answer->status = status;
	va_start(args, format);
	vsnprintf(order->answer->message, sizeof(order->answer->message),
		  format, args);
	va_end(args);
}

static void
show_row(struct order *order, const struct docket_entry *entry)
{
	struct command_answer *answer = order->answer;
	const struct states_row *row = &entry->row;

	snprintf(answer->state, sizeof(answer->state), "%s",
		 states_name(row->state));
	snprintf(answer->want, sizeof(answer->want), "%s",
		 states_want_name(row->want));
	snprintf(answer->reason, sizeof(answer->reason), "%s",
		 states_reason_name(row->reason));
	if (row->run != 0) {
		char id[FOLDER_ID];

		folder_id(entry->client, entry->job, row->run, id);
		snprintf(answer->run, sizeof(answer->run), "%.159s", id);
	}
	answer->epoch = row->epoch;
	answer->seq = entry->seq;
}

/* 404, with the name that was perhaps meant. */
static void
unknown_job(struct order *order)
{
	const struct docket *docket = &order->office->docket;
	const char **names = msg_calloc(docket->count + 1, sizeof(*names));
	const char *job = order->command->job, *near;
	size_t i;

	for (i = 0; i < docket->count; i++)
		names[i] = docket->entries[i].job;
	near = cli_nearest(job, names);
	if (near != NULL && strcmp(near, job) == 0)
		say(order, UNKNOWN, "client %lld has no job '%s'",
		    (long long)order->command->client, job);
	else if (near != NULL)
		say(order, UNKNOWN, "no job '%s': did you mean '%s'?", job,
		    near);
	else
		say(order, UNKNOWN, "no job '%s'", job);
	free(names);
}

static bool
is_named(const struct docket_entry *entry, const struct command *command)
{
	return strcmp(entry->job, command->job) == 0 &&
	       (command->client < 0 || entry->client == 0 ||
		entry->client == command->client);
}

/* One that has left the schedule is meant only when no other can be. */
static bool
is_here(const struct docket_entry *entry)
{
	return entry->plan != NULL || entry->row.state == STATES_RUNNING;
}

/* The entry that a command means: of its client, of the host, or the only one
 * of that name.  NULL: answered. */
static struct docket_entry *
meant(struct order *order)
{
	struct docket *docket = &order->office->docket;
	struct docket_entry *found = NULL;
	size_t i, here = 0, gone = 0;

	for (i = 0; i < docket->count; i++) {
		struct docket_entry *entry = &docket->entries[i];

		if (!is_named(entry, order->command))
			continue;
		if (found == NULL || (is_here(entry) && here == 0))
			found = entry;
		if (is_here(entry))
			here++;
		else
			gone++;
	}
	if (found == NULL) {
		unknown_job(order);
	} else if (here > 1 || (here == 0 && gone > 1)) {
		say(order, BAD, "several clients have a job '%s': say which",
		    order->command->job);
		found = NULL;
	}
	return found;
}

static bool
is_held_back(const struct office *office, const struct docket_entry *entry)
{
	return circuits_hold(office, entry) != 0 ||
	       (entry->row.floor == STATES_QUOTA &&
		entry->row.not_before > office->now);
}

static int
apply(struct order *order, struct docket_entry *entry,
      const struct states_event *event)
{
	struct states_answer told;

	if (transition_apply(order->office, entry, event, &order->note,
			     &told) != 0)
		return -1;
	order->answer->status = told.status != 0 ? told.status : OK;
	say(order, order->answer->status, "%s",
	    told.message != NULL ? told.message : "");
	show_row(order, entry);
	return 0;
}

static int
to_job(struct order *order)
{
	static const enum states_kind kinds[] = {
		[COMMAND_START] = STATES_START,
		[COMMAND_STOP] = STATES_STOP_IT,
		[COMMAND_PAUSE] = STATES_PAUSE_IT,
		[COMMAND_RESUME] = STATES_RESUME,
		[COMMAND_RESET] = STATES_RESET,
	};
	const struct command *command = order->command;
	struct states_event event = { .force = command->force,
				      .replace = command->replace };
	struct docket_entry *entry = meant(order);

	if (entry == NULL)
		return 0;
	event.kind = kinds[command->verb];
	event.latched = order->office->flags.latched;
	event.held_back = is_held_back(order->office, entry);
	if (command->if_epoch < 0 || command->if_epoch == entry->row.epoch)
		return apply(order, entry, &event);
	say(order, CONFLICT, "the job has changed since: it is %s now",
	    states_name(entry->row.state));
	show_row(order, entry);
	return 0;
}

static int
put_back(struct order *order)
{
	struct states_event event = { .kind = STATES_ITEMS_DUE };
	struct docket_entry *entry = meant(order);
	char *items;

	if (entry == NULL)
		return 0;
	items = retries_items(order->office, entry);
	if (items == NULL) {
		say(order, OK, "no failed item of it is due");
		show_row(order, entry);
		return 0;
	}
	free(items);
	if (apply(order, entry, &event) != 0)
		return -1;
	if (entry->row.state == STATES_PENDING)
		say(order, TAKEN, "its failed items are fetched now");
	else
		say(order, CONFLICT,
		    "it is %s: its next run fetches its failed items",
		    states_name(entry->row.state));
	return 0;
}

/* As command_read lets them through. */
static enum breaker_override
override_of(const char *to)
{
	if (strcmp(to, "open") == 0)
		return BREAKER_FORCED_OPEN;
	return strcmp(to, "closed") == 0 ? BREAKER_FORCED_CLOSED : BREAKER_AUTO;
}

static int
override_breakers(struct order *order)
{
	struct office *office = order->office;
	const struct command *command = order->command;
	enum breaker_override to = override_of(command->to);
	bool known = false, changed = false;
	size_t i;

	for (i = 0; i < office->docket.circuit_count; i++) {
		const struct journal_breaker *breaker =
			&office->docket.circuits[i].now;
		int done;

		if (strcmp(breaker->integration, command->integration) != 0 ||
		    (command->client >= 0 &&
		     breaker->client != command->client))
			continue;
		known = true;
		done = circuits_override(office, (int)i, to, &order->note);
		if (done < 0)
			return -1;
		changed = changed || done == 0;
	}
	if (!known)
		say(order, UNKNOWN, "no job uses an integration '%s'",
		    command->integration);
	else
		say(order, OK, "%s", changed ? "" : "it is so already");
	return 0;
}

static int
to_all(struct order *order, enum states_kind kind)
{
	struct docket *docket = &order->office->docket;
	struct states_event event = { .kind = kind };
	struct states_answer answer;
	size_t i;

	for (i = 0; i < docket->count; i++) {
		if (kind == STATES_PAUSE_IT &&
		    docket->entries[i].row.state != STATES_RUNNING)
			continue;
		if (transition_apply(order->office, &docket->entries[i], &event,
				     &order->note, &answer) != 0)
			return -1;
	}
	return 0;
}

static int
report(struct order *order, const char *type)
{
	struct transition_fact fact = { .type = type,
					.client = -1,
					.note = order->note,
					.seq = &order->answer->seq };

	return transition_report(order->office, &fact);
}

static int
stop_orchestrator(struct order *order)
{
	struct office_flags flags = order->office->flags;

	if (order->command->drain && to_all(order, STATES_PAUSE_IT) != 0)
		return -1;
	if (flags.held) {
		say(order, OK, "it is stopped already");
		return 0;
	}
	flags.held = true;
	say(order, OK, "nothing starts until it is started again");
	return transition_flags(order->office, &flags) != 0
		       ? -1
		       : report(order, "orchestrator_stopped");
}

/* The latch first: should we die in between, the command is applied again. */
static int
start_orchestrator(struct order *order)
{
	struct office *office = order->office;
	struct office_flags flags = office->flags;
	bool latched = flags.latched || latch_is_set(&office->rooms);
	int64_t since = latch_since(&office->rooms);

	/* A time that is to come was written by a clock that was wrong. */
	if (latched && order->command->at < since && since <= office->now) {
		say(order, CONFLICT,
		    "an emergency stop came after it: give it again if things "
		    "may start");
		return 0;
	}
	if (latched && latch_set(&office->rooms, false) != 0) {
		say(order, NOBODY, "cannot clear 'control/latch': %s",
		    strerror(errno));
		return 0;
	}
	if (!latched && !flags.held) {
		say(order, OK, "it is not stopped");
		return to_all(order, STATES_ALL_CLEAR);
	}
	flags.latched = flags.held = false;
	say(order, OK, "%s", latched ? "the emergency stop is cleared" : "");
	if (transition_flags(office, &flags) != 0 ||
	    to_all(order, STATES_ALL_CLEAR) != 0)
		return -1;
	return report(order,
		      latched ? "emergency_cleared" : "orchestrator_started");
}

static int
prune(struct order *order)
{
	struct pruning_report pruned;

	if (transition_commit(order->office) != 0 ||
	    pruning_run(order->office, order->command->before, &pruned) != 0)
		return -1;
	say(order, OK, "removed %lld events, %lld runs, %lld run folders",
	    (long long)pruned.events, (long long)pruned.runs,
	    (long long)pruned.folders);
	return 0;
}

static int
reload(struct order *order)
{
	size_t jobs, clients;
	char *why;

	if (office_reload(order->office, &why) != 0) {
		say(order, BAD, "kept the old schedule: %s", why);
		free(why);
		return 0;
	}
	jobs = order->office->schedule->job_count;
	clients = order->office->settings->client_count;
	say(order, OK, "%zu job%s for %zu client%s", jobs, jobs == 1 ? "" : "s",
	    clients, clients == 1 ? "" : "s");
	return report(order, "schedule_reloaded");
}

static int
obey(struct order *order)
{
	switch (order->command->verb) {
	case COMMAND_START:
	case COMMAND_STOP:
	case COMMAND_PAUSE:
	case COMMAND_RESUME:
	case COMMAND_RESET:
		return to_job(order);
	case COMMAND_ORCHESTRATOR_START:
		return start_orchestrator(order);
	case COMMAND_ORCHESTRATOR_STOP:
		return stop_orchestrator(order);
	case COMMAND_BREAKER:
		return override_breakers(order);
	case COMMAND_PRUNE:
		return prune(order);
	case COMMAND_PUT_BACK:
		return put_back(order);
	case COMMAND_RELOAD:
		return reload(order);
	case COMMAND_VERBS:
	default:
		say(order, BAD, "no such command");
		return 0;
	}
}

static int
judge(struct order *order)
{
	const struct command *command = order->command;
	const struct office *office = order->office;

	if (command->role < command_role(command)) {
		say(order, FORBIDDEN, "'%s' needs the role %s",
		    command_name(command->verb),
		    command_role_name(command_role(command)));
		return 0;
	}
	if (command->expires != 0 && command->expires <= office->now) {
		say(order, EXPIRED, "it had to be taken earlier: say it again");
		return 0;
	}
	return obey(order);
}

/* Effect and answer in one transaction.  1: answered before. */
static int
settle(struct office *office, const struct command *command,
       struct command_answer *answer)
{
	struct order order = { office,
			       command,
			       answer,
			       { .command = command->id,
				 .by = command->by,
				 .message = command->note } };
	int known = journal_read_command(office->journal, command->id, answer);

	if (known != 0)
		return known == 1 ? 1 : transition_fail(office);
	*answer = (struct command_answer){ 0 };
	snprintf(answer->id, sizeof(answer->id), "%s", command->id);
	snprintf(answer->gen, sizeof(answer->gen), "%s",
		 journal_gen(office->journal));
	if (transition_begin(office) != 0 || judge(&order) != 0 ||
	    transition_begin(office) != 0)
		return -1;
	if (journal_save_command(office->journal, office->now, answer) != 0)
		return transition_fail(office);
	return transition_commit(office);
}

static bool
take(void *arg, const struct command *command)
{
	struct office *office = arg;
	struct command_answer answer;

	office->now = clock_now();
	if (settle(office, command, &answer) < 0)
		return false;
	if (office->verbose)
		msg_say("%s%s%s: %d %s", command_name(command->verb),
			*command->job != '\0' ? " " : "", command->job,
			answer.status, answer.message);
	/* Who follows the status file finds the row that the answer tells of.
	 */
	tell_watchers(office);
	if (mailbox_answer(&office->rooms, &answer) != 0) {
		office->mail = true;
		office_look_in(office, OFFICE_HOLD);
	}
	return true;
}

int
orders_turn(struct office *office)
{
	int taken;

	if (!office->mail)
		return 0;
	if (transition_commit(office) != 0)
		return -1;
	office->mail = false;
	taken = mailbox_scan(&office->rooms, MOST, take, office);
	if (office->hold > 0) {
		office->mail = true;
		return -1;
	}
	if (taken >= MOST) {
		office->mail = true;
		office_look_in(office, 0);
	}
	return 0;
}

int
orders_latch(struct office *office)
{
	bool set = latch_is_set(&office->rooms);
	struct office_flags flags = office->flags;
	struct command_answer answer;
	struct order order = { .office = office,
			       .answer = &answer,
			       .note = { .message = set ? "emergency stop"
							: NULL } };

	if (set == flags.latched)
		return 0;
	flags.latched = set;
	if (transition_flags(office, &flags) != 0)
		return -1;
	if (set && to_all(&order, STATES_EMERGENCY_STOP) != 0)
		return -1;
	return report(&order, set ? "emergency_stop" : "emergency_cleared");
}
