#include "lead/starts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/home.h"
#include "base/msg.h"
#include "jobs/folder.h"
#include "jobs/latch.h"
#include "jobs/lock.h"
#include "jobs/process.h"
#include "lead/circuits.h"
#include "lead/recovery.h"
#include "lead/retries.h"
#include "lead/transition.h"

enum { SPACE_LOOK = 60000 };

/* What a pipeline must not inherit: it is another run's, or ours alone. */
static bool
is_ours_alone(const char *variable)
{
	static const char *const names[] = {
		"PULSE_RUN_DIR=", "PULSE_RUN_ID=",     "PULSE_ITEMS=",
		"PULSE_LOCK_FD=", "PULSE_NOT_BEFORE=", "PULSE_BATCH=",
		"PULSE_JOB=",	  "PULSE_CLIENT=",     "PULSE_CONFIG=",
		"PULSE_HOME=",	  "NOTIFY_SOCKET=",    "WATCHDOG_USEC=",
		"WATCHDOG_PID=",  "LISTEN_FDS=",       "LISTEN_PID=",
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strncmp(variable, names[i], strlen(names[i])) == 0)
			return true;
	return false;
}

void
starts_prepare(struct office *office)
{
	size_t count = 0, kept = 0, i;
	char *home = home_path("");

	while (environ[count] != NULL)
		count++;
	office->environment =
		msg_calloc(count + 2, sizeof(*office->environment));
	for (i = 0; i < count; i++)
		if (!is_ours_alone(environ[i]))
			office->environment[kept++] = msg_strdup(environ[i]);
	if (home[0] != '\0' && home[strlen(home) - 1] == '/')
		home[strlen(home) - 1] = '\0';
	office->environment[kept] = msg_text("PULSE_HOME=%s", home);
	free(home);
	office->runner = home_program("pulse-run");
}

static int
make_folder(struct office *office, const struct docket_entry *entry,
	    const char *id)
{
	const struct states_row *row = &entry->row;
	char *argv[] = { entry->plan->path, NULL };
	struct folder_spec spec = {
		.client = entry->client,
		.job = entry->job,
		.argv = argv,
		.timeout = entry->plan->timeout,
		.grace = entry->plan->grace,
		.drain = entry->plan->drain,
		.not_before = row->forced ? circuits_hold(office, entry) : 0,
		.config = office->config,
		.attempt = row->retry_count + 1,
		.trigger = states_reason_name(row->trigger),
		.integration = entry->plan->integration,
	};
	char *items = NULL;
	int failed;

	if (row->trigger == STATES_ITEMS)
		items = retries_items(office, entry);
	spec.items = row->trigger != STATES_ITEMS ? NULL
		     : items != NULL		  ? items
						  : "";
	failed = folder_make(&office->rooms, id, &spec);
	free(items);
	return failed;
}

/* Without a pulse-run the folder is settled at once: its ticket is taken back
 * and the row waits for another try. */
static void
start_failed(struct docket_entry *entry, const char *id)
{
	msg_say("cannot start '%s': %s", id, entry->unstarted);
	entry->exit_code = EX_OSERR;
	entry->settle = 1;
}

static void
no_folder(struct docket_entry *entry, int error)
{
	entry->unfit = outcome_of_errno(error);
	snprintf(entry->unstarted, sizeof(entry->unstarted),
		 "cannot make the run's folder: %s", strerror(error));
}

/* A pulse-run that is not there, or no program, is a matter of how Pulse was
 * installed; all else the kernel refused. */
static void
no_runner(struct docket_entry *entry, int error)
{
	entry->unfit = error == ENOENT || error == ENOTDIR || error == EACCES ||
				       error == ENOEXEC || error == ELOOP
			       ? OUTCOME_CONFIGURATION
			       : OUTCOME_SYSTEM;
	snprintf(entry->unstarted, sizeof(entry->unstarted),
		 "cannot run 'pulse-run': %s", strerror(error));
}

void
starts_launch(struct office *office, struct docket_entry *entry)
{
	char id[FOLDER_ID];
	char spool[] = "-s", run[] = "--run";
	char *argv[] = {
		office->runner, spool, office->rooms.path, run, id, NULL
	};
	int error;

	entry->exit_code = -1;
	entry->settle = 0;
	entry->unstarted[0] = '\0';
	folder_id(entry->client, entry->job, entry->row.run, id);
	if (make_folder(office, entry, id) != 0) {
		no_folder(entry, errno);
		start_failed(entry, id);
		return;
	}
	error = office_spawn(office, argv, -1, &entry->child);
	if (error != 0) {
		entry->child = 0;
		no_runner(entry, error);
		start_failed(entry, id);
		return;
	}
	entry->pidfd = pidfd_open(entry->child, 0);
	if (entry->pidfd >= 0 && office_watch(office, entry->pidfd, OFFICE_RUN,
					      office_index(office, entry)) == 0)
		return;
	/* No descriptor left: the run is looked at from time to time. */
	if (entry->pidfd >= 0)
		close(entry->pidfd);
	entry->pidfd = -1;
	entry->settle = clock_monotonic() + OFFICE_HOLD;
}

