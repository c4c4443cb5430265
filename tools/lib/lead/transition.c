#include "lead/transition.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/jsonw.h"
#include "base/msg.h"
#include "base/outcome.h"
#include "lead/bell.h"
#include "lead/recovery.h"
#include "lead/starts.h"

/* Drawn from the kernel once, then counted on: delays mix their seed. */
static uint64_t
draw(struct office *office)
{
	if (office->lot == 0 && getrandom(&office->lot, sizeof(office->lot),
					  0) != sizeof(office->lot))
		office->lot = (uint64_t)clock_monotonic();
	office->lot += 0x9e3779b97f4a7c15;
	return office->lot;
}

static void
copy(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from != NULL ? from : "");
}

int
transition_begin(struct office *office)
{
	if (office->open)
		return 0;
	if (journal_begin(office->journal) != 0)
		return transition_fail(office);
	office->open = true;
	office->flags_before = office->flags;
	return 0;
}

static void
drop_after(struct office *office)
{
	size_t i;

	for (i = 0; i < office->after_count; i++) {
		free(office->after[i].line);
		free(office->after[i].bell);
	}
	office->after_count = 0;
}

static void
take_back(struct office *office)
{
	size_t i;

	for (i = 0; i < office->docket.count; i++) {
		struct docket_entry *entry = &office->docket.entries[i];

		if (!entry->touched)
			continue;
		entry->row = entry->before;
		entry->stored = entry->was_stored;
		entry->touched = false;
	}
	for (i = 0; i < office->docket.circuit_count; i++) {
		struct docket_circuit *circuit = &office->docket.circuits[i];

		if (circuit->touched)
			circuit->now.breaker = circuit->before;
		circuit->touched = false;
	}
	office->flags = office->flags_before;
}

int
transition_fail(struct office *office)
{
	if (!office->complained)
		msg_say("cannot write 'state.db': %s; trying again each second",
			journal_error(office->journal));
	office->complained = true;
	office->hold = clock_monotonic() + OFFICE_HOLD;
	if (office->open) {
		journal_rollback(office->journal);
		take_back(office);
		office->open = false;
	}
	drop_after(office);
	return -1;
}

struct office_after *
transition_after(struct office *office, const struct docket_entry *entry)
{
	struct office_after *after;

	office->after =
		msg_realloc(office->after,
			    (office->after_count + 1) * sizeof(*office->after));
	after = &office->after[office->after_count++];
	*after = (struct office_after){ .entry = office_index(office, entry) };
	return after;
}

static void
touch(struct docket_entry *entry)
{
	if (entry->touched)
		return;
	entry->before = entry->row;
	entry->was_stored = entry->stored;
	entry->touched = true;
}

static void
describe(const struct office *office, const struct docket_entry *entry,
	 const struct states_row *row, const struct transition_note *note,
	 struct journal_event *out)
{
	const struct states_row *old = &entry->row;
	struct states_change change = { old->state, row->state, row->reason,
					old->want, row->want };

	*out = (struct journal_event){ .at = office->now,
				       .client = entry->client,
				       .from = entry->stored ? (int)old->state
							     : -1,
				       .to = (int)row->state,
				       .reason = row->reason,
				       .want = row->want };
	copy(out->type, sizeof(out->type), states_event_type(&change));
	copy(out->job, sizeof(out->job), entry->job);
	if (row->run != 0)
		folder_id(entry->client, entry->job, row->run, out->run);
	if (row->state == STATES_PENDING || row->state == STATES_ERROR)
		out->next = row->not_before;
	if (note == NULL)
		return;
	copy(out->command, sizeof(out->command), note->command);
	copy(out->by, sizeof(out->by), note->by);
	copy(out->class, sizeof(out->class), note->class);
	copy(out->message, sizeof(out->message), note->message);
}

/* What the status file says of the latest failure, until a success. */
static void
remember(struct docket_entry *entry, const struct states_row *row,
	 const struct transition_note *note)
{
	if (note != NULL && note->class != NULL) {
		copy(entry->class, sizeof(entry->class), note->class);
		copy(entry->error, sizeof(entry->error), note->message);
	} else if (row->state == STATES_FINISHED &&
		   entry->row.state == STATES_RUNNING) {
		entry->class[0] = entry->error[0] = '\0';
	}
}

