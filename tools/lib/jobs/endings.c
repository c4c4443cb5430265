#include "jobs/endings.h"

#include <stddef.h>

enum {
	QUOTA_RUNS = 5,	    /* in a row that got no further */
	ORPHANS = 3,	    /* within their window */
	START_FAILURES = 3, /* in a row: then a person looks */
	EXTENDED_PROBES = 3,
	ORPHAN_WINDOW = 72 * TURN_HOUR,
	PROBE_LEAST = TURN_HOUR,
	PROBE_MOST = 4 * TURN_HOUR,
};

static int64_t
end_of(const struct turn *turn)
{
	return turn->event->at != 0 ? turn->event->at : turn->now;
}

static bool
is_done(const struct turn *turn)
{
	return turn->event->kind == STATES_ENDED &&
	       (turn->event->code == EX_OK || turn->event->code == EX_PARTIAL);
}

static bool
is_quota(const struct turn *turn)
{
	return turn->event->kind == STATES_ENDED &&
	       turn->event->code == EX_TEMPFAIL &&
	       turn->event->class == OUTCOME_API_RATE_LIMIT &&
	       turn->event->not_before != 0;
}

/* Everything that a success clears; an items run makes no data fresh. */
static void
note_success(struct turn *turn)
{
	struct states_row *row = turn->row;

	turn_clear_counters(row);
	row->last_result =
		turn->event->code == EX_OK ? STATES_SUCCESS : STATES_PARTIAL;
	row->last_end = end_of(turn);
	if (row->trigger != STATES_ITEMS)
		row->last_success = row->last_end;
	row->not_before = 0;
	row->floor = STATES_NONE;
	turn->answer->breaker = STATES_GOOD;
}

/* The server's hint is a floor, for a day at most. */
static void
heed_hint(struct turn *turn)
{
	int64_t at = turn->event->not_before, most = turn->now + TURN_DAY;

	if (at > turn->now)
		turn_hold_until(turn, at < most ? at : most, STATES_QUOTA);
}

static void
note_failure(struct turn *turn)
{
	struct states_row *row = turn->row;

	row->last_result = STATES_FAILED;
	row->last_end = end_of(turn);
	if (row->incident_start == 0 || row->incident_start > turn->now)
		row->incident_start = row->last_end;
	row->second_look = false;
}

static void
retry_at(struct turn *turn, int64_t at)
{
	turn_enter(turn, STATES_ERROR, STATES_RETRY);
	turn_hold_until(turn, at, STATES_RETRY);
	heed_hint(turn);
}

/* Fewer tries the longer it has been failing, in the end none. */
static void
probe_later(struct turn *turn)
{
	struct states_row *row = turn->row;
	int64_t end = end_of(turn), wait = TURN_DAY;

	if (row->tier != STATES_FAST)
		row->probes++;
	if (row->tier == STATES_EXTENDED && row->probes >= EXTENDED_PROBES) {
		turn_needs_person(turn);
		return;
	}
	if (row->tier == STATES_FAST) {
		row->tier = STATES_STANDARD;
		row->probes = 0;
	}
	if (row->tier == STATES_STANDARD &&
	    end - row->incident_start >= TURN_DAY) {
		row->tier = STATES_EXTENDED;
		row->probes = 0;
	}
	if (row->tier == STATES_STANDARD)
		wait = backoff_between(PROBE_LEAST, PROBE_MOST,
				       turn->event->seed);
	turn_enter(turn, STATES_ERROR, STATES_PROBE);
	turn_hold_until(turn, end + wait, STATES_PROBE);
	heed_hint(turn);
}

static bool
has_retry(const struct turn *turn)
{
	return turn->row->tier == STATES_FAST &&
	       turn->row->retry_count < turn->rules->max_retries;
}

static void
retry_or_probe(struct turn *turn)
{
	struct states_row *row = turn->row;

	if (!has_retry(turn)) {
		probe_later(turn);
		return;
	}
	row->retry_count++;
	retry_at(turn, end_of(turn) + backoff_delay(&turn->rules->retry,
						    (unsigned)row->retry_count,
						    turn->event->seed));
}

