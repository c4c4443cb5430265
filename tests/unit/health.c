/* health: what the checks say of jobs, breakers, locks and the latch, which
 * only a scheduler makes; the rest is health-check.bats. */
#include "health/health.h"
#include "check.h"
#include "scratch.h"

#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "jobs/journal.h"
#include "jobs/latch.h"
#include "jobs/lock.h"

enum { HOUR = 3600000 };

static struct rooms
new_rooms(void)
{
	char folder[SCRATCH_SIZE], *why;
	struct rooms rooms;

	if (scratch_make(folder, "health") != 0 ||
	    rooms_open(&rooms, folder, true, &why) != 0)
		abort();
	return rooms;
}

/* The pipelines are not found from where units are. */
static void
write_schedule(const struct rooms *rooms, char *path, size_t size)
{
	FILE *out;

	snprintf(path, size, "%s/schedule.yaml", rooms->path);
	if ((out = fopen(path, "w")) == NULL)
		abort();
	fputs("jobs:\n"
	      "  github_job: {run: /bin/true, interval: 4h, "
	      "fast_recovery: 30m, integration: github}\n"
	      "  jira_job: {run: /bin/true, interval: 6h, "
	      "fast_recovery: 30m, integration: jira}\n",
	      out);
	fclose(out);
}

static void
put_job(struct journal *journal, int64_t client, const char *job,
	const struct states_row *row)
{
	if (journal_begin(journal) != 0 ||
	    journal_save_job(journal, client, job, row, -1) != 0 ||
	    journal_commit(journal) != 0)
		abort();
}

static void
put_failed_run(struct journal *journal, int64_t client, const char *job)
{
	struct journal_run run = { .client = client,
				   .attempt = 1,
				   .began = clock_now() - HOUR };

	snprintf(run.job, sizeof(run.job), "%s", job);
	if (journal_begin(journal) != 0 || journal_add_run(journal, &run) != 0)
		abort();
	run.ended = clock_now() - HOUR / 2;
	run.result = STATES_FAILED;
	run.figures.verdict.code = 77;
	run.figures.verdict.class = OUTCOME_AUTHENTICATION;
	snprintf(run.figures.verdict.cause, sizeof(run.figures.verdict.cause),
		 "the token was refused");
	if (journal_end_run(journal, &run) != 0 || journal_commit(journal) != 0)
		abort();
}

static const struct finding *
find(const struct findings *found, const char *check, const char *subject,
     int64_t client)
{
	size_t i;

	for (i = 0; i < found->count; i++)
		if (strcmp(found->items[i].check, check) == 0 &&
		    found->items[i].client == client &&
		    found->items[i].subject != NULL &&
		    strcmp(found->items[i].subject, subject) == 0)
			return &found->items[i];
	return NULL;
}

static bool
says(const struct finding *finding, enum finding_level level, int code,
     const char *words)
{
	if (finding != NULL && finding->level == level &&
	    finding->code == code && strstr(finding->message, words) != NULL)
		return true;
	if (finding == NULL)
		printf("no such finding\n");
	else
		printf("%s %d: %s\n", findings_level(finding->level),
		       finding->code, finding->message);
	return false;
}

static void
look(const struct rooms *rooms, const char *const *only, struct findings *found)
{
	char schedule[4096];
	const struct health_options options = { .spool = rooms->path,
						.schedule = schedule,
						.only = only,
						.offline = true };

	write_schedule(rooms, schedule, sizeof(schedule));
	*found = (struct findings){ 0 };
	health_run(&options, found);
}

static void
fill(struct journal *journal, int64_t now)
{
	put_job(journal, 1, "github_job",
		&(struct states_row){ .state = STATES_ERROR,
				      .reason = STATES_MANUAL_FIX,
				      .last_success = now - 20 * HOUR });
	put_failed_run(journal, 1, "github_job");
	put_job(journal, 2, "github_job",
		&(struct states_row){ .state = STATES_ERROR,
				      .reason = STATES_RETRY,
				      .retry_count = 2,
				      .not_before = now + HOUR,
				      .last_success = now - 3 * HOUR });
	put_job(journal, 1, "jira_job",
		&(struct states_row){ .state = STATES_RUNNING,
				      .reason = STATES_STUCK,
				      .last_success = now - HOUR });
	put_job(journal, 2, "jira_job",
		&(struct states_row){ .state = STATES_FINISHED,
				      .next_due = now - 5 * HOUR,
				      .last_success = now - 5 * HOUR });
	put_job(journal, 3, "jira_job",
		&(struct states_row){ .state = STATES_PAUSED,
				      .reason = STATES_HOLD,
				      .last_success = now - 90 * HOUR });
	put_job(journal, 3, "github_job",
		&(struct states_row){ .state = STATES_FINISHED,
				      .next_due = now + HOUR,
				      .disabled = true });
}

