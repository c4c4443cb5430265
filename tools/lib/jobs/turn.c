#include "jobs/turn.h"

int64_t
turn_grid(const struct states_rules *rules, int64_t after)
{
	int64_t past = after - rules->offset;
	int64_t k;

	if (rules->interval < 1) /* a job that is in no schedule any more */
		return after + TURN_DAY;
	k = past / rules->interval;
	if (past < 0 && past % rules->interval != 0)
		k--;
	return (k + 1) * rules->interval + rules->offset;
}

int64_t
turn_pass_due(struct turn *turn)
{
	struct states_row *row = turn->row;
	int64_t old = row->next_due, interval = turn->rules->interval;

	if (old > turn->now)
		return 0;
	row->next_due = turn_grid(turn->rules, turn->now);
	turn->answer->changed = true;
	if (old == 0)
		return 0;
	return interval < 1 ? 1 : 1 + (turn->now - old) / interval;
}

void
turn_enter(struct turn *turn, enum states_state state,
	   enum states_reason reason)
{
	struct states_row *row = turn->row;

	if (row->state != state)
		row->since = turn->now;
	row->state = state;
	row->reason = reason;
	row->want = STATES_RUN;
	row->look_at = 0;
	turn->answer->changed = true;
}

/* The server's own word stands, whatever becomes of the row. */
static void
drop_floor(struct turn *turn)
{
	struct states_row *row = turn->row;

	if (row->floor == STATES_QUOTA && row->not_before > turn->now)
		return;
	row->not_before = 0;
	row->floor = STATES_NONE;
}

void
turn_hold_until(struct turn *turn, int64_t at, enum states_reason floor)
{
	struct states_row *row = turn->row;

	if (at > row->not_before) {
		row->not_before = at;
		row->floor = floor;
	}
	row->look_at = row->state == STATES_PENDING ? row->not_before : 0;
	turn->answer->changed = true;
}

int64_t
turn_next_look(const struct turn *turn)
{
	return turn->row->not_before > turn->now
		       ? turn->row->not_before
		       : turn->now + turn->rules->fast_recovery;
}

static void
wait_for_start(struct turn *turn, enum states_reason trigger,
	       enum states_reason reason)
{
	struct states_row *row = turn->row;

	turn_enter(turn, STATES_PENDING, reason);
	row->trigger = trigger;
	row->look_at =
		row->not_before > turn->now ? row->not_before : turn->now;
}

void
turn_queue(struct turn *turn, enum states_reason trigger,
	   enum states_reason reason)
{
	drop_floor(turn);
	if (turn->row->disabled)
		turn_enter(turn, STATES_NOT_STARTED, STATES_NONE);
	else
		wait_for_start(turn, trigger, reason);
}

void
turn_pause(struct turn *turn, enum states_reason reason, enum states_state was)
{
	struct states_row *row = turn->row;

	row->held = (struct states_held){
		.state = was,
		.reason = row->reason,
		.trigger = row->trigger,
		.floor = row->floor,
		.not_before = row->not_before,
	};
	row->not_before = 0;
	row->floor = STATES_NONE;
	row->missed = 0;
	turn_enter(turn, STATES_PAUSED, reason);
}

void
turn_unpause(struct turn *turn)
{
	struct states_row *row = turn->row;
	struct states_held held = row->held;
	bool idle = held.state == STATES_NOT_STARTED ||
		    held.state == STATES_FINISHED;

	row->held = (struct states_held){ 0 };
	row->not_before = held.not_before;
	row->floor = held.floor;
	row->missed += turn_pass_due(turn);
	if (held.state == STATES_RUNNING || (idle && row->missed > 0))
		turn_queue(turn, STATES_MANUAL, STATES_MANUAL);
	else if (held.state == STATES_PENDING && !row->disabled)
		wait_for_start(turn, held.trigger, held.reason);
	else if (held.state == STATES_PENDING)
		turn_enter(turn, STATES_NOT_STARTED, STATES_NONE);
	else
		turn_enter(turn, held.state, idle ? STATES_NONE : held.reason);
}

void
turn_needs_person(struct turn *turn)
{
	struct states_row *row = turn->row;

	turn_enter(turn, STATES_ERROR, STATES_MANUAL_FIX);
	row->tier = STATES_BY_HAND;
	row->forced = false;
	row->not_before = 0;
	row->floor = STATES_NONE;
	turn->answer->person = true;
}

void
turn_clear_counters(struct states_row *row)
{
	row->retry_count = 0;
	row->quota_count = 0;
	row->start_failures = 0;
	row->orphan_count = 0;
	row->orphan_since = 0;
	row->incident_start = 0;
	row->probes = 0;
	row->tier = STATES_FAST;
	row->second_look = false;
}

void
turn_answer(struct turn *turn, int status, const char *message)
{
	turn->answer->status = status;
	turn->answer->message = message;
}