/* PENDING -> RUNNING, with its row in the list of runs. */
static int
open_one(struct office *office, struct docket_entry *entry)
{
	struct journal_run run = { .client = entry->client,
				   .trigger = entry->row.trigger,
				   .attempt = entry->row.retry_count + 1,
				   .began = office->now };
	struct states_event event = { .kind = STATES_OPEN,
				      .latched = office->flags.latched };
	struct office_flags flags = office->flags;
	struct states_answer answer;

	if (transition_begin(office) != 0)
		return -1;
	snprintf(run.job, sizeof(run.job), "%s", entry->job);
	if (journal_add_run(office->journal, &run) != 0)
		return transition_fail(office);
	event.run = run.id;
	if (transition_apply(office, entry, &event, NULL, &answer) != 0)
		return -1;
	if (!answer.changed)
		return 0;
	if (circuits_started(office, entry) != 0)
		return -1;
	transition_after(office, entry)->start = true;
	flags.turn = entry->client;
	return entry->client == 0 || flags.turn == office->flags.turn
		       ? 0
		       : transition_flags(office, &flags);
}

/* What a row waits for, said once. */
static int
wait_for(struct office *office, struct docket_entry *entry,
	 const struct gates_answer *gate)
{
	struct states_event event = { .kind = STATES_WAIT,
				      .reason = gate->reason,
				      .until = gate->until };
	struct states_answer answer;

	entry->gate_at = gate->until;
	if (gate->reason == STATES_NONE)
		return 0;
	if (transition_apply(office, entry, &event, NULL, &answer) != 0)
		return -1;
	if (gate->whom == NULL || strcmp(entry->whom, gate->whom) == 0)
		return 0;
	snprintf(entry->whom, sizeof(entry->whom), "%s", gate->whom);
	entry->stale = true;
	return 0;
}

/* A standalone run holds the lock: looked at again when its pulse-run is gone,
 * at the latest after fast_recovery.  What a dead one has left there the next
 * pulse-run ends; that is tried once. */
static bool
is_busy(struct office *office, struct docket_entry *entry)
{
	struct lock_holder holder;
	char name[ROOMS_NAME];

	rooms_job(entry->client, entry->job, name);
	if (!lock_is_held(&office->rooms, name, &holder)) {
		recovery_let_go(office, entry);
		return false;
	}
	if (entry->pidfd >= 0)
		return true;
	entry->pidfd = process_open(&holder.process);
	if (entry->pidfd >= 0) {
		office_watch(office, entry->pidfd, OFFICE_RUN,
			     office_index(office, entry));
		return true;
	}
	if (entry->dead == holder.process.start)
		return true;
	entry->dead = holder.process.start;
	return false;
}

static int
let_through(struct office *office, struct docket_entry *entry)
{
	struct states_event event = { .kind = STATES_LOCKED };
	struct states_answer answer;

	if (is_busy(office, entry))
		return transition_apply(office, entry, &event, NULL, &answer);
	return open_one(office, entry);
}

static bool
is_full(const struct office *office)
{
	struct statvfs space;

	if (office->schedule->floor <= 0 ||
	    fstatvfs(office->rooms.spool, &space) != 0)
		return false;
	return (int64_t)space.f_bavail * (int64_t)space.f_frsize <
	       office->schedule->floor;
}

static bool
somebody_waits(const struct office *office)
{
	size_t i;

	for (i = 0; i < office->docket.count; i++)
		if (office->docket.entries[i].row.state == STATES_PENDING)
			return true;
	return false;
}

static int
pass(struct office *office, const struct gates_view *view, const size_t *which)
{
	struct docket_entry *entries = office->docket.entries;
	struct gates_answer *answers =
		msg_calloc(view->count + 1, sizeof(*answers));
	size_t *order = msg_calloc(view->count + 1, sizeof(*order));
	size_t starting = gates_judge(view, office->now, answers, order);
	size_t i;
	int failed = 0;

	for (i = 0; i < view->count && failed == 0; i++)
		if (view->jobs[i].row->state == STATES_PENDING &&
		    !answers[i].start)
			failed = wait_for(office, &entries[which[i]],
					  &answers[i]);
	for (i = 0; i < starting && failed == 0; i++)
		failed = let_through(office, &entries[which[order[i]]]);
	free(answers);
	free(order);
	return failed;
}

int
starts_turn(struct office *office)
{
	struct gates_view view = { .latched = latch_is_set(&office->rooms),
				   .held = office->flags.held,
				   .last_client = office->flags.turn };
	size_t *which;
	int failed;

	if (!somebody_waits(office))
		return 0;
	view.full = office->full = is_full(office);
	if (view.full)
		office_look_in(office, SPACE_LOOK);
	docket_view(&office->docket, office->schedule, &view, &which);
	failed = pass(office, &view, which);
	docket_drop_view(&view, which);
	return failed;
}
