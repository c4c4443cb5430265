#include "jobs/states.h"

#include "jobs/asks.h"
#include "jobs/endings.h"
#include "jobs/turn.h"

enum { BREAKER_MOST = 4 * TURN_HOUR };

static void
see(struct turn *turn)
{
	struct states_row *row = turn->row;
	bool new = row->next_due == 0;
	bool back = row->disabled;

	if (!new && !back)
		return;
	row->disabled = false;
	row->next_due = turn_grid(turn->rules, turn->now);
	turn->answer->changed = true;
	if (row->state == STATES_NOT_STARTED && row->run == 0 &&
	    row->last_result == STATES_NO_RESULT)
		turn_queue(turn, STATES_FIRST, STATES_FIRST);
}

/* How far ahead a not_before may be, by what it is for: what is further was
 * written by a clock that was wrong. */
static int64_t
most_ahead(const struct turn *turn)
{
	int64_t fast = turn->rules->fast_recovery;
	int64_t retry = turn->rules->retry.cap;

	switch (turn->row->floor) {
	case STATES_QUOTA:
	case STATES_PROBE:
		return TURN_DAY;
	case STATES_BREAKER:
		return BREAKER_MOST;
	case STATES_RETRY:
		return retry > fast ? retry : fast;
	default:
		return fast;
	}
}

static void
lower(struct turn *turn, int64_t *time, int64_t most)
{
	if (*time <= most)
		return;
	*time = most;
	turn->answer->changed = true;
}

/* Times that a set clock has left far ahead. */
static void
cap(struct turn *turn)
{
	struct states_row *row = turn->row;
	int64_t now = turn->now;

	if (row->next_due == 0 || row->next_due - now > turn->rules->interval) {
		row->next_due = turn_grid(turn->rules, now);
		turn->answer->changed = true;
	}
	lower(turn, &row->since, now);
	lower(turn, &row->incident_start, now);
	lower(turn, &row->not_before, now + most_ahead(turn));
	if (row->state == STATES_PENDING)
		lower(turn, &row->look_at, turn_next_look(turn));
}

static void
look_idle(struct turn *turn)
{
	cap(turn);
	if (turn_pass_due(turn) > 0)
		turn_queue(turn, STATES_DUE, STATES_DUE);
}

/* One run will do for all due points that pass while it waits. */
static void
look_pending(struct turn *turn)
{
	struct states_row *row = turn->row;

	cap(turn);
	if (row->trigger != STATES_ITEMS)
		turn_pass_due(turn);
	if (row->look_at <= turn->now) {
		row->look_at = turn_next_look(turn);
		turn->answer->changed = true;
	}
}

static void
look_running(struct turn *turn)
{
	cap(turn);
	if (turn->row->trigger != STATES_ITEMS)
		turn->row->missed += turn_pass_due(turn);
}

static void
look_paused(struct turn *turn)
{
	cap(turn);
	turn->row->missed += turn_pass_due(turn);
}

/* A due point brings no try forward: the time of a try is a floor, by which the
 * tiers slow a failing job down, below its own interval too.  A try before the
 * due point is made at its time; one behind it stands, and serves both. */
static void
look_error(struct turn *turn)
{
	struct states_row *row = turn->row;
	enum states_reason why =
		row->reason == STATES_RETRY ? STATES_RETRY : STATES_PROBE;

	cap(turn);
	if (row->reason == STATES_MANUAL_FIX || row->not_before > turn->now)
		return;
	turn_pass_due(turn);
	turn_queue(turn, why, why);
}

static void
look(struct turn *turn)
{
	static void (*const looks[STATES_COUNT])(struct turn * turn) = {
		[STATES_NOT_STARTED] = look_idle,
		[STATES_PENDING] = look_pending,
		[STATES_RUNNING] = look_running,
		[STATES_FINISHED] = look_idle,
		[STATES_ERROR] = look_error,
		[STATES_PAUSED] = look_paused,
	};

	if (!turn->row->disabled)
		looks[turn->row->state](turn);
}

static void
open(struct turn *turn)
{
	struct states_row *row = turn->row;

	if (turn->event->latched || row->not_before > turn->now ||
	    turn->event->run <= row->run)
		return;
	if (row->trigger != STATES_ITEMS)
		turn_pass_due(turn);
	turn_enter(turn, STATES_RUNNING, row->trigger);
	row->run = turn->event->run;
	row->not_before = 0;
	row->floor = STATES_NONE;
	row->missed = 0;
	row->held = (struct states_held){ 0 };
}

static void
wait_for_gate(struct turn *turn)
{
	struct states_row *row = turn->row;
	int64_t until = turn->event->until;
	bool holds = turn->event->reason == STATES_BREAKER &&
		     until > row->not_before && until > turn->now;

	if (row->reason == turn->event->reason && row->look_at > turn->now &&
	    !holds)
		return;
	row->reason = turn->event->reason;
	row->look_at = turn_next_look(turn);
	if (until > turn->now && until < row->look_at &&
	    row->not_before <= turn->now)
		row->look_at = until;
	turn->answer->changed = true;
	if (holds)
		turn_hold_until(turn, until, STATES_BREAKER);
}

static void
items_due(struct turn *turn)
{
	if (!turn->row->disabled)
		turn_queue(turn, STATES_ITEMS, STATES_ITEMS);
}

