#include "look/phrase.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { SECOND = 1000, MINUTE = 60000, HOUR = 3600000, DAY = 86400000 };

void
phrase_age(int64_t ms, char out[PHRASE_SHORT])
{
	long long n = ms < 0 ? 0 : ms;

	if (n < 100 * SECOND)
		snprintf(out, PHRASE_SHORT, "%llds", n / SECOND);
	else if (n < 100 * MINUTE)
		snprintf(out, PHRASE_SHORT, "%lldm", n / MINUTE);
	else if (n < 48LL * HOUR)
		snprintf(out, PHRASE_SHORT, "%lldh", n / HOUR);
	else
		snprintf(out, PHRASE_SHORT, "%lldd", n / DAY);
}

void
phrase_left(int64_t at, int64_t now, char out[PHRASE_SHORT])
{
	char age[PHRASE_SHORT];
	int64_t ms = at - now;

	phrase_age(ms < 0 ? -ms : ms, age);
	if (ms > -SECOND && ms < SECOND)
		snprintf(out, PHRASE_SHORT, "now");
	else
		snprintf(out, PHRASE_SHORT, ms < 0 ? "%.18s ago" : "in %.18s",
			 age);
}

void
phrase_span(int64_t ms, char out[PHRASE_SHORT])
{
	long long s = ms < 0 ? 0 : (ms + 500) / SECOND;

	if (s < 60)
		snprintf(out, PHRASE_SHORT, "%llds", s);
	else if (s < 3600)
		snprintf(out, PHRASE_SHORT, "%lldm%02llds", s / 60, s % 60);
	else if (s < 100LL * 3600)
		snprintf(out, PHRASE_SHORT, "%lldh%02lldm", s / 3600,
			 s / 60 % 60);
	else
		snprintf(out, PHRASE_SHORT, "%lldd", s / 86400);
}

static struct tm
local(int64_t at)
{
	time_t seconds = (time_t)(at / 1000);
	struct tm tm = { 0 };

	localtime_r(&seconds, &tm);
	return tm;
}

void
phrase_time(int64_t at, int64_t now, char out[PHRASE_SHORT])
{
	struct tm tm = local(at), today = local(now);
	int64_t away = at > now ? at - now : now - at;

	if (tm.tm_year == today.tm_year && tm.tm_yday == today.tm_yday)
		strftime(out, PHRASE_SHORT, "%H:%M", &tm);
	else if (away < 6LL * DAY)
		strftime(out, PHRASE_SHORT, "%a %H:%M", &tm);
	else if (away < 300LL * DAY)
		strftime(out, PHRASE_SHORT, "%m-%d %H:%M", &tm);
	else
		strftime(out, PHRASE_SHORT, "%Y-%m-%d", &tm);
}

void
phrase_stamp(int64_t at, char out[PHRASE_SHORT])
{
	struct tm tm = local(at);

	strftime(out, PHRASE_SHORT, "%Y-%m-%d %H:%M:%S", &tm);
}

void
phrase_zone(int64_t at, char out[PHRASE_SHORT])
{
	struct tm tm = local(at);

	if (strftime(out, PHRASE_SHORT, "%Z", &tm) == 0)
		*out = '\0';
}

/* What a live run is being asked; NULL: to go on. */
static const char *
asked(enum states_want want)
{
	switch (want) {
	case STATES_PAUSE:
		return "pausing";
	case STATES_REPLACE:
		return "ending, to start anew";
	case STATES_STOP:
		return "stopping";
	case STATES_KILL:
	case STATES_KILL_ALL:
		return "being killed";
	case STATES_RUN:
	default:
		return NULL;
	}
}

static void
note_running(const struct overview_job *job, char out[PHRASE_NOTE])
{
	const struct status *s = &job->status;

	if (s->reason == STATES_STUCK)
		snprintf(out, PHRASE_NOTE,
			 "stuck: its run is dead, its lock is not free: end "
			 "what holds spool/lock/%lld.%s",
			 (long long)s->client, s->job);
	else if (asked(s->want) != NULL)
		snprintf(out, PHRASE_NOTE, "%s", asked(s->want));
	else
		snprintf(out, PHRASE_NOTE, "%s", job->pace.op);
}

