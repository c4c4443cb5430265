/* folder: what is written about a run is read again, or is seen to be damaged
 */
#include "jobs/folder.h"
#include "check.h"
#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "jobs/lock.h"

static struct rooms rooms;
static char file[] = "/opt/a_job", word[] = "two words \"\n";
static char *argv_of[] = { file, word, NULL };
static const struct folder_spec spec = {
	.client = 7,
	.job = "a_job",
	.argv = argv_of,
	.timeout = 1,
	.grace = 10000,
	.drain = 60000,
	.not_before = 5,
	.attempt = 2,
	.trigger = "due",
	.integration = "github",
	.items = "{\"a\":1}\n",
};

static int
ids_have_a_form(void)
{
	char id[FOLDER_ID], job[NAMES_SIZE];
	int64_t client, run;
	size_t i;
	static const char *const bad[] = {
		"",
		"1",
		"1.a",
		"1.a.",
		"1.a.0",
		"1.a.-1",
		"x.a.1",
		"1.A.1",
		"1..1",
		"1.a.x",
		"1.a.1/",
		"1.a.x/1",
		"../a.1",
		".1.a.1",
		"1.a.1.1",
		"1.a.1 ",
		"1.a.y1",
		"-1.a.1",
		"1.a.1234567890123456789",
	};

	folder_id(7, "a_job", 12, id);
	CHECK(strcmp(id, "7.a_job.12") == 0);
	CHECK(folder_parse(id, &client, job, &run));
	CHECK(client == 7 && strcmp(job, "a_job") == 0 && run == 12);
	folder_id_alone(0, "b", 1795519080123, id);
	CHECK(strncmp(id, "0.b.x20261124T111800.123Z-", 26) == 0);
	CHECK(folder_parse(id, &client, job, &run));
	CHECK(client == 0 && strcmp(job, "b") == 0 && run == 0);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (folder_parse(bad[i], &client, job, &run))
			printf("%s\n", bad[i]);
		CHECK(!folder_parse(bad[i], &client, job, &run));
	}
	return 0;
}

static int
a_spec_is_read_as_written(void)
{
	struct folder_spec got;
	int folder;

	CHECK(folder_make(&rooms, "7.a_job.1", &spec) == 0);
	folder = folder_open(&rooms, "7.a_job.1");
	CHECK(folder >= 0 && folder_read_spec(folder, &got) == 0);
	CHECK(got.client == 7 && strcmp(got.job, "a_job") == 0);
	CHECK(strcmp(got.argv[0], file) == 0 && strcmp(got.argv[1], word) == 0);
	CHECK(got.argv[2] == NULL && got.timeout == 1 && got.grace == 10000);
	CHECK(got.drain == 60000 && got.not_before == 5 && got.attempt == 2);
	CHECK(got.config == NULL && strcmp(got.trigger, "due") == 0);
	CHECK(strcmp(got.integration, "github") == 0);
	folder_spec_free(&got);
	CHECK(faccessat(folder, "items", F_OK, 0) == 0);
	CHECK(folder_claim(folder) == 0);
	CHECK(folder_claim(folder) == -1 && errno == ENOENT);
	CHECK(folder_revoke(folder) == -1 && errno == ENOENT);
	unlinkat(folder, "spec", 0);
	CHECK(folder_read_spec(folder, &got) == -1 && errno == ENOENT);
	close(openat(folder, "spec", O_CREAT | O_WRONLY, 0600));
	CHECK(folder_read_spec(folder, &got) == -1 && errno == EBADMSG);
	close(folder);
	return 0;
}

static int
started_is_read_as_written(void)
{
	struct folder_started us = { .sid = 4, .pgid = 5, .at = 1795519080123 };
	struct folder_started got;
	int folder;

	CHECK(folder_make(&rooms, "7.a_job.2", &spec) == 0);
	folder = folder_open(&rooms, "7.a_job.2");
	CHECK(folder_read_started(folder, &got) == -1 && errno == ENOENT);
	CHECK(folder_claim(folder) == 0);
	CHECK(folder_read_started(folder, &got) == -1 && errno == EBADMSG);
	CHECK(process_identify(getpid(), &us.process) == 0);
	snprintf(us.cursors, sizeof(us.cursors), "12-abc");
	CHECK(folder_write_started(folder, &us) == 0);
	CHECK(folder_read_started(folder, &got) == 0);
	CHECK(memcmp(&got.process, &us.process, sizeof(us.process)) == 0);
	CHECK(got.sid == 4 && got.pgid == 5 && got.at == us.at);
	CHECK(strcmp(got.cursors, "12-abc") == 0);
	close(folder);
	return 0;
}

