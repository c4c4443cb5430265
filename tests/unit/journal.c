/* journal: what is written into state.db comes back, field by field; who is
 * late is told; history is paged and pruned. */
#include "jobs/journal.h"
#include "check.h"
#include "scratch.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/home.h"
#include "storage/store.h"

enum { DAY = 86400000 };
static const int64_t noon = 1795608000000; /* 2026-11-24T12:00:00Z */

/* share/ is found above the binary: units run in the top folder. */
static struct journal *
open_it(const char *path, bool write)
{
	enum outcome_class class;
	char *why = NULL;
	struct journal *journal = journal_open(path, write, &why, &class);

	if (journal == NULL)
		printf("%s\n", why);
	free(why);
	return journal;
}

static struct states_row
full_row(void)
{
	return (struct states_row){
		.state = STATES_PAUSED,
		.since = noon,
		.reason = STATES_EMERGENCY,
		.trigger = STATES_MANUAL,
		.want = STATES_KILL_ALL,
		.run = 17,
		.not_before = noon + 1,
		.floor = STATES_QUOTA,
		.look_at = noon + 2,
		.next_due = noon + 3,
		.retry_count = 4,
		.quota_count = 5,
		.start_failures = 6,
		.orphan_count = 7,
		.orphan_since = noon + 8,
		.incident_start = noon + 9,
		.probes = 10,
		.tier = STATES_EXTENDED,
		.last_result = STATES_ORPHANED,
		.last_end = noon + 11,
		.last_success = noon + 12,
		.missed = 13,
		.held = { STATES_ERROR, STATES_RETRY, STATES_DUE,
			  STATES_BREAKER, noon + 14 },
		.forced = true,
		.second_look = true,
		.disabled = true,
		.epoch = 15,
	};
}

/* Column by column, because structs have holes. */
static bool
is_same_row(const struct states_row *a, const struct states_row *b)
{
	return a->state == b->state && a->since == b->since &&
	       a->reason == b->reason && a->trigger == b->trigger &&
	       a->want == b->want && a->run == b->run &&
	       a->not_before == b->not_before && a->floor == b->floor &&
	       a->look_at == b->look_at && a->next_due == b->next_due &&
	       a->retry_count == b->retry_count &&
	       a->quota_count == b->quota_count &&
	       a->start_failures == b->start_failures &&
	       a->orphan_count == b->orphan_count &&
	       a->orphan_since == b->orphan_since &&
	       a->incident_start == b->incident_start &&
	       a->probes == b->probes && a->tier == b->tier &&
	       a->last_result == b->last_result && a->last_end == b->last_end &&
	       a->last_success == b->last_success && a->missed == b->missed &&
	       a->held.state == b->held.state &&
	       a->held.reason == b->held.reason &&
	       a->held.trigger == b->held.trigger &&
	       a->held.floor == b->held.floor &&
	       a->held.not_before == b->held.not_before &&
	       a->forced == b->forced && a->second_look == b->second_look &&
	       a->disabled == b->disabled && a->epoch == b->epoch;
}

static bool
keep_job(void *arg, const struct journal_job *job)
{
	*(struct journal_job *)arg = *job;
	return true;
}

static int
a_row_comes_back_whole(void)
{
	struct states_row full = full_row(), empty = { 0 }, row;
	struct journal *j = open_it("rows.db", true);
	struct journal_job last;

	/* A field more in the row wants a column and a line above. */
	CHECK(sizeof(struct states_row) == 200);
	CHECK(j != NULL);
	CHECK(journal_read_job(j, 1, "github_job", &row) == 0);
	CHECK(journal_save_job(j, 1, "github_job", &empty, -1) == 0);
	CHECK(journal_read_job(j, 1, "github_job", &row) == 1);
	CHECK(is_same_row(&row, &empty));
	CHECK(journal_save_job(j, 1, "github_job", &full, 0) == 0);
	CHECK(journal_read_job(j, 1, "github_job", &row) == 1);
	CHECK(is_same_row(&row, &full));
	CHECK(journal_save_job(j, 0, "sleep_job", &full, -1) == 0);
	CHECK(journal_save_job(j, 1, "a_job", &full, -1) == 0);
	CHECK(journal_each_job(j, keep_job, &last) == 0);
	CHECK(last.client == 1 && strcmp(last.job, "github_job") == 0);
	CHECK(is_same_row(&last.row, &full));
	journal_close(j);
	return 0;
}

