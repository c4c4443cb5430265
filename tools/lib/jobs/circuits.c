#include "jobs/circuits.h"

#include <stddef.h>

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

int
circuits_turn(struct office *office)
{
	size_t i;

	for (i = 0; i < office->docket.circuit_count; i++)
		if (apply(office, (int)i, BREAKER_TIME, 0) != 0)
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

int
circuits_ended(struct office *office, const struct docket_entry *entry,
	       int64_t run, enum states_blame blame)
{
	static const enum breaker_kind kinds[] = {
		[STATES_NO_BLAME] = BREAKER_NO_VERDICT,
		[STATES_GOOD] = BREAKER_SUCCESS,
		[STATES_BAD] = BREAKER_FAILURE,
	};

	if (entry->circuit == DOCKET_NO_CIRCUIT)
		return 0;
	return apply(office, entry->circuit, kinds[blame], run);
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