static void
breaker_opens(struct turn *turn)
{
	struct states_row *row = turn->row;
	int64_t until = turn->event->until;

	if (row->forced || row->reason == STATES_MANUAL_FIX)
		return;
	if (row->state == STATES_PENDING && row->reason != STATES_BREAKER) {
		row->reason = STATES_BREAKER;
		turn->answer->changed = true;
	}
	if (until > row->not_before && until > turn->now)
		turn_hold_until(turn, until, STATES_BREAKER);
}

static void
breaker_closes(struct turn *turn)
{
	struct states_row *row = turn->row;
	bool pending = row->state == STATES_PENDING;
	bool floor = row->floor == STATES_BREAKER;
	bool waits = pending && row->reason == STATES_BREAKER;

	if (!floor && !waits)
		return;
	if (floor) {
		row->not_before = pending ? 0 : turn->now;
		row->floor = STATES_NONE;
	}
	if (pending)
		turn_queue(turn, row->trigger,
			   waits ? row->trigger : row->reason);
	turn->answer->changed = true;
}

static void
remove_job(struct turn *turn)
{
	struct states_row *row = turn->row;

	if (row->disabled)
		return;
	row->disabled = true;
	row->forced = false;
	turn->answer->changed = true;
	if (row->state == STATES_PENDING)
		turn_queue(turn, row->trigger, STATES_NONE);
}

static void
reschedule(struct turn *turn)
{
	struct states_row *row = turn->row;
	int64_t next = turn_grid(turn->rules, turn->now);

	if (row->disabled || row->next_due == next)
		return;
	row->next_due = next;
	turn->answer->changed = true;
}

static void
keep(struct turn *turn)
{
	(void)turn; /* this event is none for this state */
}

typedef void step(struct turn *turn);

#define ALWAYS(f)                                                              \
	{                                                                      \
		f, f, f, f, f, f                                               \
	}

/* What each event does, state by state. */
static step *const table[STATES_KINDS][STATES_COUNT] = {
	[STATES_SEEN] = ALWAYS(see),
	[STATES_TIME] = ALWAYS(look),
	[STATES_START] = { asks_start, asks_start, asks_start_again, asks_start,
			   asks_start, asks_start },
	[STATES_OPEN] = { keep, open, keep, keep, keep, keep },
	[STATES_WAIT] = { keep, wait_for_gate, keep, keep, keep, keep },
	[STATES_LOCKED] = { keep, endings_locked, keep, keep, keep, keep },
	[STATES_SPAWN_FAILED] = { keep, endings_spawn_failed, keep, keep, keep,
				  keep },
	[STATES_NEVER_STARTED] = { keep, keep, endings_never_started, keep,
				   keep, keep },
	[STATES_ENDED] = { keep, keep, endings_ended, keep, keep, keep },
	[STATES_VANISHED] = { keep, keep, endings_vanished, keep, keep, keep },
	[STATES_JAMMED] = { keep, keep, endings_jammed, keep, keep, keep },
	[STATES_ITEMS_DUE] = { keep, keep, keep, items_due, keep, keep },
	[STATES_STOP_IT] = ALWAYS(asks_stop),
	[STATES_PAUSE_IT] = ALWAYS(asks_pause),
	[STATES_RESUME] = ALWAYS(asks_resume),
	[STATES_RESET] = ALWAYS(asks_reset),
	[STATES_EMERGENCY_STOP] = ALWAYS(asks_emergency_stop),
	[STATES_ALL_CLEAR] = ALWAYS(asks_all_clear),
	[STATES_BREAKER_OPEN] = { keep, breaker_opens, keep, keep,
				  breaker_opens, keep },
	[STATES_BREAKER_CLOSED] = { keep, breaker_closes, keep, keep,
				    breaker_closes, keep },
	[STATES_REMOVED] = ALWAYS(remove_job),
	[STATES_RESCHEDULED] = ALWAYS(reschedule),
};

void
states_apply(const struct states_rules *rules, struct states_row *row,
	     const struct states_event *event, struct states_answer *answer)
{
	struct turn turn = { rules, row, event, event->now, answer };

	*answer = (struct states_answer){ 0 };
	table[event->kind][row->state](&turn);
	if (answer->changed)
		row->epoch++;
}

int64_t
states_look(const struct states_row *row)
{
	if (row->disabled)
		return 0;
	switch (row->state) {
	case STATES_PENDING:
		return row->look_at;
	case STATES_ERROR:
		if (row->reason == STATES_MANUAL_FIX)
			return 0;
		return row->not_before > 0 ? row->not_before : 1;
	case STATES_RUNNING:
		return row->trigger == STATES_ITEMS ? 0 : row->next_due;
	default:
		return row->next_due;
	}
}

enum states_signal
states_signal(enum states_want want)
{
	static const enum states_signal signals[STATES_WANTS] = {
		[STATES_RUN] = STATES_NO_SIGNAL,
		[STATES_PAUSE] = STATES_SIGNAL_DRAIN,
		[STATES_REPLACE] = STATES_SIGNAL_STOP,
		[STATES_STOP] = STATES_SIGNAL_STOP,
		[STATES_KILL] = STATES_SIGNAL_KILL,
		[STATES_KILL_ALL] = STATES_SIGNAL_KILL,
	};

	return signals[want];
}