static const struct folder_result result = {
	.run = "7.a_job.3",
	.verdict = { .code = 75,
		     .class = OUTCOME_API_RATE_LIMIT,
		     .not_before = 1795519080000,
		     .cause = "fetch: a=b\nend 3 00000000" },
	.how = FOLDER_DRAINED,
	.began = 1795519080123,
	.ended = 1795519090123,
	.took = 10000,
	.user_ms = 1,
	.system_ms = 2,
	.peak_kb = 3,
	.leftovers = 4,
	.records = 5,
	.requests = 6,
	.bytes = INT64_MAX,
	.rejected = 7,
	.response_ms = 8,
	.database_ms = 12,
	.stored = true,
};

static int
a_result_is_read_as_written(void)
{
	struct folder_result got;
	int folder;

	CHECK(folder_make(&rooms, "7.a_job.3", &spec) == 0);
	folder = folder_open(&rooms, "7.a_job.3");
	CHECK(folder_prepare_result(folder) == 0);
	CHECK(folder_read_result(folder, &got) == SETTLE_ABSENT);
	CHECK(folder_write_result(folder, &result) == 0);
	CHECK(faccessat(folder, "result.tmp", F_OK, 0) != 0);
	CHECK(folder_read_result(folder, &got) == SETTLE_WHOLE);
	CHECK(strcmp(got.verdict.cause, "fetch: a=b end 3 00000000") == 0);
	snprintf(got.verdict.cause, VERDICT_CAUSE, "%s", result.verdict.cause);
	CHECK(memcmp(&got, &result, sizeof(got)) == 0);
	close(folder);
	return 0;
}

/* Every cut of the file, and every byte of it changed, is seen. */
static int
damage_is_seen(void)
{
	struct folder_result got;
	char paper[4096];
	int folder = folder_open(&rooms, "7.a_job.3"), fd;
	ssize_t len, i;

	fd = openat(folder, "result", O_RDWR);
	len = pread(fd, paper, sizeof(paper), 0);
	CHECK(len > 200);
	for (i = 0; i < len; i++) {
		char changed = (char)(paper[i] ^ 1);

		CHECK(pwrite(fd, &changed, 1, i) == 1);
		CHECK(folder_read_result(folder, &got) == SETTLE_DAMAGED);
		CHECK(pwrite(fd, &paper[i], 1, i) == 1);
	}
	CHECK(folder_read_result(folder, &got) == SETTLE_WHOLE);
	for (i = len - 1; i >= 0; i--) {
		CHECK(ftruncate(fd, i) == 0);
		CHECK(folder_read_result(folder, &got) == SETTLE_DAMAGED);
	}
	close(fd);
	CHECK(folder_set_aside(folder) == 0);
	CHECK(folder_read_result(folder, &got) == SETTLE_ABSENT);
	CHECK(faccessat(folder, "bad-result", F_OK, 0) == 0);
	close(folder);
	return 0;
}