static int
every_word_comes_back(void)
{
	struct journal *j = open_it("words.db", true);
	struct states_row row = { 0 }, back;
	int i;

	CHECK(j != NULL);
	CHECK(journal_save_job(j, 1, "j", &row, -1) == 0);
	for (i = 0; i < STATES_REASONS; i++) {
		row.state = (enum states_state)(i % STATES_COUNT);
		row.reason = (enum states_reason)i;
		row.want = (enum states_want)(i % STATES_WANTS);
		row.last_result = (enum states_result)(i % STATES_RESULTS);
		row.tier = (enum states_tier)(i % STATES_TIERS);
		row.held.state = row.state;
		CHECK(journal_save_job(j, 1, "j", &row, 0) == 0);
		CHECK(journal_read_job(j, 1, "j", &back) == 1);
		CHECK(is_same_row(&row, &back));
	}
	journal_close(j);
	return 0;
}

static int
who_is_late_is_told(void)
{
	struct journal *j = open_it("late.db", true);
	struct states_row row = { .epoch = 3 };

	CHECK(j != NULL);
	CHECK(journal_save_job(j, 1, "j", &row, 2) == 1);
	CHECK(journal_save_job(j, 1, "j", &row, -1) == 0);
	CHECK(journal_save_job(j, 1, "j", &row, -1) == 1);
	row.epoch = 4;
	CHECK(journal_save_job(j, 1, "j", &row, 2) == 1);
	CHECK(journal_save_job(j, 2, "j", &row, 3) == 1);
	CHECK(journal_save_job(j, 1, "j", &row, 3) == 0);
	CHECK(journal_save_job(j, 1, "j", &row, 3) == 1);
	journal_close(j);
	return 0;
}

static struct journal_run
full_run(void)
{
	return (struct journal_run){
		.client = 2,
		.job = "jira_job",
		.trigger = STATES_PROBE,
		.attempt = 3,
		.began = noon,
		.ended = noon + 5,
		.result = STATES_PARTIAL,
		.figures = {
			.verdict = { 121, OUTCOME_API_RATE_LIMIT, noon + 7,
				     "cannot fetch 'x': \xc3\xa9" },
			.how = FOLDER_DRAINED,
			.began = noon + 1,
			.ended = noon + 4,
			.took = 3,
			.user_ms = 11,
			.system_ms = 12,
			.peak_kb = 13,
			.leftovers = 14,
			.records = 15,
			.requests = 16,
			.bytes = 17,
			.rejected = 18,
			.response_ms = 19,
			.database_ms = 21,
			.stored = true,
		},
	};
}

static bool
is_same_run(const struct journal_run *a, const struct journal_run *b)
{
	const struct folder_result *f = &a->figures, *g = &b->figures;

	return a->id == b->id && a->client == b->client &&
	       strcmp(a->job, b->job) == 0 &&
	       strcmp(a->folder, b->folder) == 0 &&
	       a->standalone == b->standalone && a->trigger == b->trigger &&
	       a->attempt == b->attempt && a->began == b->began &&
	       a->ended == b->ended && a->result == b->result &&
	       f->verdict.code == g->verdict.code &&
	       f->verdict.class == g->verdict.class &&
	       f->verdict.not_before == g->verdict.not_before &&
	       strcmp(f->verdict.cause, g->verdict.cause) == 0 &&
	       f->how == g->how && f->began == g->began &&
	       f->ended == g->ended && f->took == g->took &&
	       f->user_ms == g->user_ms && f->system_ms == g->system_ms &&
	       f->peak_kb == g->peak_kb && f->leftovers == g->leftovers &&
	       f->records == g->records && f->requests == g->requests &&
	       f->bytes == g->bytes && f->rejected == g->rejected &&
	       f->response_ms == g->response_ms &&
	       f->database_ms == g->database_ms && f->stored == g->stored;
}