/* One more of the runs that died and said nothing. */
static void
spend_orphan(struct turn *turn)
{
	struct states_row *row = turn->row;
	int64_t since = row->orphan_since;

	if (since == 0 || since > turn->now ||
	    turn->now - since > ORPHAN_WINDOW) {
		row->orphan_since = turn->now;
		row->orphan_count = 0;
	}
	row->orphan_count++;
	if (row->orphan_count > ORPHANS) {
		turn_needs_person(turn);
		return;
	}
	turn_queue(turn, row->trigger, STATES_ORPHAN);
	if (row->state == STATES_PENDING)
		turn_hold_until(turn, turn->now + turn->rules->fast_recovery,
				STATES_ORPHAN);
}

static void
end_done(struct turn *turn)
{
	note_success(turn);
	turn_enter(turn, STATES_FINISHED, STATES_NONE);
}

/* No failure: the run goes on when the server lets it. */
static void
end_quota(struct turn *turn)
{
	struct states_row *row = turn->row;

	row->quota_count = turn->event->stored ? 0 : row->quota_count + 1;
	if (row->quota_count >= QUOTA_RUNS) {
		row->quota_count = 0;
		note_failure(turn);
		retry_or_probe(turn);
		return;
	}
	turn_queue(turn, row->trigger, STATES_QUOTA);
	heed_hint(turn);
}

static void
end_transient(struct turn *turn)
{
	note_failure(turn);
	retry_or_probe(turn);
}

static void
end_temporary(struct turn *turn)
{
	enum outcome_class class = turn->event->class;

	if (is_quota(turn)) {
		end_quota(turn);
		return;
	}
	/* A spent quota, our own database, or somebody's TERM (as when the
	 * machine goes down) say nothing of the service. */
	if (class != OUTCOME_API_RATE_LIMIT && class != OUTCOME_DATABASE_LOCK &&
	    class != OUTCOME_SYSTEM)
		turn->answer->breaker = STATES_BAD;
	end_transient(turn);
}

static void
end_service_down(struct turn *turn)
{
	turn->answer->breaker = STATES_BAD;
	note_failure(turn);
	probe_later(turn);
}

static void
end_crash(struct turn *turn)
{
	bool first = turn->row->retry_count == 0 && has_retry(turn);

	note_failure(turn);
	if (first)
		retry_or_probe(turn);
	else
		spend_orphan(turn);
}

static void
end_for_good(struct turn *turn)
{
	note_failure(turn);
	turn_needs_person(turn);
}

/* A token that worked a moment ago is asked once more. */
static void
end_refused(struct turn *turn)
{
	struct states_row *row = turn->row;
	bool worked = row->last_result == STATES_SUCCESS ||
		      row->last_result == STATES_PARTIAL;

	if (!worked) {
		end_for_good(turn);
		return;
	}
	note_failure(turn);
	row->second_look = true;
	retry_at(turn, turn->now + turn->rules->fast_recovery);
}

static const struct {
	int code;
	void (*end)(struct turn *turn);
} outcomes[] = {
	{ EX_OK, end_done },
	{ EX_PARTIAL, end_done },
	{ EX_TEMPFAIL, end_temporary },
	{ EX_OSERR, end_transient },
	{ EX_CANTCREAT, end_transient },
	{ EX_IOERR, end_transient },
	{ EX_UNAVAILABLE, end_service_down },
	{ EX_NOPERM, end_refused },
	{ EX_USAGE, end_for_good },
	{ EX_DATAERR, end_for_good },
	{ EX_PROTOCOL, end_for_good },
	{ EX_CONFIG, end_for_good },
	{ 126, end_for_good },
	{ 127, end_for_good },
};

static void
end_by_code(struct turn *turn)
{
	size_t i;

	if (turn->event->timed_out && !is_done(turn)) {
		end_transient(turn);
		return;
	}
	for (i = 0; i < sizeof(outcomes) / sizeof(outcomes[0]); i++)
		if (outcomes[i].code == turn->event->code) {
			outcomes[i].end(turn);
			return;
		}
	end_crash(turn);
}

