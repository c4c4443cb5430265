#include "lead/recovery.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/msg.h"
#include "jobs/folder.h"
#include "jobs/latch.h"
#include "jobs/lock.h"
#include "jobs/process.h"
#include "jobs/settle.h"
#include "lead/circuits.h"
#include "lead/retries.h"
#include "lead/transition.h"
#include "run/tally.h"

enum {
	AGAIN = 20,	    /* ms: something is on its way */
	SWEEP_FOR = 10000,  /* ms: then a lock that is still held is stuck */
	STUCK_LOOK = 10000, /* ms: a stuck lock is looked at again */
	PASSES = 8
};

static void
run_id(const struct docket_entry *entry, char id[FOLDER_ID])
{
	folder_id(entry->client, entry->job, entry->row.run, id);
}

void
recovery_begin(struct office *office)
{
	size_t i;

	for (i = 0; i < office->docket.count; i++)
		office->docket.entries[i].settle = 1;
}

void
recovery_let_go(struct office *office, struct docket_entry *entry)
{
	if (entry->pidfd >= 0) {
		office_unwatch(office, entry->pidfd);
		close(entry->pidfd);
	}
	entry->pidfd = -1;
	entry->child = 0;
}

/* Takes the code of a pulse-run that was our child. */
static void
reap(struct docket_entry *entry)
{
	int status;

	if (entry->child <= 0 || waitpid(entry->child, &status, WNOHANG) <= 0)
		return;
	entry->exit_code = WIFEXITED(status) ? WEXITSTATUS(status)
					     : 128 + WTERMSIG(status);
	entry->child = 0;
}

void
recovery_run_ended(struct office *office, struct docket_entry *entry)
{
	reap(entry);
	recovery_let_go(office, entry);
	entry->settle = 1;
}

static int
signal_number(enum states_signal signal)
{
	switch (signal) {
	case STATES_SIGNAL_DRAIN:
		return SIGUSR1;
	case STATES_SIGNAL_STOP:
		return SIGTERM;
	case STATES_SIGNAL_KILL:
		return SIGUSR2;
	case STATES_NO_SIGNAL:
	default:
		return 0;
	}
}

/* Kills what is left of a run's session, and whoever holds its job's lock in
 * the run's name: another run may have it by now. */
