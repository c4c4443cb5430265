/* The names of everything in states.h, and which event reports what. */
#include "jobs/states.h"

#include <string.h>

static const char *const states[STATES_COUNT] = {
	[STATES_NOT_STARTED] = "NOT_STARTED",
	[STATES_PENDING] = "PENDING",
	[STATES_RUNNING] = "RUNNING",
	[STATES_FINISHED] = "FINISHED",
	[STATES_ERROR] = "ERROR",
	[STATES_PAUSED] = "PAUSED",
};

static const char *const reasons[STATES_REASONS] = {
	[STATES_NONE] = "",
	[STATES_FIRST] = "first",
	[STATES_DUE] = "due",
	[STATES_MANUAL] = "manual",
	[STATES_RETRY] = "retry",
	[STATES_PROBE] = "probe",
	[STATES_ITEMS] = "items",
	[STATES_DEPENDENCY] = "dependency",
	[STATES_SLOT] = "slot",
	[STATES_BREAKER] = "breaker",
	[STATES_QUOTA] = "quota",
	[STATES_BUSY] = "busy",
	[STATES_SPACE] = "space",
	[STATES_START_FAILED] = "start_failed",
	[STATES_ORPHAN] = "orphan",
	[STATES_INTERRUPTED] = "interrupted",
	[STATES_HOLD] = "hold",
	[STATES_EMERGENCY] = "emergency",
	[STATES_MANUAL_FIX] = "manual_fix",
	[STATES_STUCK] = "stuck",
};

static const char *const wants[STATES_WANTS] = {
	[STATES_RUN] = "run",	      [STATES_PAUSE] = "pause",
	[STATES_REPLACE] = "replace", [STATES_STOP] = "stop",
	[STATES_KILL] = "kill",	      [STATES_KILL_ALL] = "emergency",
};

static const char *const results[STATES_RESULTS] = {
	[STATES_NO_RESULT] = "",	[STATES_SUCCESS] = "success",
	[STATES_PARTIAL] = "partial",	[STATES_FAILED] = "failed",
	[STATES_STOPPED] = "stopped",	[STATES_KILLED] = "killed",
	[STATES_ORPHANED] = "orphaned",
};

static const char *const tiers[STATES_TIERS] = {
	[STATES_FAST] = "fast",
	[STATES_STANDARD] = "standard",
	[STATES_EXTENDED] = "extended",
	[STATES_BY_HAND] = "manual",
};

static const char *const kinds[STATES_KINDS] = {
	[STATES_SEEN] = "seen",
	[STATES_TIME] = "time",
	[STATES_START] = "start",
	[STATES_OPEN] = "open",
	[STATES_WAIT] = "wait",
	[STATES_LOCKED] = "locked",
	[STATES_SPAWN_FAILED] = "spawn_failed",
	[STATES_NEVER_STARTED] = "never_started",
	[STATES_ENDED] = "ended",
	[STATES_VANISHED] = "vanished",
	[STATES_JAMMED] = "jammed",
	[STATES_ITEMS_DUE] = "items_due",
	[STATES_STOP_IT] = "stop",
	[STATES_PAUSE_IT] = "pause",
	[STATES_RESUME] = "resume",
	[STATES_RESET] = "reset",
	[STATES_EMERGENCY_STOP] = "emergency_stop",
	[STATES_ALL_CLEAR] = "all_clear",
	[STATES_BREAKER_OPEN] = "breaker_open",
	[STATES_BREAKER_CLOSED] = "breaker_closed",
	[STATES_REMOVED] = "removed",
	[STATES_RESCHEDULED] = "rescheduled",
};

static int
find(const char *const *names, int count, const char *name)
{
	int i;

	for (i = 0; i < count; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return -1;
}

const char *
states_name(enum states_state state)
{
	return states[state];
}

const char *
states_reason_name(enum states_reason reason)
{
	return reasons[reason];
}

const char *
states_want_name(enum states_want want)
{
	return wants[want];
}

const char *
states_result_name(enum states_result result)
{
	return results[result];
}

const char *
states_tier_name(enum states_tier tier)
{
	return tiers[tier];
}

const char *
states_kind_name(enum states_kind kind)
{
	return kinds[kind];
}

int
states_by_name(const char *name)
{
	return find(states, STATES_COUNT, name);
}

int
states_reason_by_name(const char *name)
{
	return find(reasons, STATES_REASONS, name);
}

int
states_want_by_name(const char *name)
{
	return find(wants, STATES_WANTS, name);
}

int
states_result_by_name(const char *name)
{
	return find(results, STATES_RESULTS, name);
}

int
states_tier_by_name(const char *name)
{
	return find(tiers, STATES_TIERS, name);
}

int
states_kind_by_name(const char *name)
{
	return find(kinds, STATES_KINDS, name);
}

const char *
states_event_type(const struct states_change *change)
{
	static const char *const by_state[STATES_COUNT] = {
		[STATES_NOT_STARTED] = "job_stopped",
		[STATES_PENDING] = "job_queued",
		[STATES_RUNNING] = "job_started",
		[STATES_FINISHED] = "job_completed",
		[STATES_ERROR] = "job_error",
		[STATES_PAUSED] = "job_paused",
	};

	if (change->from == change->to) {
		if (change->want != change->from_want)
			return change->want == STATES_PAUSE ? "job_pausing"
							    : "job_stopping";
		return change->reason == STATES_STUCK ? "job_error"
						      : "job_updated";
	}
	if (change->from == STATES_PAUSED)
		return "job_resumed";
	if (change->from == STATES_RUNNING && change->to == STATES_PENDING)
		return "job_interrupted";
	return by_state[change->to];
}
