#include "jobs/asks.h"

#include <stddef.h>

static void
changed(struct turn *turn)
{
	turn->answer->changed = true;
}

/* Ends the run in one more way, if that is not less than what it is being
 * asked already. */
static void
end_run(struct turn *turn, enum states_want want, const char *message)
{
	struct states_row *row = turn->row;

	if (want > row->want) {
		row->want = want;
		changed(turn);
	}
	turn->answer->signal = states_signal(row->want);
	turn_answer(turn, 202, message);
}

static const char *
busy_with(enum states_want want)
{
	static const char *const words[STATES_WANTS] = {
		[STATES_RUN] = "it is running: stop it first, or force a start "
			       "that replaces the run",
		[STATES_PAUSE] = "it is being paused: resume it, and it goes "
				 "on after that",
		[STATES_REPLACE] = "it is being ended and starts anew then",
		[STATES_STOP] = "it is being stopped: start it once it has "
				"ended",
		[STATES_KILL] = "it is being killed: start it once it has "
				"ended",
		[STATES_KILL_ALL] = "the emergency stop is ending it",
	};

	return words[want];
}

static const char latched_words[] =
	"the emergency stop is in force: `pulse start orchestrator` clears it";

static void
force_start(struct turn *turn)
{
	struct states_row *row = turn->row;
	bool held = row->state == STATES_PAUSED;

	if (row->state == STATES_ERROR ||
	    (held && row->held.state == STATES_ERROR))
		turn_clear_counters(row);
	row->held = (struct states_held){ 0 };
	row->not_before = 0;
	row->floor = STATES_NONE;
	row->forced = true;
	turn_queue(turn, STATES_MANUAL, STATES_MANUAL);
	turn_answer(turn, 202, NULL);
}

/* The row is PENDING already: not before now, unless a service says so. */
static void
hasten(struct turn *turn)
{
	struct states_row *row = turn->row;
	enum states_reason trigger = row->trigger;
	bool keep = row->not_before > turn->now &&
		    (row->floor == STATES_QUOTA ||
		     (row->floor == STATES_BREAKER && turn->event->held_back));

	turn_answer(turn, 202,
		    keep ? "it waits for the service: force a start to go past "
			   "its quota or circuit breaker"
			 : NULL);
	if (trigger == STATES_ITEMS)
		trigger = STATES_MANUAL;
	if (keep) {
		turn->answer->changed = trigger != row->trigger;
		row->trigger = trigger;
		return;
	}
	row->not_before = 0;
	row->floor = STATES_NONE;
	turn_queue(turn, trigger, trigger);
}

static void
plain_start(struct turn *turn)
{
	struct states_row *row = turn->row;
	int64_t breaker = row->floor == STATES_BREAKER ? row->not_before : 0;

	if (row->state == STATES_PENDING) {
		hasten(turn);
		return;
	}
	if (row->state == STATES_ERROR && row->reason == STATES_MANUAL_FIX)
		turn_clear_counters(row);
	turn_queue(turn, STATES_MANUAL, STATES_MANUAL);
	if (turn->event->held_back && breaker > turn->now)
		turn_hold_until(turn, breaker, STATES_BREAKER);
	turn_answer(turn, 202, NULL);
}

void
asks_start(struct turn *turn)
{
	struct states_row *row = turn->row;

	if (turn->event->latched)
		turn_answer(turn, 423, latched_words);
	else if (row->disabled)
		turn_answer(turn, 409, "it is no longer in the schedule");
	else if (turn->event->force)
		force_start(turn);
	else if (row->state == STATES_PAUSED)
		turn_answer(turn, 409, "it is paused: resume it first");
	else
		plain_start(turn);
}

void
asks_start_again(struct turn *turn)
{
	struct states_row *row = turn->row;
	bool may = turn->event->force && turn->event->replace &&
		   row->want <= STATES_REPLACE;

	if (turn->event->latched) {
		turn_answer(turn, 423, latched_words);
	} else if (row->disabled) {
		turn_answer(turn, 409, "it is no longer in the schedule");
	} else if (!may) {
		turn_answer(turn, 409,
			    row->reason == STATES_STUCK
				    ? "it is stuck: processes of a dead run "
				      "still hold its lock"
				    : busy_with(row->want));
	} else {
		if (!row->forced)
			changed(turn);
		row->forced = true;
		end_run(turn, STATES_REPLACE,
			"the run is being ended and starts anew then");
	}
}

static void
stop_run(struct turn *turn)
{
	if (turn->row->want == STATES_KILL_ALL)
		turn_answer(turn, 409, busy_with(STATES_KILL_ALL));
	else
		end_run(turn, turn->event->force ? STATES_KILL : STATES_STOP,
			NULL);
}

static void
cancel(struct turn *turn)
{
	struct states_row *row = turn->row;

	if (row->state == STATES_PENDING) {
		row->last_result = STATES_STOPPED;
		row->last_end = turn->now;
	}
	if (row->floor != STATES_QUOTA) {
		row->not_before = 0;
		row->floor = STATES_NONE;
	}
	row->forced = false;
	turn_pass_due(turn);
	turn_enter(turn, STATES_NOT_STARTED, STATES_NONE);
	turn_answer(turn, 202, NULL);
}