static void
sweep(const struct office *office, const struct docket_entry *entry,
      const struct folder_started *started)
{
	struct process_group group = { .session = started->sid,
				       .since = started->process.start };
	char name[ROOMS_NAME], id[FOLDER_ID];
	struct lock_holder holder;
	struct stat st;

	run_id(entry, id);
	rooms_job(entry->client, entry->job, name);
	if (lock_is_held(&office->rooms, name, &holder) &&
	    strcmp(holder.run, id) == 0 &&
	    fstatat(office->rooms.lock, name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		group.device = st.st_dev;
		group.inode = st.st_ino;
	}
	process_sweep(&group);
}

static bool
read_started(const struct office *office, const char *id,
	     struct folder_started *started)
{
	int folder = folder_open(&office->rooms, id);
	bool whole;

	memset(started, 0, sizeof(*started));
	if (folder < 0)
		return false;
	whole = folder_read_started(folder, started) == 0;
	close(folder);
	return whole;
}

/* Who the run's pulse-run is, also when its own record is damaged: then by the
 * lock that it holds. */
static bool
find_started(const struct office *office, const struct docket_entry *entry,
	     const char *id, struct folder_started *started)
{
	struct lock_holder holder;
	char name[ROOMS_NAME];

	if (read_started(office, id, started))
		return true;
	memset(started, 0, sizeof(*started));
	rooms_job(entry->client, entry->job, name);
	if (!lock_is_held(&office->rooms, name, &holder) ||
	    strcmp(holder.run, id) != 0)
		return false;
	started->process = holder.process;
	return true;
}

static bool
take_ticket(const struct office *office, const char *id)
{
	int folder = folder_open(&office->rooms, id);
	bool won;

	if (folder < 0)
		return false;
	won = folder_revoke(folder) == 0;
	close(folder);
	return won;
}

void
recovery_signal(struct office *office, struct docket_entry *entry,
		enum states_signal signal)
{
	struct folder_started started;
	char id[FOLDER_ID];

	run_id(entry, id);
	if (entry->row.state != STATES_RUNNING) {
		if (read_started(office, id, &started) &&
		    strcmp(started.process.boot, office->boot) == 0)
			sweep(office, entry, &started);
		return;
	}
	if (take_ticket(office, id)) {
		if (entry->pidfd < 0)
			entry->settle = 1;
		return;
	}
	if (entry->pidfd >= 0)
		pidfd_send_signal(entry->pidfd, signal_number(signal), NULL, 0);
	else if (find_started(office, entry, id, &started))
		process_signal(&started.process, signal_number(signal));
}

/* How the run is listed. */
static enum states_result
result_of(int code, enum states_want want)
{
	if (code == 0)
		return STATES_SUCCESS;
	if (code == EX_PARTIAL)
		return STATES_PARTIAL;
	switch (want) {
	case STATES_PAUSE:
	case STATES_REPLACE:
	case STATES_STOP:
		return STATES_STOPPED;
	case STATES_KILL:
	case STATES_KILL_ALL:
		return STATES_KILLED;
	case STATES_RUN:
	default:
		return STATES_FAILED;
	}
}

/* The end of a run: its row, its entry in the list of runs, its breaker. */
static int
finish(struct office *office, struct docket_entry *entry,
       const struct states_event *event, const struct journal_run *run)
{
	const struct verdict *verdict = &run->figures.verdict;
	struct transition_note note = { .message = verdict->cause };
	struct states_answer answer;

	/* A run that was asked to end has not failed. */
	if (run->result != STATES_SUCCESS && run->result != STATES_PARTIAL &&
	    entry->row.want == STATES_RUN)
		note.class = outcome_name(verdict->class);
	if (transition_begin(office) != 0)
		return -1;
	if (transition_apply(office, entry, event, &note, &answer) != 0)
		return -1;
	if (journal_end_run(office->journal, run) != 0)
		return transition_fail(office);
	if (answer.changed &&
	    circuits_ended(office, entry, run->id, answer.breaker) != 0)
		return -1;
	entry->sweeping = 0;
	retries_look(office, entry);
	return 0;
}

static int
apply_result(struct office *office, struct docket_entry *entry, const char *id)
{
	struct journal_run run = { .id = entry->row.run,
				   .client = entry->client };
	struct folder_result *result = &run.figures;
	struct states_event event = { .kind = STATES_ENDED,
				      .run = entry->row.run };
	int folder = folder_open(&office->rooms, id);

	if (folder < 0 || folder_read_result(folder, result) != SETTLE_WHOLE) {
		if (folder >= 0)
			close(folder);
		entry->settle = clock_monotonic() + AGAIN;
		return 0;
	}
	close(folder);
	snprintf(run.job, sizeof(run.job), "%s", entry->job);
	snprintf(run.folder, sizeof(run.folder), "%s", id);
	run.began = result->began;
	run.ended = result->ended;
	run.result = result_of(result->verdict.code, entry->row.want);
	event.code = result->verdict.code;
	event.class = result->verdict.class;
	event.not_before = result->verdict.not_before;
	event.stored = result->stored;
	event.timed_out = result->how == FOLDER_TIMED_OUT;
	event.at = result->ended;
	return finish(office, entry, &event, &run);
}

/* Has the job stored a cursor since its run began? */
static bool
has_stored(const struct office *office, const struct docket_entry *entry,
	   const struct folder_started *started)
{
	char mark[FOLDER_MARK];

	tally_mark(&office->rooms, entry->client, entry->job, mark);
	return strcmp(mark, started->cursors) != 0;
}

bool
recovery_has_stored(const struct office *office,
		    const struct docket_entry *entry)
{
	struct folder_started started;
	char id[FOLDER_ID];

	run_id(entry, id);
	return read_started(office, id, &started) &&
	       has_stored(office, entry, &started);
}

/* A run that ended without a result. */
static int
vanish(struct office *office, struct docket_entry *entry, const char *id,
       bool rebooted)
{
	struct journal_run run = { .id = entry->row.run,
				   .client = entry->client,
				   .ended = office->now,
				   .result = STATES_ORPHANED };
	struct states_event event = { .kind = STATES_VANISHED,
				      .run = entry->row.run,
				      .rebooted = rebooted };
	struct verdict *verdict = &run.figures.verdict;
	struct folder_started started;
	int folder = folder_open(&office->rooms, id);

	snprintf(run.job, sizeof(run.job), "%s", entry->job);
	snprintf(run.folder, sizeof(run.folder), "%s", id);
	if (folder >= 0) {
		struct folder_result bad;

		if (folder_read_result(folder, &bad) == SETTLE_DAMAGED)
			folder_set_aside(folder);
		close(folder);
	}
	if (read_started(office, id, &started)) {
		run.began = started.at;
		event.stored = has_stored(office, entry, &started);
	}
	verdict->class = OUTCOME_SYSTEM;
	verdict->code = EX_OSERR;
	snprintf(verdict->cause, sizeof(verdict->cause), "%s",
		 rebooted ? "the machine was started anew during the run"
			  : "the run ended without a result");
	if (entry->exit_code == EX_CANTCREAT || entry->exit_code == EX_IOERR) {
		/* pulse-run could not write its folder, and ran nothing. */
		event.kind = STATES_ENDED;
		event.code = verdict->code = entry->exit_code;
		event.class = verdict->class = OUTCOME_DISK;
		run.result = STATES_FAILED;
		snprintf(verdict->cause, sizeof(verdict->cause),
			 "pulse-run cannot write the run's folder");
	}
	return finish(office, entry, &event, &run);
}

static int
never_started(struct office *office, struct docket_entry *entry, const char *id,
	      const struct settle_view *view)
{
	struct states_event event = { .kind = STATES_NEVER_STARTED,
				      .run = entry->row.run };
	struct transition_note note = { .message = NULL };
	struct journal_run run = { .id = entry->row.run,
				   .client = entry->client,
				   .ended = office->now };
	struct states_answer answer;

	snprintf(run.job, sizeof(run.job), "%s", entry->job);
	snprintf(run.folder, sizeof(run.folder), "%s", id);
	if (transition_begin(office) != 0)
		return -1;
	if (transition_apply(office, entry, &event, NULL, &answer) != 0)
		return -1;
	event.kind = STATES_LOCKED;
	if (entry->exit_code >= 0 && entry->exit_code != EX_TEMPFAIL) {
		event.kind = STATES_SPAWN_FAILED;
		note.class = outcome_name(entry->unstarted[0] != '\0'
						  ? entry->unfit
						  : OUTCOME_SYSTEM);
		note.message = entry->unstarted[0] != '\0'
				       ? entry->unstarted
				       : "pulse-run ended before it began";
	}
	if ((view->others_lock || event.kind == STATES_SPAWN_FAILED) &&
	    transition_apply(office, entry, &event, &note, &answer) != 0)
		return -1;
	if (journal_end_run(office->journal, &run) != 0)
		return transition_fail(office);
	return circuits_ended(office, entry, run.id, STATES_NO_BLAME);
}

static void
adopt(struct office *office, struct docket_entry *entry, const char *id)
{
	struct folder_started started;

	entry->settle = clock_monotonic() + AGAIN;
	if (!find_started(office, entry, id, &started))
		return;
	entry->pidfd = process_open(&started.process);
	if (entry->pidfd < 0)
		return;
	if (office_watch(office, entry->pidfd, OFFICE_RUN,
			 office_index(office, entry)) != 0) {
		recovery_let_go(office, entry);
		return;
	}
	entry->settle = 0;
	if (entry->row.want != STATES_RUN)
		recovery_signal(office, entry, states_signal(entry->row.want));
}

static int
jam(struct office *office, struct docket_entry *entry)
{
	struct states_event event = { .kind = STATES_JAMMED,
				      .run = entry->row.run };
	struct transition_note note = {
		.class = "system",
		.message = "a run that ended has left its lock held"
	};
	struct states_answer answer;

	entry->settle = clock_monotonic() + STUCK_LOOK;
	return transition_apply(office, entry, &event, &note, &answer);
}

static void
sweep_again(struct office *office, struct docket_entry *entry, const char *id)
{
	struct folder_started started;
	int64_t now = clock_monotonic();

	if (entry->sweeping == 0)
		entry->sweeping = now;
	if (find_started(office, entry, id, &started))
		sweep(office, entry, &started);
	entry->settle = now + AGAIN;
}

/* Under a set latch it is the emergency stop that ended the run, or will.  Read
 * behind the result: the latch was set before anybody was killed for it. */
static int
heed_latch(struct office *office, struct docket_entry *entry)
{
	struct states_event event = { .kind = STATES_EMERGENCY_STOP };
	struct transition_note note = { .message = "emergency stop" };
	struct states_answer answer;

	if (!latch_is_set(&office->rooms))
		return 0;
	return transition_apply(office, entry, &event, &note, &answer);
}

static int
settle_once(struct office *office, struct docket_entry *entry)
{
	struct settle_view view;
	char id[FOLDER_ID];

	run_id(entry, id);
	reap(entry);
	memset(&view, 0, sizeof(view));
	folder_view(&office->rooms, id, &view);
	if (heed_latch(office, entry) != 0)
		return -1;
	view.swept = entry->sweeping != 0 &&
		     clock_monotonic() - entry->sweeping >= SWEEP_FOR;
	switch (settle_judge(&view)) {
	case SETTLE_REVOKE:
		if (!take_ticket(office, id) && errno != ENOENT)
			entry->settle = clock_monotonic() + OFFICE_HOLD;
		return 0;
	case SETTLE_NEVER_STARTED:
		return never_started(office, entry, id, &view);
	case SETTLE_RESULT:
		return apply_result(office, entry, id);
	case SETTLE_ADOPT:
		adopt(office, entry, id);
		return 0;
	case SETTLE_SWEEP:
		sweep_again(office, entry, id);
		return 0;
	case SETTLE_STUCK:
		return jam(office, entry);
	case SETTLE_INTERRUPTED:
	case SETTLE_ORPHAN:
	default:
		return vanish(office, entry, id, !view.same_boot);
	}
}

/* The next look at a run that is being settled. */
static void
wake_for(struct office *office, const struct docket_entry *entry)
{
	int64_t wait = entry->settle - clock_monotonic();

	if (entry->row.state == STATES_RUNNING && entry->settle > 0)
		office_look_in(office, wait > 0 ? wait : 0);
}

int
recovery_turn(struct office *office)
{
	size_t i;
	int pass;

	for (i = 0; i < office->docket.count; i++) {
		struct docket_entry *entry = &office->docket.entries[i];

		for (pass = 0; pass < PASSES; pass++) {
			if (entry->row.state != STATES_RUNNING ||
			    entry->settle == 0 ||
			    entry->settle > clock_monotonic())
				break;
			if (settle_once(office, entry) != 0)
				return -1;
		}
		wake_for(office, entry);
	}
	return 0;
}