static int
a_run_comes_back_whole(void)
{
	struct journal *j = open_it("runs.db", true);
	struct journal_run run = full_run(), back;
	char own[FOLDER_ID];

	CHECK(j != NULL);
	CHECK(journal_add_run(j, &run) == 0 && run.id == 1);
	folder_id(2, "jira_job", 1, own);
	CHECK(strcmp(run.folder, own) == 0);
	CHECK(journal_read_run(j, 1, &back) == 1);
	CHECK(back.began == noon && back.ended == 0 && back.attempt == 3);
	CHECK(back.figures.took == 0 && *back.figures.verdict.cause == '\0');
	CHECK(journal_end_run(j, &run) == 0);
	CHECK(journal_read_run(j, 1, &back) == 1 && is_same_run(&run, &back));
	CHECK(strcmp(back.figures.run, run.folder) == 0);
	snprintf(run.folder, sizeof(run.folder), "2.jira_job.x20261124-7");
	run.standalone = true;
	CHECK(journal_has_folder(j, run.folder) == 0);
	CHECK(journal_add_run(j, &run) == 0 && run.id == 2);
	run.figures.verdict.cause[0] = '\xff';
	CHECK(journal_end_run(j, &run) == 0);
	CHECK(journal_has_folder(j, run.folder) == 1);
	CHECK(journal_has_folder(j, own) == 0);
	CHECK(journal_read_run(j, 2, &back) == 1);
	CHECK(strcmp(back.figures.verdict.cause,
		     "?annot fetch 'x': \xc3\xa9") == 0);
	CHECK(journal_add_run(j, &run) == -1);
	CHECK(journal_class(j) == OUTCOME_DATA_FORMAT);
	CHECK(journal_read_run(j, 3, &back) == 0);
	journal_close(j);
	return 0;
}

struct seen {
	int64_t ids[64];
	size_t count, stop;
};

static bool
note_run(void *arg, const struct journal_run *run)
{
	struct seen *seen = arg;

	seen->ids[seen->count++] = run->id;
	return seen->count != seen->stop;
}

static int
runs_are_paged_from_the_newest(void)
{
	struct journal *j = open_it("pages.db", true);
	struct journal_runs_ask ask = { .client = 1, .job = "a", .most = 4 };
	struct journal_run run = { .attempt = 1 };
	struct seen seen = { .count = 0 };
	int i;

	CHECK(j != NULL);
	for (i = 0; i < 20; i++) {
		run.client = 1 + i % 2;
		snprintf(run.job, sizeof(run.job), "%s", i < 10 ? "a" : "b");
		CHECK(journal_add_run(j, &run) == 0);
	}
	CHECK(journal_each_run(j, &ask, note_run, &seen) == 0);
	CHECK(seen.count == 4 && seen.ids[0] == 9 && seen.ids[3] == 3);
	ask.below = 3;
	CHECK(journal_each_run(j, &ask, note_run, &seen) == 0);
	CHECK(seen.count == 5 && seen.ids[4] == 1);
	seen.count = 0;
	ask = (struct journal_runs_ask){ .client = -1,
					 .job = NULL,
					 .most = 50 };
	CHECK(journal_each_run(j, &ask, note_run, &seen) == 0);
	CHECK(seen.count == 20 && seen.ids[0] == 20 && seen.ids[19] == 1);
	seen.count = 0;
	ask.client = 2;
	CHECK(journal_each_run(j, &ask, note_run, &seen) == 0);
	CHECK(seen.count == 10 && seen.ids[0] == 20);
	seen = (struct seen){ .stop = 2 };
	ask = (struct journal_runs_ask){ .client = -1, .job = "b", .most = 50 };
	CHECK(journal_each_run(j, &ask, note_run, &seen) == 0);
	CHECK(seen.count == 2 && seen.ids[0] == 20 && seen.ids[1] == 19);
	run = (struct journal_run){ .id = 5,
				    .ended = 1,
				    .result = STATES_FAILED };
	CHECK(journal_end_run(j, &run) == 0);
	seen.count = seen.stop = 0;
	ask = (struct journal_runs_ask){ .client = -1,
					 .most = 50,
					 .result = STATES_FAILED };
	CHECK(journal_each_run(j, &ask, note_run, &seen) == 0);
	CHECK(seen.count == 1 && seen.ids[0] == 5);
	ask.result = STATES_SUCCESS;
	CHECK(journal_each_run(j, &ask, note_run, &seen) == 0);
	CHECK(seen.count == 1);
	journal_close(j);
	return 0;
}

