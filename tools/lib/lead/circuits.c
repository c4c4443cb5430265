#include "lead/circuits.h"

#include <stddef.h>

#include "lead/ears.h"
#include "lead/recovery.h"

static const char *
type_of(enum breaker_state state)
{
	switch (state) {
	case BREAKER_OPEN:
		return "breaker_opened";
	case BREAKER_HALF_OPEN:
		return "breaker_half_open";
	case BREAKER_CLOSED:
	default:
		return "breaker_closed";
	}
}

/* An open breaker puts off what waits for a try; any other lets it go on. */
static int
tell_rows(struct office *office, int circuit, const struct breaker *breaker)
{
	struct states_event event = { .kind = STATES_BREAKER_CLOSED };
	struct states_answer answer;
	size_t i;

	if (!breaker_lets(breaker, office->now, &event.until))
		event.kind = STATES_BREAKER_OPEN;
	for (i = 0; i < office->docket.count; i++) {
		struct docket_entry *entry = &office->docket.entries[i];

		if (entry->circuit != circuit || entry->plan == NULL)
			continue;
		if (transition_apply(office, entry, &event, NULL, &answer) != 0)
			return -1;
	}
	return 0;
}

static int
change(struct office *office, int circuit, const struct breaker *to,
       const struct transition_note *note)
{
	const struct breaker *from =
		&office->docket.circuits[circuit].now.breaker;
	bool told = to->state != from->state || to->override != from->override;

	if (transition_breaker(office, circuit, to,
			       told ? type_of(to->state) : NULL, note) != 0)
		return -1;
	return told ? tell_rows(office, circuit, to) : 0;
}

static int
apply(struct office *office, int circuit, enum breaker_kind kind, int64_t run)
{
	struct breaker breaker = office->docket.circuits[circuit].now.breaker;

	if (!breaker_apply(&breaker, kind, run, office->now))
		return 0;
	return change(office, circuit, &breaker, NULL);
}

static struct docket_entry *
runs_as(struct office *office, int64_t run)
{
	size_t i;

	for (i = 0; i < office->docket.count; i++) {
		struct docket_entry *entry = &office->docket.entries[i];

		if (entry->row.state == STATES_RUNNING && entry->row.run == run)
			return entry;
	}
	return NULL;
}

/* The first cursor that a probe stores is its verdict: the others of its
 * service need not wait for its end.  One whose end was not told here (its job
 * had left the schedule) has none. */
static int
look_at_probe(struct office *office, int circuit)
{
	const struct journal_breaker *breaker =
		&office->docket.circuits[circuit].now;
	int64_t run = breaker->breaker.probe;
	struct docket_entry *entry;

	if (breaker->breaker.state != BREAKER_HALF_OPEN || run == 0)
		return 0;
	entry = runs_as(office, run);
	if (entry == NULL)
		return apply(office, circuit, BREAKER_NO_VERDICT, run);
	ears_watch_cursors(office, breaker->client);
	if (!recovery_has_stored(office, entry))
		return 0;
	return apply(office, circuit, BREAKER_SUCCESS, run);
}

int
circuits_turn(struct office *office)
{
	size_t i;

	for (i = 0; i < office->docket.circuit_count; i++)
		if (apply(office, (int)i, BREAKER_TIME, 0) != 0 ||
		    look_at_probe(office, (int)i) != 0)
			return -1;
	return 0;
}

int64_t
circuits_wake(const struct office *office)
{
	int64_t best = 0;
	size_t i;

	for (i = 0; i < office->docket.circuit_count; i++) {
		const struct breaker *breaker =
			&office->docket.circuits[i].now.breaker;

		if (breaker->state == BREAKER_OPEN &&
		    breaker->until > office->now &&
		    (best == 0 || breaker->until < best))
			best = breaker->until;
	}
	return best;
}

int
circuits_started(struct office *office, const struct docket_entry *entry)
{
	if (entry->circuit == DOCKET_NO_CIRCUIT)
		return 0;
	return apply(office, entry->circuit, BREAKER_PROBES, entry->row.run);
}

/* A run that began before the breaker opened has ended since: what follows it
 * waits for the probe as well. */
static int
tell_latecomer(struct office *office, struct docket_entry *entry, int circuit)
{
	const struct breaker *breaker =
		&office->docket.circuits[circuit].now.breaker;
	struct states_event event = { .kind = STATES_BREAKER_OPEN };
	struct states_answer answer;

	if (entry->plan == NULL || entry->circuit != circuit ||
	    breaker_lets(breaker, office->now, &event.until))
		return 0;
	return transition_apply(office, entry, &event, NULL, &answer);
}

int
circuits_ended(struct office *office, struct docket_entry *entry, int64_t run,
	       enum states_blame blame)
{
	static const enum breaker_kind kinds[] = {
		[STATES_NO_BLAME] = BREAKER_NO_VERDICT,
		[STATES_GOOD] = BREAKER_SUCCESS,
		[STATES_BAD] = BREAKER_FAILURE,
	};

	int circuit = entry->circuit;

	docket_join_circuit(&office->docket, entry);
	if (circuit == DOCKET_NO_CIRCUIT)
		return 0;
	if (apply(office, circuit, kinds[blame], run) != 0)
		return -1;
	return tell_latecomer(office, entry, circuit);
}

int
circuits_override(struct office *office, int circuit, enum breaker_override to,
		  const struct transition_note *note)
{
	struct breaker breaker = office->docket.circuits[circuit].now.breaker;

	if (!breaker_override(&breaker, to, office->now))
		return 1;
	return change(office, circuit, &breaker, note);
}

int64_t
circuits_hold(const struct office *office, const struct docket_entry *entry)
{
	const struct breaker *breaker;
	int64_t until = 0;

	if (entry->circuit == DOCKET_NO_CIRCUIT)
		return 0;
	breaker = &office->docket.circuits[entry->circuit].now.breaker;
	if (breaker_lets(breaker, office->now, &until))
		return 0;
	return until > office->now ? until : office->now + 60000;
}
