/* jobboard: what changes in a spool is seen without looking at all of it, also
 * when the spool is made later or made anew. */
#include "web/jobboard.h"
#include "check.h"
#include "scratch.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "jobs/latch.h"
#include "jobs/lock.h"
#include "web/loop.h"

struct heard {
	size_t count, others, progress;
	char job[NAMES_SIZE];
	int64_t done;
};

static void
hear(void *arg, const struct overview_job *job)
{
	struct heard *heard = arg;

	heard->count++;
	heard->others += job == NULL;
	if (job == NULL)
		return;
	memcpy(heard->job, job->status.job, sizeof(heard->job));
	heard->progress += job->pace.samples > 0;
	heard->done = job->pace.done;
}

static struct status
status_of(int64_t client, const char *job, enum states_state state)
{
	struct status status = { .client = client, .state = state };

	snprintf(status.job, sizeof(status.job), "%s", job);
	if (state == STATES_RUNNING)
		folder_id(client, job, 7, status.run);
	return status;
}

static int
write_job(const struct rooms *rooms, int64_t client, const char *job,
	  enum states_state state)
{
	struct status status = status_of(client, job, state);

	return status_write(rooms, &status);
}

static int
a_spool_that_comes_later_is_seen(struct web *web)
{
	struct jobboard *board = jobboard_open(web);
	struct overview *o = jobboard_look(board);
	struct rooms rooms;
	char *why;

	CHECK(!o->there && o->count == 0);
	CHECK(mkdir("home", 0700) == 0);
	CHECK(!jobboard_look(board)->there);
	CHECK(rooms_open(&rooms, web->spool, true, &why) == 0);
	CHECK(jobboard_look(board)->there && jobboard_look(board)->count == 0);
	CHECK(write_job(&rooms, 2, "a", STATES_PENDING) == 0);
	CHECK(write_job(&rooms, 1, "b", STATES_ERROR) == 0);
	CHECK(write_job(&rooms, 1, "a", STATES_PENDING) == 0);
	o = jobboard_look(board);
	CHECK(o->count == 3 && o->several && !o->leader && !o->latched);
	CHECK(o->jobs[0].status.client == 1 &&
	      strcmp(o->jobs[0].status.job, "a") == 0);
	CHECK(strcmp(o->jobs[1].status.job, "b") == 0);
	CHECK(o->jobs[2].status.client == 2);
	CHECK(status_remove(&rooms, 1, "b") == 0);
	CHECK(jobboard_look(board)->count == 2);
	CHECK(overview_find(o, 1, "b") == NULL && overview_find(o, 2, "a"));
	rooms_close(&rooms);
	jobboard_close(board);
	return 0;
}

static int
what_is_about_no_job_is_told_as_such(struct web *web)
{
	struct jobboard *board = jobboard_open(web);
	struct heard heard = { 0 };
	struct rooms rooms;
	char *why;
	uint64_t version;
	int leader;

	jobboard_listen(board, hear, &heard);
	CHECK(rooms_open(&rooms, web->spool, true, &why) == 0);
	version = jobboard_version(board);
	CHECK(!jobboard_look(board)->latched && heard.count == 0);
	CHECK(jobboard_version(board) == version);
	CHECK(latch_set(&rooms, true) == 0);
	CHECK(jobboard_look(board)->latched && heard.others == 1);
	CHECK(jobboard_version(board) > version);
	CHECK(latch_set(&rooms, false) == 0);
	CHECK(!jobboard_look(board)->latched && heard.others == 2);
	leader = lock_take(&rooms, "leader");
	CHECK(leader >= 0);
	CHECK(lock_sign(leader, &(struct lock_holder){ .run = "" }) == 0);
	CHECK(jobboard_look(board)->leader && heard.others == 3);
	close(leader);
	while (jobboard_look(board)->leader)
		loop_turn(web->loop);
	CHECK(heard.others == 4);
	rooms_close(&rooms);
	jobboard_close(board);
	return 0;
}