static int
runs_are_found_by_their_folder(void)
{
	struct journal *j = open_it("pages.db", true);
	struct journal_run run = { .client = 3, .standalone = true };

	CHECK(j != NULL);
	snprintf(run.job, sizeof(run.job), "c");
	snprintf(run.folder, sizeof(run.folder), "3.c.x20261124T060000.1Z-7");
	CHECK(journal_add_run(j, &run) == 0);
	CHECK(journal_find_run(j, "1.a.5", &run) == 1 && run.id == 5);
	CHECK(journal_find_run(j, "2.a.5", &run) == 0);
	CHECK(journal_find_run(j, "1.a.500", &run) == 0);
	CHECK(journal_find_run(j, "../1.a.5", &run) == 0);
	CHECK(journal_find_run(j, "3.c.x20261124T060000.1Z-7", &run) == 1);
	CHECK(run.client == 3 && run.standalone);
	CHECK(journal_find_run(j, "3.c.x20261124T060000.1Z-8", &run) == 0);
	journal_close(j);
	return 0;
}

static bool
keep_event(void *arg, const struct journal_event *event)
{
	*(struct journal_event *)arg = *event;
	return true;
}

static bool
is_same_event(const struct journal_event *a, const struct journal_event *b)
{
	return a->seq == b->seq && a->at == b->at &&
	       strcmp(a->type, b->type) == 0 && a->client == b->client &&
	       strcmp(a->job, b->job) == 0 && strcmp(a->run, b->run) == 0 &&
	       a->from == b->from && a->to == b->to && a->reason == b->reason &&
	       a->want == b->want && strcmp(a->command, b->command) == 0 &&
	       strcmp(a->by, b->by) == 0 && strcmp(a->class, b->class) == 0 &&
	       strcmp(a->message, b->message) == 0 && a->next == b->next;
}

static int
an_event_comes_back_whole(void)
{
	struct journal *j = open_it("events.db", true);
	struct journal_event full = { 0,
				      noon,
				      "job_error",
				      1,
				      "github_job",
				      "1.github_job.7",
				      STATES_RUNNING,
				      STATES_ERROR,
				      STATES_RETRY,
				      STATES_STOP,
				      "20261124T120000.000000Z-7-x",
				      "anna",
				      "network_timeout",
				      "cannot \"x\"\n",
				      noon + 9 };
	struct journal_event bare = { .at = noon + 1,
				      .type = "orchestrator_started",
				      .client = -1,
				      .from = -1,
				      .to = -1 };
	struct journal_event back;
	int64_t first, last;

	CHECK(j != NULL);
	CHECK(journal_events(j, &first, &last) == 0 && first == 0 && last == 0);
	CHECK(journal_add_event(j, &full) == 0 && full.seq == 1);
	CHECK(journal_each_event(j, 0, 10, keep_event, &back) == 0);
	CHECK(is_same_event(&full, &back));
	CHECK(journal_add_event(j, &bare) == 0 && bare.seq == 2);
	CHECK(journal_each_event(j, 1, 10, keep_event, &back) == 0);
	CHECK(is_same_event(&bare, &back));
	CHECK(journal_each_event(j, 0, 1, keep_event, &back) == 0);
	CHECK(back.seq == 1);
	full.at = noon + 5;
	full.from = STATES_ERROR;
	CHECK(journal_add_event(j, &full) == 0);
	CHECK(journal_events(j, &first, &last) == 0 && first == 1 && last == 3);
	journal_close(j);
	return 0;
}

static bool
keep_breaker(void *arg, const struct journal_breaker *breaker)
{
	*(struct journal_breaker *)arg = *breaker;
	return true;
}

