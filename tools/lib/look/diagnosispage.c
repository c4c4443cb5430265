/* A diagnosis for people, and as JSON. */
#include "look/diagnosis.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/listing.h"
#include "base/msg.h"
#include "look/advice.h"
#include "look/phrase.h"

enum { TEXT = 1024, LABEL = 9 };

/* A label and a text; what comes from outside cannot act on a terminal. */
static void __attribute__((format(printf, 3, 4)))
say(FILE *out, const char *label, const char *format, ...)
{
	char text[TEXT];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (*text == '\0')
		return;
	fprintf(out, "%-*s ", LABEL, label);
	listing_show(out, text, strlen(text));
	fputc('\n', out);
}

/* What went wrong last; OUTCOME_NONE: nothing did, or a person ended it. */
struct failure {
	enum outcome_class class;
	int code; /* 0: not known */
	const char *cause;
};

static bool
is_of_status(const struct diagnosis *d)
{
	return d->job.status.class[0] != '\0' &&
	       (d->latest.folder[0] == '\0' ||
		d->latest.result != STATES_FAILED);
}

static struct failure
failure_of(const struct diagnosis *d)
{
	const struct verdict *verdict = &d->latest.figures.verdict;
	enum states_result result = d->latest.result;

	if (d->row.state != STATES_FINISHED && is_of_status(d) &&
	    result != STATES_STOPPED && result != STATES_KILLED)
		return (struct failure){ outcome_from_name(d->job.status.class),
					 0, d->job.status.error };
	if (result != STATES_FAILED)
		return (struct failure){ .cause = "" };
	return (struct failure){ verdict->class, verdict->code,
				 verdict->cause };
}

static void
print_head(FILE *out, const struct diagnosis *d)
{
	const struct states_row *row = &d->row;
	const char *reason = states_reason_name(row->reason);
	char age[PHRASE_SHORT], stamp[PHRASE_SHORT], whose[48] = "";

	if (d->found.client > 0 && d->overview->several)
		snprintf(whose, sizeof(whose), " of client %lld",
			 (long long)d->found.client);
	if (!d->known) {
		fprintf(out, "%s%s: %s\n", d->found.job, whose,
			d->plan != NULL
				? "no scheduler has looked at it yet"
				: "in no schedule: it runs by hand or from "
				  "cron");
		return;
	}
	fprintf(out, "%s%s: %s", d->found.job, whose, states_name(row->state));
	if (*reason != '\0')
		fprintf(out, " (%s)", reason);
	if (row->since != 0) {
		phrase_age(d->overview->now - row->since, age);
		phrase_stamp(row->since, stamp);
		fprintf(out, " for %s, since %s", age, stamp);
	}
	fprintf(out, "%s\n",
		row->disabled ? "; no longer in the schedule" : "");
}

static void
print_progress(FILE *out, const struct diagnosis *d)
{
	const struct pace *pace = &d->job.pace;
	char left[PHRASE_SHORT] = "";

	if (d->row.state != STATES_RUNNING)
		return;
	if (pace->eta != 0)
		phrase_left(pace->eta, d->overview->now, left);
	if (pace->percent >= 0)
		say(out, "now", "%d %%, %s%s%s", pace->percent, pace->op,
		    *left != '\0' ? ", done " : "", left);
	else
		say(out, "now", "%s", pace->op);
	if (d->row.want != STATES_RUN)
		say(out, "asked", "to %s", states_want_name(d->row.want));
}

static const char *
ended_how(enum states_result result)
{
	switch (result) {
	case STATES_SUCCESS:
		return "done";
	case STATES_PARTIAL:
		return "done in part";
	case STATES_STOPPED:
		return "stopped";
	case STATES_KILLED:
		return "killed";
	case STATES_ORPHANED:
		return "it vanished without a result";
	case STATES_FAILED:
		return "failed";
	default:
		return "no result";
	}
}

static void
print_last_run(FILE *out, const struct diagnosis *d)
{
	char when[PHRASE_SHORT], ago[PHRASE_SHORT];
	struct failure failure = failure_of(d);

	if (d->latest.folder[0] == '\0')
		return;
	phrase_stamp(d->latest.ended, when);
	phrase_left(d->latest.ended, d->overview->now, ago);
	if (failure.code != 0)
		say(out, "last run", "failed with %d, %s, on %s (%s): %s",
		    failure.code, outcome_name(failure.class), when, ago,
		    d->latest.folder);
	else
		say(out, "last run", "%s, on %s (%s): %s",
		    ended_how(d->latest.result), when, ago, d->latest.folder);
}