static char *
as_line(const struct docket_entry *entry, const struct journal_event *event)
{
	char *line = NULL;
	const char *from =
		event->from < 0 ? "new"
				: states_name((enum states_state)event->from);
	const char *reason = states_reason_name(event->reason);

	if (asprintf(&line, "%lld.%s %s -> %s%s%s%s%s%s%s%s",
		     (long long)entry->client, entry->job, from,
		     states_name((enum states_state)event->to),
		     *reason != '\0' ? " (" : "", reason,
		     *reason != '\0' ? ")" : "",
		     event->want != STATES_RUN ? " want=" : "",
		     event->want != STATES_RUN ? states_want_name(event->want)
					       : "",
		     event->message[0] != '\0' ? ": " : "", event->message) < 0)
		return NULL;
	return line;
}

/* What follows the commit.  That a person is to be told is kept until the
 * notify program has been started. */
static int
plan_after(struct office *office, const struct docket_entry *entry,
	   const struct journal_event *event,
	   const struct states_answer *answer)
{
	bool bell = answer->person && office->schedule->notify != NULL;
	struct office_flags flags = office->flags;
	struct office_after *after;

	if (!office->verbose && !bell && answer->signal == STATES_NO_SIGNAL)
		return 0;
	after = transition_after(office, entry);
	after->signal = answer->signal;
	if (office->verbose)
		after->line = as_line(entry, event);
	if (!bell)
		return 0;
	after->bell = bell_text(event);
	if (flags.ring != 0)
		return 0;
	flags.ring = event->seq;
	return transition_flags(office, &flags);
}

/* The row is not as we know it: somebody else wrote.  Take theirs. */
static int
lose(struct office *office, struct docket_entry *entry,
     const struct states_event *event)
{
	msg_say("dropped the event %s of %lld.%s: its row has changed",
		states_kind_name(event->kind), (long long)entry->client,
		entry->job);
	touch(entry);
	entry->stored = true;
	return journal_read_job(office->journal, entry->client, entry->job,
				&entry->row) < 0
		       ? transition_fail(office)
		       : 0;
}

/* Writes a changed row with its event, in the open transaction.  1: the row is
 * not as we know it. */
static int
put(struct office *office, struct docket_entry *entry,
    const struct states_row *row, struct journal_event *event)
{
	int saved;

	if (transition_begin(office) != 0)
		return -1;
	saved = journal_save_job(office->journal, entry->client, entry->job,
				 row, entry->stored ? entry->row.epoch : -1);
	if (saved == 1)
		return 1;
	if (saved != 0 || journal_add_event(office->journal, event) != 0)
		return transition_fail(office);
	touch(entry);
	entry->seq = event->seq;
	entry->row = *row;
	entry->stored = true;
	entry->looked = 0;
	return 0;
}

/* Only the time of the next look has changed: a row that waits for long is
 * looked at often, which is nothing to keep or to tell.  A leader that starts
 * looks at every row anyway. */
static bool
is_a_look(const struct states_event *event, const struct docket_entry *entry,
	  const struct states_row *row)
{
	const struct states_row *old = &entry->row;

	return (event->kind == STATES_TIME || event->kind == STATES_WAIT) &&
	       row->state == STATES_PENDING && old->state == row->state &&
	       old->reason == row->reason && old->floor == row->floor &&
	       old->not_before == row->not_before &&
	       old->next_due == row->next_due && old->since == row->since &&
	       old->incident_start == row->incident_start;
}

int
transition_apply(struct office *office, struct docket_entry *entry,
		 const struct states_event *event,
		 const struct transition_note *note,
		 struct states_answer *answer)
{
	struct states_row row = entry->row;
	struct states_event now = *event;
	struct journal_event report;
	int done;

	now.now = office->now;
	now.seed = draw(office);
	states_apply(&entry->rules, &row, &now, answer);
	if (answer->changed && is_a_look(event, entry, &row)) {
		entry->row.look_at = row.look_at;
		answer->changed = false;
	}
	if (!answer->changed) {
		if (answer->signal != STATES_NO_SIGNAL)
			transition_after(office, entry)->signal =
				answer->signal;
		return 0;
	}
	describe(office, entry, &row, note, &report);
	remember(entry, &row, note);
	done = put(office, entry, &row, &report);
	if (done != 0)
		return done == 1 ? lose(office, entry, event) : -1;
	if (row.state != STATES_PENDING)
		entry->whom[0] = '\0';
	return plan_after(office, entry, &report, answer);
}