static int
breakers_commands_and_numbers_come_back(void)
{
	struct journal *j = open_it("rest.db", true);
	struct journal_breaker breaker = { 1,
					   "github",
					   { BREAKER_HALF_OPEN,
					     BREAKER_FORCED_CLOSED, 3, 900000,
					     noon, noon + 1, 17 } };
	struct journal_breaker seen;
	struct command_answer answer = { "id-1", 202,	"RUNNING",
					 "stop", "due", "1.a.7",
					 5,	 9,	"0123456789abcdef",
					 "on it" };
	struct command_answer back;
	int64_t value = 7;

	CHECK(j != NULL);
	CHECK(journal_save_breaker(j, &breaker) == 0);
	CHECK(journal_each_breaker(j, keep_breaker, &seen) == 0);
	CHECK(seen.client == 1 && strcmp(seen.integration, "github") == 0);
	CHECK(memcmp(&seen.breaker, &breaker.breaker, sizeof(seen.breaker)) ==
	      0);
	breaker.breaker = (struct breaker){ 0 };
	CHECK(journal_save_breaker(j, &breaker) == 0);
	CHECK(journal_each_breaker(j, keep_breaker, &seen) == 0);
	CHECK(memcmp(&seen.breaker, &breaker.breaker, sizeof(seen.breaker)) ==
	      0);
	CHECK(journal_read_command(j, "id-1", &back) == 0);
	CHECK(journal_save_command(j, noon, &answer) == 0);
	CHECK(journal_read_command(j, "id-1", &back) == 1);
	CHECK(back.status == 202 && back.epoch == 5 && back.seq == 9);
	CHECK(strcmp(back.id, answer.id) == 0);
	CHECK(strcmp(back.state, answer.state) == 0);
	CHECK(strcmp(back.want, answer.want) == 0);
	CHECK(strcmp(back.reason, answer.reason) == 0);
	CHECK(strcmp(back.run, answer.run) == 0);
	CHECK(strcmp(back.gen, answer.gen) == 0);
	CHECK(strcmp(back.message, answer.message) == 0);
	CHECK(journal_save_command(j, noon, &answer) == -1);
	CHECK(journal_get(j, "held", &value) == 0 && value == 0);
	CHECK(journal_set(j, "held", 1) == 0);
	CHECK(journal_get(j, "held", &value) == 0 && value == 1);
	journal_close(j);
	return 0;
}

static int
fill(struct journal *j, int64_t *events)
{
	struct journal_event event = { .type = "job_queued",
				       .from = -1,
				       .to = -1 };
	struct journal_run run = { .attempt = 1 };
	struct command_answer answer = { .status = 200 };
	int i;

	CHECK(journal_begin(j) == 0);
	for (i = 0; i < 10500; i++) {
		event.at = noon + i;
		CHECK(journal_add_event(j, &event) == 0);
	}
	*events = event.seq;
	for (i = 0; i < 260; i++) {
		snprintf(run.job, sizeof(run.job), "%s", i < 150 ? "a" : "b");
		run.began = noon + i;
		run.ended = noon + i + 1;
		run.result = STATES_SUCCESS;
		run.figures.records = 3;
		CHECK(journal_add_run(j, &run) == 0);
		CHECK(i == 0 || journal_end_run(j, &run) == 0);
	}
	snprintf(answer.id, sizeof(answer.id), "old");
	CHECK(journal_save_command(j, noon, &answer) == 0);
	snprintf(answer.id, sizeof(answer.id), "new");
	CHECK(journal_save_command(j, noon + DAY, &answer) == 0);
	return journal_commit(j);
}

static bool
add_total(void *arg, const struct journal_total *total)
{
	int64_t *sums = arg;

	sums[0] += total->runs;
	sums[1] += total->records;
	sums[2] += total->result == STATES_SUCCESS ? total->runs : 0;
	return true;
}

static int
totals_are(struct journal *j, int64_t runs)
{
	int64_t sums[3] = { 0 };

	CHECK(journal_each_total(j, add_total, sums) == 0);
	CHECK(sums[0] == runs && sums[1] == 3 * runs && sums[2] == runs);
	return 0;
}