static int
append(const struct rooms *rooms, int done)
{
	char line[200], path[] = "1.a.7/progress";
	int fd, len;

	fd = openat(rooms->run, path, O_WRONLY | O_CREAT | O_APPEND, 0600);
	len = snprintf(line, sizeof(line),
		       "{\"tool\":\"t\",\"done\":%d,\"total\":100,\"op\":\"x\","
		       "\"at\":\"2026-11-24T12:00:00.000Z\"}\n",
		       done);
	if (fd < 0 || write(fd, line, (size_t)len) != len)
		return -1;
	return close(fd);
}

/* The last one is told though nothing follows it. */
static int
progress_is_told_twice_a_second(struct web *web)
{
	struct jobboard *board = jobboard_open(web);
	struct heard heard = { 0 };
	struct rooms rooms;
	int64_t began;
	char *why;
	int i;

	jobboard_listen(board, hear, &heard);
	CHECK(rooms_open(&rooms, web->spool, true, &why) == 0);
	CHECK(mkdirat(rooms.run, "1.a.7", 0700) == 0);
	CHECK(write_job(&rooms, 1, "a", STATES_RUNNING) == 0);
	CHECK(jobboard_look(board)->count == 2 && heard.count == 1);
	began = clock_monotonic();
	for (i = 1; i <= 50; i++) {
		CHECK(append(&rooms, i) == 0);
		loop_turn(web->loop);
	}
	while (heard.done != 50)
		loop_turn(web->loop);
	CHECK(heard.progress >= 1);
	CHECK((int64_t)heard.progress <= 2 + (clock_monotonic() - began) / 500);
	CHECK(jobboard_look(board)->jobs[0].pace.percent == 50);
	CHECK(write_job(&rooms, 1, "a", STATES_FINISHED) == 0);
	CHECK(jobboard_look(board)->jobs[0].pace.samples == 0);
	rooms_close(&rooms);
	jobboard_close(board);
	return 0;
}

static int
a_spool_made_anew_is_another(struct web *web)
{
	struct jobboard *board = jobboard_open(web);
	struct rooms rooms;
	char *why;

	CHECK(jobboard_look(board)->count == 2);
	CHECK(rename("home/spool", "home/old") == 0);
	CHECK(!jobboard_look(board)->there);
	CHECK(rooms_open(&rooms, web->spool, true, &why) == 0);
	CHECK(jobboard_look(board)->there && jobboard_look(board)->count == 0);
	CHECK(write_job(&rooms, 3, "c", STATES_PENDING) == 0);
	CHECK(jobboard_look(board)->count == 1);
	CHECK(write(openat(rooms.status, "3.d", O_WRONLY | O_CREAT, 0600), "x",
		    1) == 1);
	CHECK(renameat(rooms.status, "3.d", rooms.status, "3.e") == 0);
	CHECK(jobboard_look(board)->damaged == 1);
	CHECK(write_job(&rooms, 3, "e", STATES_PENDING) == 0);
	CHECK(jobboard_look(board)->damaged == 0);
	CHECK(jobboard_look(board)->count == 2);
	rooms_close(&rooms);
	jobboard_close(board);
	return 0;
}

int
main(void)
{
	char folder[SCRATCH_SIZE], spool[SCRATCH_SIZE + 16];
	struct web web = { .spool = spool };
	int failed;

	umask(077);
	if (scratch_enter(folder, "jobboard") != 0)
		return 1;
	snprintf(spool, sizeof(spool), "%s/home/spool", folder);
	web.loop = loop_new();
	failed = a_spool_that_comes_later_is_seen(&web) ||
		 what_is_about_no_job_is_told_as_such(&web) ||
		 progress_is_told_twice_a_second(&web) ||
		 a_spool_made_anew_is_another(&web);
	loop_free(web.loop);
	return scratch_remove(folder) != 0 || failed;
}