static int
jobs(const struct rooms *rooms, int64_t now)
{
	static const char *const only[] = { "jobs", "fresh", "control", NULL };
	struct findings found;

	look(rooms, only, &found);
	CHECK(says(find(&found, "jobs", "github_job", 1), FINDING_FAIL, 77,
		   "the token was refused; it does not pass by itself"));
	CHECK(says(find(&found, "jobs", "github_job", 2), FINDING_WARN, 0,
		   "ERROR; next try 20"));
	CHECK(says(find(&found, "jobs", "jira_job", 1), FINDING_FAIL, 71,
		   "a dead run's processes hold its lock"));
	CHECK(says(find(&found, "jobs", "jira_job", 2), FINDING_OK, 0,
		   "FINISHED"));
	CHECK(says(find(&found, "jobs", "jira_job", 3), FINDING_NOTE, 0,
		   "somebody paused it"));
	CHECK(find(&found, "jobs", "github_job", 3) == NULL);
	CHECK(says(find(&found, "fresh", "github_job", 1), FINDING_WARN, 0,
		   "of 20h ago, and should be of 8h"));
	CHECK(says(find(&found, "fresh", "github_job", 2), FINDING_OK, 0, ""));
	CHECK(says(find(&found, "fresh", "jira_job", 3), FINDING_NOTE, 0, ""));
	CHECK(says(find(&found, "jobs", "github", 2), FINDING_FAIL, 69,
		   "the breaker is open after 3 failures"));
	CHECK(find(&found, "jobs", "jira", 1) == NULL);
	CHECK(says(find(&found, "control", "pulse-sched", 0), FINDING_WARN, 0,
		   "it does not run: jira_job has been due for 5h"));
	CHECK(says(find(&found, "control", "orchestrator", 0), FINDING_WARN, 0,
		   "no job starts by itself"));
	CHECK(says(find(&found, "control", "latch", 0), FINDING_OK, 0, ""));
	CHECK(findings_code(&found) == 77);
	CHECK(now > 0);
	findings_free(&found);
	return 0;
}

static int
one_client(const struct rooms *rooms)
{
	static const char *const only[] = { "jobs", NULL };
	const struct health_options options = { .spool = rooms->path,
						.client = "2",
						.only = only,
						.offline = true };
	struct findings found = { 0 };

	health_run(&options, &found);
	CHECK(find(&found, "jobs", "github_job", 1) == NULL);
	CHECK(find(&found, "jobs", "github_job", 2) != NULL);
	findings_free(&found);
	return 0;
}

static int
latch(const struct rooms *rooms)
{
	static const char *const only[] = { "control", NULL };
	struct findings found;

	CHECK(latch_set(rooms, true) == 0);
	look(rooms, only, &found);
	CHECK(says(find(&found, "control", "latch", 0), FINDING_FAIL, 69,
		   "nothing starts"));
	findings_free(&found);
	CHECK(latch_set(rooms, false) == 0);
	return 0;
}

/* Holds a lock in the name of a process, or of nobody. */
static pid_t
hold(const struct rooms *rooms, const char *name, bool sign, pid_t whose)
{
	struct lock_holder card = { .run = "1.x.7" };
	int told[2], lock;
	pid_t child;
	char byte;

	if (pipe(told) != 0 || (child = fork()) < 0)
		abort();
	if (child > 0) {
		if (read(told[0], &byte, 1) != 1)
			abort();
		close(told[0]);
		close(told[1]);
		return child;
	}
	lock = lock_take(rooms, name);
	process_identify(whose != 0 ? whose : getpid(), &card.process);
	if (whose != 0)
		card.process.start--; /* another process of that number */
	if (lock < 0 || (sign && lock_sign(lock, &card) != 0) ||
	    write(told[1], "x", 1) != 1)
		_exit(1);
	alarm(60);
	pause();
	_exit(0);
}

static int
locks(const struct rooms *rooms)
{
	static const char *const only[] = { "locks", NULL };
	pid_t holders[3];
	struct findings found;
	int i;

	holders[0] = hold(rooms, "1.well", true, 0);
	holders[1] = hold(rooms, "1.stuck", true, getpid());
	holders[2] = hold(rooms, "2.nameless", false, 0);
	look(rooms, only, &found);
	for (i = 0; i < 3; i++) {
		kill(holders[i], SIGKILL);
		waitpid(holders[i], NULL, 0);
	}
	CHECK(says(find(&found, "locks", "1.well", 1), FINDING_OK, 0,
		   "run 1.x.7 is under way"));
	CHECK(says(find(&found, "locks", "1.stuck", 1), FINDING_FAIL, 71,
		   "run 1.x.7 is gone"));
	CHECK(says(find(&found, "locks", "2.nameless", 2), FINDING_WARN, 0,
		   "does not say by whom"));
	CHECK(findings_code(&found) == 71);
	findings_free(&found);
	look(rooms, only, &found);
	CHECK(found.count == 1 && findings_code(&found) == 0);
	findings_free(&found);
	return 0;
}

int
main(void)
{
	struct rooms rooms = new_rooms();
	enum outcome_class class;
	int64_t now = clock_now();
	char path[4096], *why;
	struct journal *journal;
	int failed;
	const struct journal_breaker breaker = {
		2,
		"github",
		{ .state = BREAKER_OPEN, .failures = 3, .until = now + HOUR }
	};

	snprintf(path, sizeof(path), "%s/state.db", rooms.path);
	journal = journal_open(path, true, &why, &class);
	CHECK(journal != NULL);
	fill(journal, now);
	CHECK(journal_begin(journal) == 0);
	CHECK(journal_save_breaker(journal, &breaker) == 0);
	CHECK(journal_set(journal, "held", 1) == 0);
	CHECK(journal_commit(journal) == 0);
	journal_close(journal);
	failed = jobs(&rooms, now) | one_client(&rooms) | latch(&rooms) |
		 locks(&rooms);
	scratch_remove(rooms.path);
	rooms_close(&rooms);
	return failed;
}