static int
pruning_keeps_what_is_promised(void)
{
	struct journal *j = open_it("prune.db", true);
	struct command_answer answer;
	struct journal_pruned pruned;
	struct journal_run run;
	int64_t first, last, events;

	CHECK(j != NULL && fill(j, &events) == 0);
	CHECK(journal_prune(j, noon, noon, &pruned) == 0);
	CHECK(pruned.events == 0 && pruned.runs == 0 && pruned.commands == 0);
	CHECK(journal_prune(j, noon + 100, noon, &pruned) == 0);
	CHECK(pruned.events == 100 && pruned.runs == 49);
	CHECK(totals_are(j, 259) == 0);
	CHECK(journal_prune(j, noon + DAY, noon + DAY + 1, &pruned) == 0);
	CHECK(pruned.events == 400 && pruned.commands == 1);
	CHECK(totals_are(j, 259) == 0);
	CHECK(pruned.runs == 10); /* of b; a's newest 100 are left */
	CHECK(journal_events(j, &first, &last) == 0);
	CHECK(first == 501 && last == events);
	CHECK(journal_read_run(j, 1, &run) == 1 && run.ended == 0);
	CHECK(journal_read_run(j, 2, &run) == 0);
	CHECK(journal_read_run(j, 51, &run) == 1);
	CHECK(journal_read_run(j, 160, &run) == 0);
	CHECK(journal_read_run(j, 161, &run) == 1);
	CHECK(journal_read_command(j, "old", &answer) == 0);
	CHECK(journal_read_command(j, "new", &answer) == 1);
	journal_close(j);
	return 0;
}

/* Numbers are never given twice, also when what bore them is gone. */
static int
a_database_keeps_its_name_and_numbers(void)
{
	struct journal *j = open_it("gen.db", true), *other;
	struct journal_event event = { .type = "x", .from = -1, .to = -1 };
	char gen[JOURNAL_GEN];

	CHECK(j != NULL && strlen(journal_gen(j)) == 16);
	snprintf(gen, sizeof(gen), "%s", journal_gen(j));
	CHECK(journal_add_event(j, &event) == 0 && event.seq == 1);
	CHECK(journal_begin(j) == 0);
	CHECK(journal_add_event(j, &event) == 0 && event.seq == 2);
	journal_rollback(j);
	journal_close(j);
	CHECK((j = open_it("gen.db", true)) != NULL);
	CHECK(strcmp(gen, journal_gen(j)) == 0);
	CHECK(journal_add_event(j, &event) == 0 && event.seq == 2);
	CHECK((other = open_it("other.db", true)) != NULL);
	CHECK(strcmp(gen, journal_gen(other)) != 0);
	journal_close(other);
	journal_close(j);
	return 0;
}

static int
a_reader_stands_beside_the_writer(void)
{
	struct journal *w = open_it("two.db", true), *r;
	struct journal_event event = { .type = "x", .from = -1, .to = -1 };
	struct states_row row = { 0 };
	enum outcome_class class;
	int64_t first, last;
	char *why;

	CHECK(w != NULL && (r = open_it("two.db", false)) != NULL);
	CHECK(journal_begin(w) == 0);
	CHECK(journal_add_event(w, &event) == 0);
	CHECK(journal_events(r, &first, &last) == 0 && last == 0);
	CHECK(journal_commit(w) == 0);
	CHECK(journal_begin(r) == 0);
	CHECK(journal_events(r, &first, &last) == 0 && last == 1);
	CHECK(journal_add_event(w, &event) == 0);
	CHECK(journal_events(r, &first, &last) == 0 && last == 1);
	CHECK(journal_commit(r) == 0);
	CHECK(journal_events(r, &first, &last) == 0 && last == 2);
	CHECK(journal_save_job(r, 1, "j", &row, -1) == -1);
	CHECK(journal_open("two.db", true, &why, &class) == NULL);
	CHECK(class == OUTCOME_DATABASE_LOCK);
	free(why);
	journal_close(r);
	journal_close(w);
	return 0;
}

static int
refuses(const char *path, bool write, const char *what)
{
	enum outcome_class class;
	char *why = NULL;

	CHECK(journal_open(path, write, &why, &class) == NULL);
	CHECK(class == OUTCOME_CONFIGURATION && strstr(why, what) != NULL);
	free(why);
	return 0;
}