int
transition_result(struct office *office, struct docket_entry *entry,
		  const struct journal_run *run)
{
	struct states_row row = entry->row;
	struct journal_event report;

	row.last_result = run->result;
	row.last_end = run->ended;
	if (run->result == STATES_SUCCESS || run->result == STATES_PARTIAL)
		row.last_success = run->ended;
	row.epoch++;
	describe(office, entry, &row, NULL, &report);
	snprintf(report.run, sizeof(report.run), "%s", run->folder);
	return put(office, entry, &row, &report) < 0 ? -1 : 0;
}

int
transition_report(struct office *office, const struct transition_fact *fact)
{
	struct journal_event event = {
		.at = office->now, .client = fact->client, .from = -1, .to = -1
	};

	if (transition_begin(office) != 0)
		return -1;
	copy(event.type, sizeof(event.type), fact->type);
	copy(event.job, sizeof(event.job), fact->job);
	copy(event.command, sizeof(event.command), fact->note.command);
	copy(event.by, sizeof(event.by), fact->note.by);
	copy(event.class, sizeof(event.class), fact->note.class);
	copy(event.message, sizeof(event.message), fact->note.message);
	if (journal_add_event(office->journal, &event) != 0)
		return transition_fail(office);
	if (fact->seq != NULL)
		*fact->seq = event.seq;
	return 0;
}

int
transition_breaker(struct office *office, int circuit,
		   const struct breaker *breaker, const char *type,
		   const struct transition_note *note)
{
	struct docket_circuit *c = &office->docket.circuits[circuit];
	struct transition_fact fact = { .type = type,
					.client = c->now.client,
					.job = c->now.integration };

	if (transition_begin(office) != 0)
		return -1;
	if (!c->touched)
		c->before = c->now.breaker;
	c->touched = true;
	c->now.breaker = *breaker;
	if (journal_save_breaker(office->journal, &c->now) != 0)
		return transition_fail(office);
	if (note != NULL)
		fact.note = *note;
	return type == NULL ? 0 : transition_report(office, &fact);
}

int
transition_flags(struct office *office, const struct office_flags *flags)
{
	if (transition_begin(office) != 0)
		return -1;
	office->flags = *flags;
	if (journal_set(office->journal, "latched", flags->latched) != 0 ||
	    journal_set(office->journal, "held", flags->held) != 0 ||
	    journal_set(office->journal, "turn", flags->turn) != 0 ||
	    journal_set(office->journal, "ring", flags->ring) != 0)
		return transition_fail(office);
	return 0;
}

static void
settle_touched(struct office *office)
{
	size_t i;

	for (i = 0; i < office->docket.count; i++) {
		struct docket_entry *entry = &office->docket.entries[i];

		if (!entry->touched)
			continue;
		entry->touched = false;
		entry->stale = true;
	}
	for (i = 0; i < office->docket.circuit_count; i++)
		office->docket.circuits[i].touched = false;
}

int
transition_commit(struct office *office)
{
	struct office_after *after = office->after;
	size_t i, count = office->after_count;

	if (!office->open && count == 0)
		return 0;
	if (office->open && journal_commit(office->journal) != 0)
		return transition_fail(office);
	if (office->open)
		office->changed = true;
	office->open = office->complained = false;
	office->after = NULL;
	office->after_count = 0;
	settle_touched(office);
	for (i = 0; i < count; i++) {
		struct docket_entry *entry =
			&office->docket.entries[after[i].entry];

		if (after[i].line != NULL)
			msg_say("%s", after[i].line);
		if (after[i].signal != STATES_NO_SIGNAL)
			recovery_signal(office, entry, after[i].signal);
		if (after[i].bell != NULL)
			bell_ring(office, after[i].bell);
		if (after[i].start)
			starts_launch(office, entry);
		free(after[i].line);
	}
	free(after);
	return 0;
}
