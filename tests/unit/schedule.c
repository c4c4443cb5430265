/* schedule: what is refused and how (tests/fixtures/schedules), defaults, and
 * the grid of due points. */
#include "jobs/schedule.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

static const int64_t hour = 3600000;

/* "FILE:LINE: text" without FILE:, and our folder called HERE. */
static void
strip(const char *why, const char *here, char *out, size_t size)
{
	const char *at = strchr(why, ':') + 1, *own = strstr(at, here);

	if (own == NULL)
		snprintf(out, size, "%s", at);
	else
		snprintf(out, size, "%.*sHERE%s", (int)(own - at), at,
			 own + strlen(here));
}

static int
judge(const char *yaml, const char *expected)
{
	char here[256], got[1200] = "", *why;
	FILE *file = fopen("schedule.yaml", "w");
	struct schedule *schedule;

	if (file == NULL || fputs(yaml, file) < 0 || fclose(file) != 0 ||
	    getcwd(here, sizeof(here)) == NULL)
		abort();
	schedule = schedule_load("schedule.yaml", &why);
	if (why != NULL)
		strip(why, here, got, sizeof(got));
	free(why);
	if (strcmp(got, expected) == 0 &&
	    (*got != '\0') == (schedule == NULL)) {
		schedule_free(schedule);
		return 0;
	}
	schedule_free(schedule);
	printf("for <<%s>>\n  got      %s\n  expected %s\n", yaml, got,
	       expected);
	return 1;
}

static int
cases(FILE *data)
{
	char line[512], yaml[4096] = "";
	int failed = 0, count = 0;

	while (fgets(line, sizeof(line), data) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (*line == '#')
			continue;
		if (strncmp(line, "=>", 2) != 0) {
			size_t len = strlen(yaml);

			snprintf(yaml + len, sizeof(yaml) - len, "%s\n", line);
			continue;
		}
		failed += judge(yaml, line[2] == ' ' ? line + 3 : "");
		*yaml = '\0';
		count++;
	}
	fclose(data);
	CHECK(count > 50);
	return failed;
}

static struct schedule *
load(const char *yaml)
{
	char *why;
	struct config *root = config_parse("s.yaml", yaml, strlen(yaml), &why);
	struct schedule *schedule = schedule_of(root, &why);

	if (schedule == NULL) {
		puts(why);
		abort();
	}
	return schedule;
}

static int
defaults(void)
{
	struct schedule *s = load(
		"jobs: {a: {run: pipe, interval: 4h}, b: {run: other, "
		"interval: 15m, dependencies: [a], per: host},\n"
		" c: {run: pipe, interval: 6m, integration: github, retry: "
		"{base_delay: 1s, jitter: false}}}");
	const struct schedule_job *a = schedule_job(s, "a");
	const struct schedule_job *b = schedule_job(s, "b");
	const struct schedule_job *c = schedule_job(s, "c");
	struct states_rules rules;

	CHECK(s->job_count == 3 && schedule_job(s, "d") == NULL);
	CHECK(s->total == 4 && s->keep == 90 * 24 * hour);
	CHECK(s->floor == 100 << 20 && s->notify == NULL);
	CHECK(a->fast_recovery == hour / 2 && a->max_wait == 16 * hour);
	CHECK(a->timeout == 6 * hour && a->grace == 10000 && a->drain == 60000);
	CHECK(!a->per_host && a->integration == NULL && a->line == 1);
	CHECK(a->path[0] == '/' && strstr(a->path, "/pipe") != NULL);
	CHECK(b->fast_recovery == 112500 && b->max_wait == hour);
	CHECK(b->per_host && b->dependency_count == 1);
	CHECK(b->dependencies[0].job == 0 &&
	      b->dependencies[0].need == SCHEDULE_IDLE);
	CHECK(c->max_wait == hour && c->line == 2);
	CHECK(a->max_retries == 3 && a->retry.base == hour / 12 &&
	      a->retry.cap == hour / 2 && a->retry.factor == 2 &&
	      !a->retry.steady);
	CHECK(c->max_retries == 3 && c->retry.base == 1000 && c->retry.steady);
	CHECK(schedule_slots(s, "github") == 1);
	schedule_rules(b, 0, &rules);
	CHECK(rules.interval == hour / 4 && rules.max_wait == hour &&
	      rules.offset == schedule_offset(b, 0) &&
	      rules.fast_recovery == 112500 && rules.max_retries == 3);
	schedule_free(s);
	return 0;
}