static int
databases_are_not_taken_for_each_other(void)
{
	char *schema = home_share("schema");
	struct store_place place = { "pulse.db", schema, STORE_WRITE, 0,
				     STORE_WAREHOUSE };
	enum outcome_class class;
	char *why = NULL;

	CHECK(refuses("none.db", false, "pulse-sched makes it") == 0);
	store_close(store_open_at(&place, &why, &class));
	CHECK(refuses("pulse.db", true,
		      "a pulse.db of Pulse, not a state.db") == 0);
	CHECK(refuses("pulse.db", false, "not a state.db") == 0);
	place.path = "rows.db";
	CHECK(store_open_at(&place, &why, &class) == NULL);
	CHECK(strstr(why, "a state.db of Pulse, not a pulse.db") != NULL);
	free(why);
	free(schema);
	return 0;
}

static int
what_goes_wrong_has_a_class(void)
{
	struct journal *j = open_it("full.db", true);
	struct journal_event event = { .type = "x", .from = -1, .to = -1 };
	struct rlimit none = { 0, 0 }, old;
	struct states_row row = { 0 };
	struct stat size;

	CHECK(j != NULL);
	signal(SIGXFSZ, SIG_IGN);
	CHECK(getrlimit(RLIMIT_FSIZE, &old) == 0);
	CHECK(stat("full.db-wal", &size) == 0);
	none.rlim_cur = (rlim_t)size.st_size;
	none.rlim_max = old.rlim_max;
	CHECK(setrlimit(RLIMIT_FSIZE, &none) == 0);
	CHECK(journal_begin(j) == 0);
	CHECK(journal_save_job(j, 1, "j", &row, -1) == 0);
	CHECK(journal_add_event(j, &event) == 0);
	CHECK(journal_commit(j) == -1);
	CHECK(journal_class(j) == OUTCOME_DISK);
	journal_rollback(j);
	CHECK(setrlimit(RLIMIT_FSIZE, &old) == 0);
	CHECK(journal_begin(j) == 0);
	CHECK(journal_save_job(j, 1, "j", &row, -1) == 0);
	CHECK(journal_commit(j) == 0);
	journal_close(j);
	return 0;
}

/* The time of a transition, told and not judged. */
static int
transitions_are_fast(void)
{
	struct journal *j = open_it("fast.db", true);
	struct journal_event event = { .client = 1,
				       .type = "job_queued",
				       .job = "github_job",
				       .to = STATES_PENDING };
	struct states_row row = full_row();
	int64_t began;
	int i;

	CHECK(j != NULL);
	row.epoch = 0;
	CHECK(journal_save_job(j, 1, "github_job", &row, -1) == 0);
	began = clock_monotonic();
	for (i = 0; i < 5000; i++) {
		row.epoch = i + 1;
		CHECK(journal_begin(j) == 0);
		CHECK(journal_save_job(j, 1, "github_job", &row, i) == 0);
		CHECK(journal_add_event(j, &event) == 0);
		CHECK(journal_commit(j) == 0);
	}
	printf("%lld transitions a second\n",
	       5000LL * 1000 / (long long)(clock_monotonic() - began + 1));
	journal_close(j);
	return 0;
}

static int
tests(void)
{
	return a_row_comes_back_whole() || every_word_comes_back() ||
	       who_is_late_is_told() || a_run_comes_back_whole() ||
	       runs_are_paged_from_the_newest() ||
	       runs_are_found_by_their_folder() ||
	       an_event_comes_back_whole() ||
	       breakers_commands_and_numbers_come_back() ||
	       pruning_keeps_what_is_promised() ||
	       a_database_keeps_its_name_and_numbers() ||
	       a_reader_stands_beside_the_writer() ||
	       databases_are_not_taken_for_each_other() ||
	       what_goes_wrong_has_a_class() || transitions_are_fast();
}

int
main(void)
{
	static const char *const files[] = {
		"rows",	 "words", "late", "runs",  "pages", "events", "rest",
		"prune", "gen",	  "two",  "other", "pulse", "full",   "fast",
	};
	static const char *const endings[] = { "", "-wal", "-shm", ".lock" };
	char folder[SCRATCH_SIZE], name[64];
	size_t i, k;
	int failed;

	if (scratch_enter(folder, "journal") != 0)
		return 1;
	failed = tests();
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		for (k = 0; k < 4; k++) {
			snprintf(name, sizeof(name), "%s.db%s", files[i],
				 endings[k]);
			unlink(name);
		}
	return rmdir(folder) != 0 || failed;
}