static void
print_failure(FILE *out, const struct diagnosis *d)
{
	struct failure failure = failure_of(d);
	char remedy[ADVICE_TEXT];

	print_last_run(out, d);
	if (failure.class == OUTCOME_NONE)
		return;
	if (failure.code == 0)
		say(out, "failed", "with %s", outcome_name(failure.class));
	say(out, "said", "%s", failure.cause);
	say(out, "means", "%s", advice_meaning(failure.class));
	advice_remedy(failure.class, d->plan != NULL ? d->name : NULL, remedy);
	say(out, "to do", "%s", remedy);
}

/* What keeps everything from starting. */
static void
print_barriers(FILE *out, const struct diagnosis *d)
{
	const struct overview *overview = d->overview;

	if (overview->latched)
		say(out, "latch",
		    "the emergency stop is in force: nothing "
		    "starts before `pulse start orchestrator`");
	if (overview->held)
		say(out, "held",
		    "the orchestrator was stopped: nothing starts "
		    "before `pulse start orchestrator`");
	if (!overview->leader && d->plan != NULL)
		say(out, "asleep",
		    "no scheduler is running: `pulse sched`, or "
		    "once `pulse sched --once`");
	if (d->job.stale)
		say(out, "stale", "nobody has looked at it when its time came");
}

static const char *
way_out(const struct diagnosis *d, char out[TEXT])
{
	const struct states_row *row = &d->row;

	*out = '\0';
	if (row->state == STATES_PAUSED && row->reason == STATES_HOLD)
		snprintf(out, TEXT, "; `pulse resume %s` lets it go on",
			 d->name);
	else if (row->state == STATES_PAUSED)
		snprintf(out, TEXT,
			 "; `pulse start orchestrator` lets it go "
			 "on");
	else if (row->reason == STATES_STUCK)
		snprintf(out, TEXT, ": end what holds spool/lock/%lld.%s",
			 (long long)d->found.client, d->found.job);
	return out;
}

static void
print_next(FILE *out, const struct diagnosis *d)
{
	const struct outlook *outlook = &d->outlook;
	const char *whom = d->job.status.whom;
	char left[PHRASE_SHORT], stamp[PHRASE_SHORT], way[TEXT], of[160] = "";

	if (!d->known || d->row.disabled)
		return;
	if (*whom != '\0' && d->row.state == STATES_PENDING)
		snprintf(of, sizeof(of), ": %s", whom);
	if (d->row.state == STATES_RUNNING && d->row.reason != STATES_STUCK)
		return;
	if (d->row.state == STATES_ERROR && outlook->person) {
		say(out, "next", "not before a person has acted");
	} else if (outlook->at == 0) {
		say(out, "next", "not by itself: %s%s", outlook->why,
		    way_out(d, way));
	} else if (outlook->at <= d->overview->now) {
		say(out, "next", "as soon as it may: %s%s", outlook->why, of);
	} else {
		phrase_left(outlook->at, d->overview->now, left);
		phrase_stamp(outlook->at, stamp);
		say(out, "next", "%s, at %s: %s%s", left, stamp, outlook->why,
		    of);
	}
}

static void
print_history(FILE *out, const struct diagnosis *d)
{
	const struct states_row *row = &d->row;
	char stamp[PHRASE_SHORT], ago[PHRASE_SHORT];

	if (row->incident_start != 0) {
		phrase_stamp(row->incident_start, stamp);
		phrase_left(row->incident_start, d->overview->now, ago);
		say(out, "failing", "since %s (%s); retries: %lld, tier: %s",
		    stamp, ago, (long long)row->retry_count,
		    states_tier_name(row->tier));
	}
	if (row->last_success != 0) {
		phrase_stamp(row->last_success, stamp);
		phrase_left(row->last_success, d->overview->now, ago);
		say(out, "went well", "last on %s (%s)", stamp, ago);
	}
	if (row->missed > 0)
		say(out, "missed", "%lld due times while it ran or was paused",
		    (long long)row->missed);
}