/* Nothing runs; but the all-clear must not start what was stopped. */
static void
stop_paused(struct turn *turn)
{
	struct states_row *row = turn->row;

	turn_answer(turn, 200, "it is paused");
	if (turn->event->force)
		turn->answer->signal = STATES_SIGNAL_KILL;
	if (row->reason != STATES_EMERGENCY)
		return;
	turn_pass_due(turn);
	if (row->held.state == STATES_NOT_STARTED && row->missed == 0)
		return;
	row->held = (struct states_held){ 0 };
	row->missed = 0;
	changed(turn);
}

void
asks_stop(struct turn *turn)
{
	switch (turn->row->state) {
	case STATES_RUNNING:
		stop_run(turn);
		break;
	case STATES_PENDING:
		cancel(turn);
		break;
	case STATES_ERROR:
		if (turn->row->reason == STATES_MANUAL_FIX)
			turn_answer(turn, 200,
				    "it is not running, and waits for a "
				    "person");
		else
			cancel(turn);
		break;
	case STATES_PAUSED:
		stop_paused(turn);
		break;
	default:
		/* What is due already, and not seen yet, is stopped as well. */
		turn_pass_due(turn);
		turn_answer(turn, 200, "it is not running");
	}
}

/* What the emergency stop paused is now held by a person: the all-clear does
 * not start it. */
static void
hold_paused(struct turn *turn)
{
	turn_answer(turn, 200, "it is paused");
	if (turn->row->reason != STATES_EMERGENCY)
		return;
	turn->row->reason = STATES_HOLD;
	changed(turn);
}

void
asks_pause(struct turn *turn)
{
	struct states_row *row = turn->row;

	if (row->state == STATES_PAUSED) {
		hold_paused(turn);
	} else if (row->state != STATES_RUNNING) {
		turn_pause(turn, STATES_HOLD, row->state);
		turn_answer(turn, 202, NULL);
	} else if (row->want > STATES_PAUSE) {
		turn_answer(turn, 409,
			    "it is being ended already: pause it after that");
	} else {
		end_run(turn, STATES_PAUSE, NULL);
	}
}

static void
resume_run(struct turn *turn)
{
	struct states_row *row = turn->row;

	if (row->want >= STATES_STOP) {
		turn_answer(turn, 409, busy_with(row->want));
	} else if (row->want != STATES_PAUSE) {
		turn_answer(turn, 200, "it is running");
	} else {
		row->want = STATES_REPLACE;
		changed(turn);
		turn_answer(turn, 202,
			    "it goes on once its run has come to a stop");
	}
}

void
asks_resume(struct turn *turn)
{
	struct states_row *row = turn->row;

	if (row->state == STATES_RUNNING) {
		resume_run(turn);
	} else if (row->state != STATES_PAUSED) {
		turn_answer(turn, 200, "it is not paused");
	} else if (row->reason == STATES_EMERGENCY && turn->event->latched) {
		turn_answer(turn, 423, latched_words);
	} else {
		turn_unpause(turn);
		turn_answer(turn, 202, NULL);
	}
}

static bool
counts_something(const struct states_row *row)
{
	return row->retry_count != 0 || row->quota_count != 0 ||
	       row->start_failures != 0 || row->orphan_count != 0 ||
	       row->incident_start != 0 || row->probes != 0 ||
	       row->tier != STATES_FAST || row->second_look;
}

void
asks_reset(struct turn *turn)
{
	struct states_row *row = turn->row;

	if (row->state == STATES_RUNNING) {
		turn_answer(turn, 409, "it is running: stop it first");
		return;
	}
	turn_answer(turn, 200, NULL);
	if (counts_something(row))
		changed(turn);
	turn_clear_counters(row);
	if (row->state == STATES_ERROR) {
		cancel(turn);
	} else if (row->state == STATES_PAUSED &&
		   row->held.state == STATES_ERROR) {
		row->held = (struct states_held){ 0 };
		changed(turn);
	}
	if (turn->answer->changed)
		turn_answer(turn, 202, NULL);
}

/* What was asked of the run before is not forgotten: the all-clear must not
 * start what a person had stopped or paused. */
void
asks_emergency_stop(struct turn *turn)
{
	struct states_row *row = turn->row;

	if (row->state != STATES_RUNNING) {
		turn_answer(turn, 200, NULL);
		return;
	}
	if (row->want == STATES_PAUSE)
		row->held.reason = STATES_HOLD;
	else if (row->want == STATES_STOP || row->want == STATES_KILL)
		row->held.reason = STATES_EMERGENCY;
	end_run(turn, STATES_KILL_ALL, NULL);
}

void
asks_all_clear(struct turn *turn)
{
	if (turn->row->state == STATES_PAUSED &&
	    turn->row->reason == STATES_EMERGENCY)
		turn_unpause(turn);
}