static int
a_view_is_what_is_there(void)
{
	struct folder_started us = { .at = 1 };
	struct lock_holder holder = { .run = "7.a_job.4" };
	struct settle_view view;
	int folder, lock;

	folder_view(&rooms, "7.a_job.4", &view);
	CHECK(!view.folder && view.same_boot && !view.alive && !view.lock_held);
	CHECK(folder_make(&rooms, "7.a_job.4", &spec) == 0);
	folder_view(&rooms, "7.a_job.4", &view);
	CHECK(view.folder && view.ticket && !view.revoked && view.same_boot);
	CHECK(!view.started);
	folder = folder_open(&rooms, "7.a_job.4");
	lock = lock_take(&rooms, "7.a_job");
	CHECK(process_identify(getpid(), &holder.process) == 0);
	CHECK(lock_sign(lock, &holder) == 0 && folder_claim(folder) == 0);
	folder_view(&rooms, "7.a_job.4", &view);
	CHECK(!view.ticket && view.started && view.lock_held && view.alive);
	CHECK(view.same_boot);
	folder_view(&rooms, "7.a_job.3", &view);
	CHECK(!view.lock_held && view.others_lock && !view.alive);
	us.process = holder.process;
	CHECK(folder_write_started(folder, &us) == 0 &&
	      ftruncate(lock, 0) == 0);
	folder_view(&rooms, "7.a_job.4", &view);
	CHECK(view.lock_held && !view.others_lock && view.alive);
	close(lock);
	snprintf(us.process.boot, PROCESS_BOOT, "before");
	CHECK(folder_write_started(folder, &us) == 0);
	folder_view(&rooms, "7.a_job.4", &view);
	CHECK(!view.lock_held && !view.alive && !view.same_boot);
	CHECK(folder_write_result(folder, &result) == 0); /* of another run */
	folder_view(&rooms, "7.a_job.4", &view);
	CHECK(view.result == SETTLE_DAMAGED && !view.swept);
	close(folder);
	return 0;
}

/* As when state.db was lost, and numbers begin anew. */
static int
an_old_folder_makes_room(void)
{
	struct lock_holder holder = { .run = "7.a_job.5" };
	struct folder_result got;
	int folder, lock = lock_take(&rooms, "7.a_job");

	CHECK(folder_make(&rooms, "7.a_job.5", &spec) == 0);
	folder = folder_open(&rooms, "7.a_job.5");
	CHECK(folder_write_result(folder, &result) == 0);
	close(folder);
	CHECK(process_identify(getpid(), &holder.process) == 0);
	CHECK(lock_sign(lock, &holder) == 0);
	CHECK(folder_make(&rooms, "7.a_job.5", &spec) == -1 && errno == EEXIST);
	close(lock);
	CHECK(folder_make(&rooms, "7.a_job.5", &spec) == 0);
	folder = folder_open(&rooms, "7.a_job.5");
	CHECK(folder_read_result(folder, &got) == SETTLE_ABSENT);
	CHECK(folder_claim(folder) == 0);
	close(folder);
	return 0;
}

static int
points_to_the_last_one_alone(void)
{
	char id[FOLDER_ID];

	CHECK(folder_pointed(&rooms, 7, "a_job", id) == -1 && errno == ENOENT);
	CHECK(folder_point(&rooms, "7.a_job.x1") == 0);
	CHECK(folder_point(&rooms, "7.a_job.x2") == 0);
	CHECK(folder_pointed(&rooms, 7, "a_job", id) == 0);
	CHECK(strcmp(id, "7.a_job.x2") == 0);
	CHECK(folder_point(&rooms, "nonsense") == -1 && errno == EINVAL);
	return 0;
}

static int
removes_without_following(void)
{
	int folder = folder_open(&rooms, "7.a_job.4");

	CHECK(mkdir("keep", 0700) == 0 && mkdir("keep/me", 0700) == 0);
	CHECK(symlinkat("../../../keep", folder, "link") == 0);
	CHECK(mkdirat(folder, "sub", 0700) == 0);
	CHECK(mkdirat(folder, "sub/sub", 0700) == 0);
	CHECK(folder_remove(&rooms, "7.a_job.4") == 0);
	CHECK(folder_open(&rooms, "7.a_job.4") == -1 && errno == ENOENT);
	CHECK(access("keep/me", F_OK) == 0);
	CHECK(folder_remove(&rooms, "7.a_job.4") == -1 && errno == ENOENT);
	close(folder);
	return 0;
}

int
main(void)
{
	char folder[SCRATCH_SIZE];
	char *why;
	int failed;

	umask(077);
	if (scratch_enter(folder, "folder") != 0 ||
	    rooms_open(&rooms, "spool", true, &why) != 0)
		return 1;
	failed = ids_have_a_form() || a_spec_is_read_as_written() ||
		 started_is_read_as_written() ||
		 a_result_is_read_as_written() || damage_is_seen() ||
		 a_view_is_what_is_there() || an_old_folder_makes_room() ||
		 points_to_the_last_one_alone() || removes_without_following();
	rooms_close(&rooms);
	return scratch_remove(folder) != 0 || failed;
}