/* Of whom: " of github", or nothing. */
static void
note_waiting(const struct status *s, char out[PHRASE_NOTE])
{
	const char *whom = s->whom;

	switch (s->reason) {
	case STATES_DEPENDENCY:
		snprintf(out, PHRASE_NOTE, "waits for %s",
			 *whom != '\0' ? whom : "another job");
		break;
	case STATES_SLOT:
		snprintf(out, PHRASE_NOTE, "waits for a free slot%s%s",
			 *whom != '\0' ? " of " : "", whom);
		break;
	case STATES_BREAKER:
		snprintf(out, PHRASE_NOTE,
			 "%s%sdoes not answer: waits for the breaker", whom,
			 *whom != '\0' ? " " : "the service ");
		break;
	case STATES_QUOTA:
		snprintf(out, PHRASE_NOTE, "waits for the API's quota");
		break;
	case STATES_BUSY:
		snprintf(out, PHRASE_NOTE, "a run of its own is under way");
		break;
	case STATES_SPACE:
		snprintf(out, PHRASE_NOTE,
			 "too little free space: spool-prune, or make room");
		break;
	case STATES_START_FAILED:
		snprintf(out, PHRASE_NOTE, "could not be started%s%s",
			 *s->error != '\0' ? ": " : "", s->error);
		break;
	case STATES_ORPHAN:
		snprintf(out, PHRASE_NOTE, "its last run vanished");
		break;
	case STATES_INTERRUPTED:
		snprintf(out, PHRASE_NOTE, "its last run was interrupted");
		break;
	case STATES_RETRY:
	case STATES_PROBE:
	case STATES_ITEMS:
		snprintf(out, PHRASE_NOTE, "waits to start (%s)",
			 states_reason_name(s->reason));
		break;
	default:
		break;
	}
}

static void
note_error(const struct status *s, char out[PHRASE_NOTE])
{
	const char *colon = *s->class != '\0' && *s->error != '\0' ? ": " : "";
	char whose[32] = "";

	/* Without it pulse-ctl takes the one client that there is. */
	if (s->client > 1)
		snprintf(whose, sizeof(whose), "-k %lld ",
			 (long long)s->client);
	if (s->reason == STATES_MANUAL_FIX && *s->class == '\0')
		snprintf(out, PHRASE_NOTE, "needs you: pulse start %s%s", whose,
			 s->job);
	else if (s->reason == STATES_MANUAL_FIX)
		snprintf(out, PHRASE_NOTE,
			 "needs you: %s%s%s; then pulse start %s%s", s->class,
			 colon, s->error, whose, s->job);
	else
		snprintf(out, PHRASE_NOTE, "%s%s%s", s->class, colon, s->error);
}

static void
note_paused(const struct status *s, char out[PHRASE_NOTE])
{
	if (s->reason == STATES_EMERGENCY)
		snprintf(out, PHRASE_NOTE,
			 "emergency stop: pulse start orchestrator");
	else
		snprintf(out, PHRASE_NOTE, "held: pulse resume %s", s->job);
}

static void
note_of_state(const struct overview_job *job, char out[PHRASE_NOTE])
{
	const struct status *s = &job->status;

	switch (s->state) {
	case STATES_RUNNING:
		note_running(job, out);
		break;
	case STATES_PENDING:
		note_waiting(s, out);
		break;
	case STATES_ERROR:
		note_error(s, out);
		break;
	case STATES_PAUSED:
		note_paused(s, out);
		break;
	case STATES_FINISHED:
		if (s->last == STATES_PARTIAL)
			snprintf(out, PHRASE_NOTE,
				 "some items failed: retry-scan");
		break;
	case STATES_NOT_STARTED:
	default:
		if (s->disabled)
			snprintf(out, PHRASE_NOTE, "not in the schedule");
		break;
	}
}

void
phrase_note(const struct overview_job *job, int64_t now, char out[PHRASE_NOTE])
{
	char text[PHRASE_NOTE] = "", age[PHRASE_SHORT];

	*out = '\0';
	note_of_state(job, text);
	phrase_age(now - job->status.at, age);
	if (job->stale)
		snprintf(out, PHRASE_NOTE, "stale, as of %s ago%s%.700s", age,
			 *text != '\0' ? ": " : "", text);
	else
		snprintf(out, PHRASE_NOTE, "%s", text);
}
