#include "lead/docket.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/msg.h"
#include "jobs/folder.h"

struct docket_entry *
docket_find(struct docket *docket, int64_t client, const char *job)
{
	size_t i;

	for (i = 0; i < docket->count; i++)
		if (docket->entries[i].client == client &&
		    strcmp(docket->entries[i].job, job) == 0)
			return &docket->entries[i];
	return NULL;
}

static struct docket_entry *
add(struct docket *docket, int64_t client, const char *job)
{
	struct docket_entry *entry;

	docket->entries = msg_realloc(docket->entries,
				      (docket->count + 1) * sizeof(*entry));
	entry = &docket->entries[docket->count++];
	memset(entry, 0, sizeof(*entry));
	entry->client = client;
	entry->circuit = DOCKET_NO_CIRCUIT;
	entry->pidfd = -1;
	entry->exit_code = -1;
	memccpy(entry->job, job, '\0', sizeof(entry->job) - 1);
	return entry;
}

static bool
take_row(void *arg, const struct journal_job *job)
{
	struct docket_entry *entry = add(arg, job->client, job->job);

	entry->row = job->row;
	entry->stored = true;
	return true;
}

int
docket_circuit(const struct docket *docket, int64_t client,
	       const char *integration)
{
	size_t i;

	for (i = 0; i < docket->circuit_count; i++)
		if (docket->circuits[i].now.client == client &&
		    strcmp(docket->circuits[i].now.integration, integration) ==
			    0)
			return (int)i;
	return DOCKET_NO_CIRCUIT;
}

static int
add_circuit(struct docket *docket, int64_t client, const char *integration)
{
	int i = docket_circuit(docket, client, integration);
	struct journal_breaker *breaker;

	if (i != DOCKET_NO_CIRCUIT)
		return i;
	docket->circuits = msg_realloc(docket->circuits,
				       (docket->circuit_count + 1) *
					       sizeof(*docket->circuits));
	memset(&docket->circuits[docket->circuit_count], 0,
	       sizeof(*docket->circuits));
	breaker = &docket->circuits[docket->circuit_count].now;
	breaker->client = client;
	memccpy(breaker->integration, integration, '\0',
		sizeof(breaker->integration) - 1);
	return (int)docket->circuit_count++;
}

static bool
take_breaker(void *arg, const struct journal_breaker *breaker)
{
	struct docket *docket = arg;
	int i = add_circuit(docket, breaker->client, breaker->integration);

	docket->circuits[i].now.breaker = breaker->breaker;
	return true;
}

int
docket_read(struct docket *docket, struct journal *journal)
{
	if (journal_each_job(journal, take_row, docket) != 0)
		return -1;
	return journal_each_breaker(journal, take_breaker, docket);
}

static void
recall_one(struct docket *docket, const struct rooms *rooms,
	   struct docket_entry *entry)
{
	struct folder_spec spec;
	char id[FOLDER_ID];
	int folder;

	folder_id(entry->client, entry->job, entry->row.run, id);
	folder = folder_open(rooms, id);
	if (folder < 0)
		return;
	if (folder_read_spec(folder, &spec) == 0) {
		if (spec.integration != NULL)
			entry->circuit = add_circuit(docket, entry->client,
						     spec.integration);
		folder_spec_free(&spec);
	}
	close(folder);
}

void
docket_recall(struct docket *docket, const struct rooms *rooms)
{
	size_t i;

	for (i = 0; i < docket->count; i++)
		if (docket->entries[i].row.state == STATES_RUNNING)
			recall_one(docket, rooms, &docket->entries[i]);
}

static void
fit_one(struct docket *docket, int64_t client, const struct schedule_job *job)
{
	struct docket_entry *entry = docket_find(docket, client, job->name);

	if (entry == NULL)
		entry = add(docket, client, job->name);
	entry->plan = job;
	schedule_rules(job, client, &entry->rules);
	if (job->integration != NULL)
		add_circuit(docket, client, job->integration);
	docket_join_circuit(docket, entry);
}

void
docket_join_circuit(const struct docket *docket, struct docket_entry *entry)
{
	const struct schedule_job *plan = entry->plan;
	bool runs = entry->row.state == STATES_RUNNING;

	if (runs && entry->circuit != DOCKET_NO_CIRCUIT)
		return;
	entry->circuit = plan == NULL || plan->integration == NULL
				 ? DOCKET_NO_CIRCUIT
				 : docket_circuit(docket, entry->client,
						  plan->integration);
}

void
docket_fit(struct docket *docket, const struct schedule *schedule,
	   const struct settings *settings)
{
	size_t i, k;

	for (i = 0; i < docket->count; i++) {
		docket->entries[i].plan = NULL;
		docket_join_circuit(docket, &docket->entries[i]);
	}
	for (i = 0; i < schedule->job_count; i++)
		if (schedule->jobs[i].per_host)
			fit_one(docket, 0, &schedule->jobs[i]);
	for (k = 0; k < settings->client_count; k++)
		for (i = 0; i < schedule->job_count; i++)
			if (!schedule->jobs[i].per_host)
				fit_one(docket, settings->clients[k].id,
					&schedule->jobs[i]);
}

void
docket_free(struct docket *docket)
{
	size_t i;

	for (i = 0; i < docket->count; i++)
		if (docket->entries[i].pidfd >= 0)
			close(docket->entries[i].pidfd);
	free(docket->entries);
	free(docket->circuits);
	memset(docket, 0, sizeof(*docket));
}

static void
sooner(int64_t at, int64_t after, int64_t *best)
{
	if (at > after && (*best == 0 || at < *best))
		*best = at;
}

int64_t
docket_wake(const struct docket_entry *entry)
{
	int64_t best = 0;

	if (entry->plan == NULL)
		return 0;
	if (entry->looked == 0)
		return 1;
	sooner(states_look(&entry->row), entry->looked, &best);
	sooner(entry->items_at, entry->looked, &best);
	if (entry->row.state == STATES_PENDING)
		sooner(entry->gate_at, entry->looked, &best);
	return best;
}

void
docket_view(const struct docket *docket, const struct schedule *schedule,
	    struct gates_view *view, size_t **which)
{
	struct gates_job *jobs = msg_calloc(docket->count + 1, sizeof(*jobs));
	struct gates_breaker *breakers =
		msg_calloc(docket->circuit_count + 1, sizeof(*breakers));
	size_t i;

	*which = msg_calloc(docket->count + 1, sizeof(**which));
	view->schedule = schedule;
	view->count = 0;
	for (i = 0; i < docket->count; i++) {
		const struct docket_entry *entry = &docket->entries[i];

		if (entry->plan == NULL && entry->row.state != STATES_RUNNING)
			continue;
		(*which)[view->count] = i;
		jobs[view->count++] = (struct gates_job){
			.client = entry->client,
			.job = entry->plan,
			.row = &entry->row,
			.runs_on = entry->circuit == DOCKET_NO_CIRCUIT
					   ? NULL
					   : docket->circuits[entry->circuit]
						     .now.integration,
		};
	}
	for (i = 0; i < docket->circuit_count; i++)
		breakers[i] = (struct gates_breaker){
			docket->circuits[i].now.client,
			docket->circuits[i].now.integration,
			&docket->circuits[i].now.breaker
		};
	view->jobs = jobs;
	view->breakers = breakers;
	view->breaker_count = docket->circuit_count;
}

void
docket_drop_view(struct gates_view *view, size_t *which)
{
	free((void *)view->jobs);
	free((void *)view->breakers);
	free(which);
}
