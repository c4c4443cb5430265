#include "look/outlook.h"

#include <stdio.h>
#include <string.h>

#include "base/times.h"

/* "5 to 7.5 minutes": what the k-th retry waits. */
static void
describe_retry(const struct states_row *row, const struct schedule_job *job,
	       char *out, size_t size)
{
	struct backoff rule = { .base = 300000, .cap = 1800000, .factor = 2 };
	int64_t k = row->retry_count < 1 ? 1 : row->retry_count, i;
	double low, high;

	if (job != NULL)
		rule = job->retry;
	low = (double)rule.base;
	for (i = 1; i < k; i++)
		low *= rule.factor < 1 ? 2 : (double)rule.factor;
	low = low > (double)rule.cap ? (double)rule.cap : low;
	high = low * 1.5 > (double)rule.cap ? (double)rule.cap : low * 1.5;
	snprintf(out, size,
		 "retry %lld of %lld, %.3g to %.3g minutes after the failure",
		 (long long)k, (long long)(job != NULL ? job->max_retries : 3),
		 low / 60000, high / 60000);
}

static const char *
describe_tier(enum states_tier tier)
{
	switch (tier) {
	case STATES_STANDARD:
		return "the retries are used up: one try 1 to 4 hours after "
		       "the failure";
	case STATES_EXTENDED:
		return "failing for more than a day: one try every 24 hours";
	case STATES_BY_HAND:
		return "it does not pass by itself: somebody must act first";
	case STATES_FAST:
	default:
		return "one try to see whether it works again";
	}
}

static void
say(struct outlook *outlook, const char *why)
{
	snprintf(outlook->why, sizeof(outlook->why), "%s", why);
}

static void
add(struct outlook *outlook, const char *format, int64_t at)
{
	size_t len = strlen(outlook->why);
	char time[TIMES_SIZE];

	times_format_seconds(at, time);
	snprintf(outlook->why + len, sizeof(outlook->why) - len, "%s%s %s",
		 len > 0 ? "; " : "", format, time);
}

static void
see_error(const struct outlook_view *view, struct outlook *outlook)
{
	const struct states_row *row = view->row;

	outlook->failing = true;
	outlook->person = row->reason == STATES_MANUAL_FIX;
	outlook->at = outlook->person ? 0 : row->not_before;
	if (outlook->person)
		say(outlook, describe_tier(STATES_BY_HAND));
	else if (row->reason == STATES_RETRY)
		describe_retry(row, view->job, outlook->why,
			       sizeof(outlook->why));
	else
		say(outlook, describe_tier(row->tier));
}

/* What a PENDING row waits for. */
static void
see_pending(const struct outlook_view *view, int64_t now,
	    struct outlook *outlook)
{
	const struct states_row *row = view->row;
	static const char *const words[STATES_REASONS] = {
		[STATES_FIRST] = "its first run",
		[STATES_DUE] = "its interval has passed",
		[STATES_MANUAL] = "somebody started it",
		[STATES_RETRY] = "a retry",
		[STATES_PROBE] = "one try to see whether it works again",
		[STATES_ITEMS] = "failed items are due",
		[STATES_DEPENDENCY] = "waits for a job that it depends on",
		[STATES_SLOT] = "waits for another run to end",
		[STATES_BREAKER] = "the service is down: the breaker is open",
		[STATES_QUOTA] = "the quota is spent",
		[STATES_BUSY] = "a run from elsewhere holds its lock",
		[STATES_SPACE] = "too little free space",
		[STATES_START_FAILED] = "it could not be started",
		[STATES_ORPHAN] = "its last run vanished without a result",
		[STATES_INTERRUPTED] = "the machine was started anew",
	};

	outlook->at = row->not_before > now ? row->not_before : now;
	outlook->failing =
		row->reason == STATES_QUOTA || row->reason == STATES_RETRY ||
		row->reason == STATES_PROBE || row->reason == STATES_BREAKER ||
		row->reason == STATES_START_FAILED ||
		row->reason == STATES_ORPHAN || row->incident_start != 0;
	if (words[row->reason] != NULL)
		say(outlook, words[row->reason]);
}

/* A floor that lies beyond the delay of the row itself. */
static void
see_floors(const struct outlook_view *view, int64_t now,
	   struct outlook *outlook)
{
	int64_t until = 0;

	if (outlook->at == 0)
		return;
	if (view->row->floor == STATES_QUOTA && view->row->not_before > now)
		add(outlook, "the server says: not before",
		    view->row->not_before);
	if (view->breaker == NULL || breaker_lets(view->breaker, now, &until))
		return;
	if (until > outlook->at)
		outlook->at = until;
	if (until > 0)
		add(outlook, "the breaker is open until", until);
	else
		say(outlook, "the breaker is open until somebody closes it, or "
			     "its probe has ended");
}

void
outlook_see(const struct outlook_view *view, int64_t now,
	    struct outlook *outlook)
{
	*outlook = (struct outlook){ 0 };
	switch (view->row->state) {
	case STATES_ERROR:
		see_error(view, outlook);
		break;
	case STATES_PENDING:
		see_pending(view, now, outlook);
		break;
	case STATES_RUNNING:
		outlook->failing = view->row->reason == STATES_STUCK;
		outlook->person = outlook->failing;
		say(outlook, outlook->failing
				     ? "a dead run's processes hold its lock"
				     : "it runs");
		return;
	case STATES_PAUSED:
		say(outlook, view->row->reason == STATES_EMERGENCY
				     ? "stopped by the emergency stop"
				     : "somebody paused it");
		return;
	default:
		outlook->at = view->row->next_due;
		say(outlook, "its next interval");
		break;
	}
	see_floors(view, now, outlook);
}

void
outlook_put(struct jsonw *w, const struct outlook *outlook)
{
	jsonw_key(w, "outlook");
	jsonw_open(w, '{');
	jsonw_may_put_time(w, "at", outlook->at);
	jsonw_may_put_string(w, "why", outlook->why);
	jsonw_put_bool(w, "failing", outlook->failing);
	jsonw_put_bool(w, "person", outlook->person);
	jsonw_close(w, '}');
}