static int
given(void)
{
	struct schedule *s = load(
		"slots: {total: 9, github: 2}\nfree_space: 1G\nkeep: 2d\n"
		"notify: ./tell\nretry: {max_retries: 1}\n"
		"jobs: {a: {run: pipe, interval: 1h, integration: github,\n"
		" timeout: 0s, grace: 1s, drain: 2s, max_wait: 3s, "
		"fast_recovery: 4s},\n"
		" b: {run: pipe, interval: 1h, retry: {max_retries: 7}, "
		"dependencies: {a: fresh}}}");
	const struct schedule_job *a = schedule_job(s, "a");
	const struct schedule_job *b = schedule_job(s, "b");

	CHECK(s->total == 9 && schedule_slots(s, "github") == 2 &&
	      schedule_slots(s, "jira") == 1);
	CHECK(s->floor == 1 << 30 && s->keep == 48 * hour);
	CHECK(strstr(s->notify, "/tell") != NULL);
	CHECK(a->timeout == 0 && a->grace == 1000 && a->drain == 2000 &&
	      a->max_wait == 3000 && a->fast_recovery == 4000);
	CHECK(a->max_retries == 1 && b->max_retries == 7);
	CHECK(b->dependencies[0].need == SCHEDULE_FRESH);
	schedule_free(s);
	return 0;
}

static int
offsets(const struct schedule_job *job)
{
	int64_t room =
		job->interval / 10 < hour / 6 ? job->interval / 10 : hour / 6;
	int64_t client, least = room, most = 0;

	for (client = 0; client < 200; client++) {
		int64_t offset = schedule_offset(job, client);

		CHECK(offset >= 0 && offset < room);
		CHECK(offset == schedule_offset(job, client));
		CHECK(room < 10000 || offset % 1000 == 0);
		least = offset < least ? offset : least;
		most = offset > most ? offset : most;
	}
	/* Spread over the room, not heaped. */
	CHECK(least < room / 10 && most > room - room / 10);
	return 0;
}

static int
points(const struct schedule_job *job)
{
	static const int64_t from[] = { 0,    -1, 1,	       1795000000000,
					-777, 5,  -9999999999, 4102444800000 };
	int64_t offset = schedule_offset(job, 1);
	size_t i;

	for (i = 0; i < sizeof(from) / sizeof(from[0]); i++) {
		int64_t next = schedule_next(job, 1, from[i]);

		CHECK(next > from[i] && next <= from[i] + job->interval);
		CHECK((next - offset) % job->interval == 0);
		CHECK(schedule_next(job, 1, next) == next + job->interval);
		CHECK(schedule_next(job, 1, next - 1) == next);
	}
	return 0;
}

/* An offset is part of people's days: it must not move with a new version. */
static int
grid(void)
{
	struct schedule *s = load(
		"jobs: {github_job: {run: pipe, interval: 4h}, tick: {run: "
		"pipe, interval: 1s}, ninety: {run: pipe, interval: 90s}}");
	size_t i;

	for (i = 0; i < s->job_count; i++)
		if (offsets(&s->jobs[i]) != 0 || points(&s->jobs[i]) != 0)
			return 1;
	CHECK(schedule_offset(&s->jobs[0], 1) == 117000);
	CHECK(schedule_offset(&s->jobs[0], 2) == 31000);
	schedule_free(s);
	return 0;
}

static void
executable(const char *name, mode_t mode)
{
	FILE *file = fopen(name, "w");

	if (file == NULL || fclose(file) != 0 || chmod(name, mode) != 0)
		abort();
}

int
main(void)
{
	static const char *const names[] = { "pipe", "other", "tell", "plain",
					     "schedule.yaml" };
	char folder[] = "/tmp/pulse-schedule-XXXXXX";
	FILE *data = fopen("tests/fixtures/schedules", "r");
	int failed;
	size_t i;

	if (data == NULL || mkdtemp(folder) == NULL || chdir(folder) != 0 ||
	    mkdir("folder", 0700) != 0)
		return 1;
	setenv("PULSE_HOME", "/nonexistent", 1);
	for (i = 0; i < 4; i++)
		executable(names[i], i < 3 ? 0700 : 0600);
	failed = cases(data);
	failed |= defaults() || given() || grid();
	for (i = 0; i < 5; i++)
		unlink(names[i]);
	failed |= rmdir("folder") != 0 || chdir("/") != 0 || rmdir(folder) != 0;
	schedule_free(NULL);
	return failed;
}
