#include "lead/tell.h"

#include <stdio.h>

#include "jobs/folder.h"
#include "jobs/status.h"

enum { EVENTS = 10000 }; /* that are always kept */

static void
fill(const struct office *office, const struct docket_entry *entry,
     struct status *status)
{
	const struct states_row *row = &entry->row;

	*status = (struct status){ .client = entry->client,
				   .state = row->state,
				   .reason = row->reason,
				   .want = row->want,
				   .at = office->now,
				   .since = row->since,
				   .attempt = row->retry_count + 1,
				   .last = row->last_result,
				   .last_end = row->last_end,
				   .last_success = row->last_success,
				   .next = row->next_due,
				   .next_due = row->next_due,
				   .tier = row->tier,
				   .retries = row->retry_count,
				   .missed = row->missed,
				   .epoch = row->epoch,
				   .seq = entry->seq,
				   .disabled = row->disabled };
	snprintf(status->job, sizeof(status->job), "%s", entry->job);
	snprintf(status->whom, sizeof(status->whom), "%s", entry->whom);
	snprintf(status->class, sizeof(status->class), "%s", entry->class);
	snprintf(status->error, sizeof(status->error), "%s", entry->error);
	if (row->run != 0)
		folder_id(entry->client, entry->job, row->run, status->run);
	if (row->state == STATES_PENDING || row->state == STATES_ERROR)
		status->next = row->not_before > office->now ? row->not_before
							     : row->look_at;
}

/* A job that is in no schedule any more has none, once its run is over. */
static int
show(const struct office *office, const struct docket_entry *entry)
{
	struct status status;

	if (entry->row.disabled && entry->row.state != STATES_RUNNING)
		return status_remove(&office->rooms, entry->client, entry->job);
	fill(office, entry, &status);
	return status_write(&office->rooms, &status);
}

void
tell_watchers(struct office *office)
{
	bool failed = false;
	size_t i;

	/* The event last: who has seen it finds the status it speaks of. */
	for (i = 0; i < office->docket.count; i++) {
		struct docket_entry *entry = &office->docket.entries[i];

		if (!entry->stale)
			continue;
		entry->stale = show(office, entry) != 0;
		failed = failed || entry->stale;
	}
	failed = events_catch_up(office->events) != 0 || failed;
	if (failed)
		office_look_in(office, OFFICE_HOLD);
}

static bool
take_status(void *arg, const struct status *status)
{
	struct office *office = arg;
	struct docket_entry *entry =
		docket_find(&office->docket, status->client, status->job);

	if (entry == NULL || entry->row.epoch != status->epoch ||
	    entry->row.state != status->state)
		return true;
	entry->stale = false;
	entry->seq = status->seq;
	snprintf(entry->whom, sizeof(entry->whom), "%s", status->whom);
	snprintf(entry->class, sizeof(entry->class), "%s", status->class);
	snprintf(entry->error, sizeof(entry->error), "%s", status->error);
	return true;
}

/* What a lost status file said, of a row that has none of its epoch: the number
 * of its latest event, and the latest failure since a success. */
static bool
take_event(void *arg, const struct journal_event *event)
{
	struct office *office = arg;
	struct docket_entry *entry =
		docket_find(&office->docket, event->client, event->job);

	if (entry == NULL || !entry->stale || event->to < 0)
		return true;
	entry->seq = event->seq;
	if (event->class[0] != '\0' ||
	    (event->to == STATES_FINISHED && event->from == STATES_RUNNING)) {
		snprintf(entry->class, sizeof(entry->class), "%s",
			 event->class);
		snprintf(entry->error, sizeof(entry->error), "%s",
			 event->message);
	}
	return true;
}

static void
take_events(struct office *office)
{
	int64_t first, last, after;
	size_t i = 0;

	while (i < office->docket.count && !office->docket.entries[i].stale)
		i++;
	if (i == office->docket.count ||
	    journal_events(office->journal, &first, &last) != 0)
		return;
	after = last > EVENTS ? last - EVENTS : 0;
	journal_each_event(office->journal, after, EVENTS, take_event, office);
}

void
tell_begin(struct office *office)
{
	size_t damaged, i;

	for (i = 0; i < office->docket.count; i++)
		office->docket.entries[i].stale =
			office->docket.entries[i].stored;
	status_each(&office->rooms, take_status, office, &damaged);
	take_events(office);
}
