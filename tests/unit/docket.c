/* docket: the jobs in memory, as schedule and clients change. */
#include "lead/docket.h"

#include "check.h"

enum { HOUR = 3600 * 1000 };

static struct schedule_job jobs[] = {
	{ .name = "a",
	  .interval = HOUR,
	  .fast_recovery = 60000,
	  .integration = "github" },
	{ .name = "b", .interval = 2 * HOUR, .fast_recovery = 60000 },
	{ .name = "h",
	  .interval = HOUR,
	  .fast_recovery = 60000,
	  .per_host = true },
};
static struct settings_client clients[] = { { .id = 1 }, { .id = 7 } };

static int
each_client_has_each_job_and_the_host_its_own(void)
{
	struct schedule schedule = { .jobs = jobs, .job_count = 3 };
	struct settings settings = { .clients = clients, .client_count = 2 };
	struct docket docket = { 0 };

	docket_fit(&docket, &schedule, &settings);
	CHECK(docket.count == 5);
	CHECK(docket.circuit_count == 2);
	CHECK(docket_find(&docket, 0, "h") != NULL);
	CHECK(docket_find(&docket, 1, "h") == NULL);
	CHECK(docket_find(&docket, 7, "b")->rules.interval == 2 * HOUR);
	CHECK(docket_find(&docket, 7, "b")->circuit == DOCKET_NO_CIRCUIT);
	CHECK(docket_find(&docket, 7, "a")->circuit ==
	      docket_circuit(&docket, 7, "github"));
	CHECK(docket_circuit(&docket, 1, "jira") == DOCKET_NO_CIRCUIT);
	docket_free(&docket);
	return 0;
}

/* An entry keeps its place for life: descriptors are known by it. */
static int
what_left_the_schedule_keeps_its_place(void)
{
	struct schedule schedule = { .jobs = jobs, .job_count = 3 };
	struct schedule shorter = { .jobs = jobs + 1, .job_count = 1 };
	struct settings settings = { .clients = clients, .client_count = 2 };
	struct docket docket = { 0 };
	ptrdiff_t place;

	docket_fit(&docket, &schedule, &settings);
	place = docket_find(&docket, 7, "b") - docket.entries;
	docket_fit(&docket, &shorter, &settings);
	CHECK(docket.count == 5);
	CHECK(docket_find(&docket, 7, "b") - docket.entries == place);
	CHECK(docket_find(&docket, 7, "b")->plan == &jobs[1]);
	CHECK(docket_find(&docket, 7, "a")->plan == NULL);
	CHECK(docket_find(&docket, 7, "a")->circuit == DOCKET_NO_CIRCUIT);
	docket_fit(&docket, &schedule, &settings);
	CHECK(docket.count == 5);
	CHECK(docket_find(&docket, 7, "a")->plan == &jobs[0]);
	docket_free(&docket);
	return 0;
}

static int
a_row_is_looked_at_once_for_each_of_its_times(void)
{
	struct docket_entry entry = {
		.plan = &jobs[0],
		.row = { .state = STATES_FINISHED, .next_due = 500 },
	};

	CHECK(docket_wake(&entry) == 1);
	entry.looked = 100;
	CHECK(docket_wake(&entry) == 500);
	entry.items_at = 300;
	CHECK(docket_wake(&entry) == 300);
	entry.looked = 300;
	CHECK(docket_wake(&entry) == 500);
	entry.looked = 500;
	CHECK(docket_wake(&entry) == 0);
	entry.gate_at = 700; /* counts while it waits for a gate */
	CHECK(docket_wake(&entry) == 0);
	entry.row.state = STATES_PENDING;
	entry.row.look_at = 900;
	CHECK(docket_wake(&entry) == 700);
	entry.plan = NULL;
	CHECK(docket_wake(&entry) == 0);
	return 0;
}

/* Who still runs takes a slot, though its job is gone. */
static int
the_view_shows_what_is_planned_and_what_runs(void)
{
	struct schedule schedule = { .jobs = jobs, .job_count = 2 };
	struct schedule shorter = { .jobs = jobs, .job_count = 1 };
	struct settings settings = { .clients = clients, .client_count = 1 };
	struct docket docket = { 0 };
	struct gates_view view = { .last_client = 7 };
	size_t *which;

	docket_fit(&docket, &schedule, &settings);
	docket_fit(&docket, &shorter, &settings);
	docket_view(&docket, &shorter, &view, &which);
	CHECK(view.count == 1 && which[0] == 0 && view.last_client == 7);
	CHECK(view.breaker_count == 1 && view.breakers[0].client == 1);
	docket_drop_view(&view, which);
	docket_find(&docket, 1, "b")->row.state = STATES_RUNNING;
	docket_view(&docket, &shorter, &view, &which);
	CHECK(view.count == 2);
	CHECK(view.jobs[1].job == NULL && which[1] == 1);
	docket_drop_view(&view, which);
	docket_free(&docket);
	return 0;
}

int
main(void)
{
	return each_client_has_each_job_and_the_host_its_own() ||
	       what_left_the_schedule_keeps_its_place() ||
	       a_row_is_looked_at_once_for_each_of_its_times() ||
	       the_view_shows_what_is_planned_and_what_runs();
}
