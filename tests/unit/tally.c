/* tally: sums of the tools' lines, and a mark that changes with the cursors */
#include "run/tally.h"
#include "check.h"
#include "scratch.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct rooms rooms;

static void
put(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	if (file == NULL || fputs(text, file) < 0 || fclose(file) != 0)
		abort();
}

static int
requests_add_up(void)
{
	struct folder_result result = { 0 };
	int folder = open(".", O_RDONLY | O_DIRECTORY);

	tally_requests(folder, &result); /* no file */
	CHECK(result.requests == 0 && result.response_ms == 0);
	put("requests",
	    "{\"records\":10,\"requests\":3,\"bytes\":1000,\"response_ms\":100}"
	    "\nnonsense\n{\"records\":-1,\"requests\":\"x\"}\n"
	    "{\"records\":5,\"requests\":1,\"bytes\":7,\"response_ms\":20,"
	    "\"rejected\":2}\n{\"database_ms\":30}\n{\"database_ms\":4}\n{"
	    "\"records\":99,\"requests\":99");
	tally_requests(folder, &result);
	CHECK(result.records == 15 && result.requests == 4);
	CHECK(result.bytes == 1007 && result.rejected == 2);
	CHECK(result.response_ms == 80 && result.database_ms == 34);
	close(folder);
	return 0;
}

static int
a_mark_tells_cursors_apart(void)
{
	char none[FOLDER_MARK], one[FOLDER_MARK], two[FOLDER_MARK];

	tally_mark(&rooms, 1, "a_job", none);
	CHECK(none[0] == '\0');
	CHECK(mkdir("spool/checkpoints", 0700) == 0);
	CHECK(mkdir("spool/checkpoints/1", 0700) == 0);
	put("spool/checkpoints/1/a_job.json", "{\"a\":1}");
	tally_mark(&rooms, 1, "a_job", one);
	CHECK(strncmp(one, "7-", 2) == 0);
	put("spool/checkpoints/1/a_job.json", "{\"a\":2}");
	tally_mark(&rooms, 1, "a_job", two);
	CHECK(strcmp(one, two) != 0);
	put("spool/checkpoints/1/a_job.json", "{\"a\":1}");
	tally_mark(&rooms, 1, "a_job", two);
	CHECK(strcmp(one, two) == 0);
	tally_mark(&rooms, 2, "a_job", two);
	CHECK(two[0] == '\0');
	return 0;
}

static int
children_cost(void)
{
	struct folder_result result = { 0 };
	pid_t pid = fork();

	if (pid == 0) {
		size_t size = 32 << 20, i;
		volatile char *room = malloc(size);

		for (i = 0; room != NULL && i < size; i += 4096)
			room[i] = 1;
		_exit(0);
	}
	CHECK(waitpid(pid, NULL, 0) == pid);
	tally_usage(&result);
	CHECK(result.peak_kb > 32 << 10);
	return 0;
}

int
main(void)
{
	char folder[SCRATCH_SIZE];
	char *why;
	int failed;

	umask(077);
	if (scratch_enter(folder, "tally") != 0 ||
	    rooms_open(&rooms, "spool", true, &why) != 0)
		return 1;
	failed = requests_add_up() || a_mark_tells_cursors_apart() ||
		 children_cost();
	rooms_close(&rooms);
	return scratch_remove(folder) != 0 || failed;
}