static void
print_breaker(FILE *out, const struct diagnosis *d)
{
	const struct breaker *breaker = &d->breaker.breaker;
	char stamp[PHRASE_SHORT] = "";
	const char *name = d->breaker.integration;

	if (!d->has_breaker || (breaker->state == BREAKER_CLOSED &&
				breaker->override == BREAKER_AUTO))
		return;
	if (breaker->until != 0)
		phrase_stamp(breaker->until, stamp);
	say(out, "breaker", "of %s: %s%s%s%s; `pulse breaker %s closed` %s",
	    name, breaker_state_name(breaker->state),
	    breaker->override != BREAKER_AUTO ? ", by an operator" : "",
	    *stamp != '\0' ? " until " : "", stamp, name, "closes it at once");
}

static void
print_items(FILE *out, const struct diagnosis *d)
{
	if (d->items > 0)
		say(out, "items",
		    "%lld failed ones wait; `retry-scan` lists them",
		    (long long)d->items);
	if (d->scopes > 0)
		say(out, "scopes",
		    "%lld failed ones are taken up by the next run",
		    (long long)d->scopes);
}

void
diagnosis_print(FILE *out, const struct diagnosis *d)
{
	size_t i;

	print_head(out, d);
	print_progress(out, d);
	print_failure(out, d);
	print_next(out, d);
	print_barriers(out, d);
	print_breaker(out, d);
	print_items(out, d);
	print_history(out, d);
	if (d->plan != NULL)
		say(out, "by hand", "pulse run %s", d->name);
	say(out, "log", "pulse log %s", d->name);
	for (i = 0; i < d->note_count; i++)
		say(out, "note", "%s", d->notes[i]);
}

static void
put_count(struct jsonw *w, const char *key, int64_t count)
{
	if (count >= 0)
		jsonw_put_int(w, key, count);
}

static void
put_failure(struct jsonw *w, const struct diagnosis *d)
{
	struct failure failure = failure_of(d);
	char remedy[ADVICE_TEXT];

	if (failure.class == OUTCOME_NONE)
		return;
	jsonw_key(w, "failure");
	jsonw_open(w, '{');
	jsonw_put_string(w, "class", outcome_name(failure.class));
	if (failure.code != 0) {
		put_count(w, "code", failure.code);
		jsonw_may_put_string(w, "run", d->latest.folder);
		jsonw_may_put_time(w, "at", d->latest.ended);
	}
	jsonw_may_put_string(w, "cause", failure.cause);
	jsonw_may_put_string(w, "means", advice_meaning(failure.class));
	advice_remedy(failure.class, d->plan != NULL ? d->name : NULL, remedy);
	jsonw_may_put_string(w, "to_do", remedy);
	jsonw_close(w, '}');
}

static void
put_breaker(struct jsonw *w, const struct diagnosis *d)
{
	if (!d->has_breaker)
		return;
	jsonw_key(w, "breaker");
	jsonw_open(w, '{');
	jsonw_put_string(w, "integration", d->breaker.integration);
	jsonw_put_string(w, "state",
			 breaker_state_name(d->breaker.breaker.state));
	jsonw_may_put_string(
		w, "override",
		breaker_override_name(d->breaker.breaker.override));
	put_count(w, "failures", d->breaker.breaker.failures);
	jsonw_may_put_time(w, "until", d->breaker.breaker.until);
	jsonw_close(w, '}');
}

void
diagnosis_put(struct jsonw *w, const struct diagnosis *d)
{
	size_t i;

	status_put(w, &d->job.status);
	pace_put(w, &d->job.pace);
	jsonw_put_bool(w, "known", d->known);
	jsonw_put_bool(w, "scheduled", d->plan != NULL);
	jsonw_put_bool(w, "scheduler", d->overview->leader);
	jsonw_put_bool(w, "latched", d->overview->latched);
	jsonw_put_bool(w, "held", d->overview->held);
	put_failure(w, d);
	if (d->known && !d->row.disabled)
		outlook_put(w, &d->outlook);
	put_breaker(w, d);
	put_count(w, "failed_items", d->items);
	put_count(w, "failed_scopes", d->scopes);
	jsonw_may_put_time(w, "failing_since", d->row.incident_start);
	jsonw_key(w, "notes");
	jsonw_open(w, '[');
	for (i = 0; i < d->note_count; i++)
		jsonw_string(w, d->notes[i]);
	jsonw_close(w, ']');
}

void
diagnosis_json(FILE *out, const struct diagnosis *d)
{
	struct jsonw w = { 0 };

	jsonw_open(&w, '{');
	diagnosis_put(&w, d);
	jsonw_close(&w, '}');
	fprintf(out, "%s\n", w.text);
	jsonw_free(&w);
}