/* By a person, or by the emergency stop, which knows what was asked before. */
static void
end_in_pause(struct turn *turn, enum states_want want, bool done)
{
	enum states_reason asked = turn->row->held.reason;
	bool held = want == STATES_PAUSE || asked == STATES_HOLD;
	enum states_state was = STATES_RUNNING;

	if (done)
		was = STATES_FINISHED;
	else if (asked == STATES_EMERGENCY)
		was = STATES_NOT_STARTED;
	turn_pause(turn, held ? STATES_HOLD : STATES_EMERGENCY, was);
}

/* Somebody asked for the end of this run: then nothing is a failure. */
static void
end_as_wanted(struct turn *turn, enum states_want want)
{
	struct states_row *row = turn->row;
	bool killed = want == STATES_KILL || want == STATES_KILL_ALL;
	bool done = is_done(turn);

	if (done) {
		note_success(turn);
	} else {
		row->last_result = killed ? STATES_KILLED : STATES_STOPPED;
		row->last_end = end_of(turn);
		if (is_quota(turn) && !row->forced)
			heed_hint(turn);
	}
	if (want == STATES_PAUSE || want == STATES_KILL_ALL)
		end_in_pause(turn, want, done);
	else if (want == STATES_REPLACE)
		turn_queue(turn, STATES_MANUAL, STATES_MANUAL);
	else
		turn_enter(turn, STATES_NOT_STARTED, STATES_NONE);
}

static bool
is_latest(const struct turn *turn)
{
	return turn->event->run == turn->row->run;
}

/* What all three ends have in common; true: somebody had asked for it. */
static bool
leave(struct turn *turn)
{
	struct states_row *row = turn->row;
	enum states_want want = row->want;

	if (turn->event->stored) {
		row->orphan_count = 0;
		row->orphan_since = 0;
		turn->answer->breaker = STATES_GOOD;
	}
	if (row->trigger != STATES_ITEMS)
		turn_pass_due(turn);
	if (want == STATES_RUN)
		return false;
	end_as_wanted(turn, want);
	if (want != STATES_REPLACE)
		row->forced = false;
	return true;
}

void
endings_ended(struct turn *turn)
{
	if (!is_latest(turn))
		return;
	turn->row->start_failures = 0;
	if (leave(turn))
		return;
	turn->row->forced = false;
	end_by_code(turn);
	if (turn->event->stored)
		turn->answer->breaker = STATES_GOOD;
}

void
endings_never_started(struct turn *turn)
{
	if (is_latest(turn) && !leave(turn))
		turn_queue(turn, turn->row->trigger, turn->row->trigger);
}

void
endings_vanished(struct turn *turn)
{
	struct states_row *row = turn->row;

	if (!is_latest(turn))
		return;
	row->start_failures = 0;
	if (leave(turn))
		return;
	if (turn->event->rebooted) {
		turn_queue(turn, row->trigger, STATES_INTERRUPTED);
		return;
	}
	row->forced = false;
	row->last_result = STATES_ORPHANED;
	row->last_end = turn->now;
	spend_orphan(turn);
}

void
endings_jammed(struct turn *turn)
{
	struct states_row *row = turn->row;

	if (!is_latest(turn) || row->reason == STATES_STUCK)
		return;
	row->reason = STATES_STUCK;
	turn->answer->changed = true;
	turn->answer->person = true;
}

void
endings_spawn_failed(struct turn *turn)
{
	struct states_row *row = turn->row;

	row->start_failures++;
	if (row->start_failures >= START_FAILURES) {
		turn_needs_person(turn);
		return;
	}
	row->reason = STATES_START_FAILED;
	turn_hold_until(turn, turn->now + turn->rules->fast_recovery,
			STATES_START_FAILED);
}

void
endings_locked(struct turn *turn)
{
	struct states_row *row = turn->row;

	if (row->reason == STATES_BUSY && row->look_at > turn->now &&
	    row->start_failures == 0)
		return;
	row->start_failures = 0;
	row->reason = STATES_BUSY;
	row->look_at = turn_next_look(turn);
	turn->answer->changed = true;
}
