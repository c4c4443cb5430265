/* runlog: stamped lines, cut and rotated; a full disk holds nobody up */
#include "run/runlog.h"
#include "check.h"
#include "scratch.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STAMP = 25 };

static int folder;

/* The log so far, without the stamps. */
static const char *
said(void)
{
	static char text[64 << 10], plain[64 << 10];
	FILE *file = fopen("log", "r");
	size_t at = 0;

	plain[0] = '\0';
	while (file != NULL && fgets(text, sizeof(text), file) != NULL) {
		if (strlen(text) <= STAMP || text[10] != 'T' ||
		    text[STAMP - 1] != ' ' || text[STAMP - 2] != 'Z')
			return "a line without a stamp";
		at += (size_t)snprintf(plain + at, sizeof(plain) - at, "%s",
				       text + STAMP);
	}
	if (file != NULL)
		fclose(file);
	return plain;
}

static void
take(struct runlog *log, const char *text)
{
	runlog_take(log, text, strlen(text));
}

static int
lines_are_stamped(void)
{
	struct runlog *log = runlog_open(folder, false);

	CHECK(access("log", F_OK) != 0); /* made with the first line */
	take(log, "one\ntw");
	CHECK(strcmp(said(), "one\n") == 0);
	take(log, "o\n\n\033[1m\r");
	runlog_say(log, "own %d", 7);
	take(log, "\nend");
	runlog_close(log);
	CHECK(strcmp(said(),
		     "one\ntwo\n\npulse-run: own 7\n\033[1m\r\nend\n") == 0);
	log = runlog_open(folder, false);
	take(log, "more\n"); /* behind what is there */
	runlog_close(log);
	CHECK(strstr(said(), "end\nmore\n") != NULL);
	unlink("log");
	runlog_close(NULL);
	return 0;
}

static int
long_lines_are_cut(void)
{
	struct runlog *log = runlog_open(folder, false);
	static char line[3 * 8192 + 2];
	struct stat st;

	memset(line, 'x', sizeof(line));
	line[8192] = '\n'; /* a full line is not followed by an empty one */
	runlog_take(log, line, 8193);
	CHECK(stat("log", &st) == 0 && st.st_size == STAMP + 8193);
	line[8192] = 'x';
	line[sizeof(line) - 1] = '\n'; /* three pieces and one byte */
	runlog_take(log, line, sizeof(line));
	CHECK(stat("log", &st) == 0);
	CHECK(st.st_size == 5 * (STAMP + 1) + 4 * 8192 + 1);
	runlog_close(log);
	unlink("log");
	return 0;
}

static int
a_large_log_is_rotated(void)
{
	struct runlog *log = runlog_open(folder, false);
	static char chunk[64 << 10];
	struct stat st;
	size_t i;

	for (i = 0; i < sizeof(chunk); i++)
		chunk[i] = i % 64 == 63 ? '\n' : 'x';
	for (i = 0; i < 190; i++) /* 16.5 MiB with the stamps */
		runlog_take(log, chunk, sizeof(chunk));
	CHECK(stat("log.1", &st) == 0 && st.st_size > 16 << 20);
	CHECK(stat("log", &st) == 0 && st.st_size < 2 << 20);
	CHECK(runlog_dropped(log) == 0);
	for (i = 0; i < 190; i++)
		runlog_take(log, chunk, sizeof(chunk));
	CHECK(runlog_dropped(log) > 180 * 1024);
	CHECK(stat("log.1", &st) == 0 && st.st_size > 16 << 20);
	unlink("log"); /* the note stands where the new file began */
	runlog_close(log);
	unlink("log.1");
	return 0;
}

static void
allow(rlim_t bytes)
{
	struct rlimit limit = { bytes, RLIM_INFINITY };

	setrlimit(RLIMIT_FSIZE, &limit);
}

static int
a_full_disk_holds_nobody_up(void)
{
	struct runlog *log = runlog_open(folder, false);

	signal(SIGXFSZ, SIG_IGN);
	allow(60);
	take(log, "fits\n");
	take(log, "does not fit\nnor does this one\n");
	CHECK(strcmp(said(), "fits\n") == 0); /* no torn line either */
	take(log, "too much\n");
	CHECK(runlog_dropped(log) == 3);
	allow(RLIM_INFINITY);
	take(log, "there is room again\n");
	CHECK(strcmp(said(), "fits\npulse-run: 3 lines were dropped so far: "
			     "File too large\n"
			     "there is room again\n") == 0);
	allow(0);
	take(log, "lost\n");
	allow(RLIM_INFINITY);
	runlog_close(log); /* says it at the end, too */
	CHECK(strstr(said(), "again\npulse-run: 4 lines were dropped so far") !=
	      NULL);
	unlink("log");
	log = runlog_open(-1, false); /* no file at all */
	take(log, "lost\n");
	CHECK(runlog_dropped(log) == 1);
	runlog_close(log);
	return 0;
}

int
main(void)
{
	char where[SCRATCH_SIZE];
	int failed;

	if (scratch_enter(where, "runlog") != 0 ||
	    (folder = open(".", O_RDONLY | O_DIRECTORY)) < 0)
		return 1;
	failed = lines_are_stamped() || long_lines_are_cut() ||
		 a_large_log_is_rotated() || a_full_disk_holds_nobody_up();
	return scratch_remove(where) != 0 || failed;
}
