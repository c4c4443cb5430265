/* logspan: a run's log in parts, at positions that its rotation leaves right.
 */
#include "look/logspan.h"
#include "check.h"
#include "scratch.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/times.h"

enum { FIRST = 1795608000, LINES = 3000 };

/* Lines "STAMP line N", a second apart. */
static int
write_lines(int folder, const char *name, int from, int to)
{
	char stamp[TIMES_SIZE];
	int fd = openat(folder, name, O_WRONLY | O_CREAT | O_APPEND, 0600), i;
	FILE *out = fd < 0 ? NULL : fdopen(fd, "a");

	if (out == NULL)
		return -1;
	for (i = from; i < to; i++) {
		times_format((FIRST + (int64_t)i) * 1000, stamp);
		fprintf(out, "%s line %d\n", stamp, i);
	}
	return fclose(out);
}

/* The N of the line that begins there; -1: no line does. */
static int
line_at(const struct logspan *span, int64_t at)
{
	char bytes[64] = "";
	int n;

	if (logspan_read(span, at, bytes, sizeof(bytes) - 1) < 0 ||
	    sscanf(bytes, "%*s line %d\n", &n) != 1)
		return -1;
	return n;
}

static int
a_run_that_said_nothing_has_an_empty_one(int folder)
{
	char text[LOGSPAN_POSITION], byte;
	struct logspan span;

	CHECK(logspan_open(&span, folder) == 0);
	CHECK(span.count == 0 && span.end == 0);
	logspan_position(&span, 0, text);
	CHECK(strcmp(text, "0-0") == 0);
	CHECK(logspan_find(&span, text) == 0);
	CHECK(logspan_read(&span, 0, &byte, 1) == 0);
	CHECK(logspan_back(&span, 0, 0, 10) == 0);
	CHECK(logspan_since(&span, 1) == 0 && logspan_line(&span, 0) == 0);
	logspan_close(&span);
	return 0;
}

static int
lines_are_found(int folder)
{
	struct logspan span;
	int64_t at;
	int i;

	CHECK(write_lines(folder, "log.1", 0, LINES) == 0);
	CHECK(write_lines(folder, "log", LINES, 2 * LINES) == 0);
	CHECK(logspan_open(&span, folder) == 0 && span.count == 2);
	for (i = 1; i < 2 * LINES; i += 7) {
		at = logspan_back(&span, span.end, 0, (size_t)i);
		CHECK(line_at(&span, at) == 2 * LINES - i);
		CHECK(logspan_line(&span, at + 5) == at);
		CHECK(logspan_line(&span, at) == at);
		CHECK(logspan_next_line(&span, at) == at);
		CHECK(line_at(&span, logspan_next_line(&span, at + 1)) ==
		      (i == 1 ? -1 : 2 * LINES - i + 1));
		CHECK(logspan_since(&span, (FIRST + 2 * LINES - i) * 1000LL) ==
		      at);
		CHECK(logspan_since(&span, (FIRST + 2 * LINES - i) * 1000LL -
						   999) == at);
	}
	CHECK(logspan_back(&span, span.end, 0, 2 * LINES) == 0);
	CHECK(logspan_back(&span, span.end, 0, 3 * LINES) == 0);
	CHECK(logspan_back(&span, span.end, 0, 0) == span.end);
	at = logspan_back(&span, span.end, 0, 500);
	CHECK(logspan_back(&span, span.end, at, 600) == at);
	CHECK(line_at(&span, logspan_back(&span, at, 0, 100)) ==
	      2 * LINES - 600);
	CHECK(logspan_since(&span, 0) == 0);
	CHECK(logspan_since(&span, INT64_MAX) == span.end);
	logspan_close(&span);
	return 0;
}

/* The end of log, and the middle of it, when it has become log.1 and when it is
 * no more. */
static int
positions_outlive_a_rotation(int folder)
{
	char end[LOGSPAN_POSITION], middle[LOGSPAN_POSITION];
	char old[LOGSPAN_POSITION];
	struct logspan span;

	CHECK(logspan_open(&span, folder) == 0);
	logspan_position(&span, span.end, end);
	logspan_position(&span, logspan_back(&span, span.end, 0, 10), middle);
	logspan_position(&span, logspan_back(&span, span.end, 0, 2 * LINES - 5),
			 old);
	logspan_close(&span);
	CHECK(logspan_is_position(end) && logspan_is_position(middle));
	CHECK(renameat(folder, "log", folder, "log.1") == 0);
	CHECK(logspan_open(&span, folder) == 0 && span.count == 1);
	CHECK(logspan_find(&span, end) == span.end);
	logspan_close(&span);
	CHECK(write_lines(folder, "log", 2 * LINES, 2 * LINES + 50) == 0);
	CHECK(logspan_open(&span, folder) == 0 && span.count == 2);
	CHECK(line_at(&span, logspan_find(&span, end)) == 2 * LINES);
	CHECK(line_at(&span, logspan_find(&span, middle)) == 2 * LINES - 10);
	CHECK(logspan_find(&span, old) == 0); /* its file is gone */
	CHECK(line_at(&span, 0) == LINES);
	logspan_close(&span);
	return 0;
}

static int
forms_are_checked(void)
{
	CHECK(logspan_is_position("0-0"));
	CHECK(logspan_is_position("1795608000123-4096"));
	CHECK(!logspan_is_position("") && !logspan_is_position("1"));
	CHECK(!logspan_is_position("1-") && !logspan_is_position("-1"));
	CHECK(!logspan_is_position("1-2-3") && !logspan_is_position("1--2"));
	CHECK(!logspan_is_position(" 1-2") && !logspan_is_position("1-2 "));
	CHECK(!logspan_is_position("1-99999999999999999999"));
	return 0;
}

/* Neither a link out of the folder nor a pipe is a log. */
static int
only_files_are_read(int folder)
{
	struct logspan span;

	CHECK(unlinkat(folder, "log", 0) == 0);
	CHECK(unlinkat(folder, "log.1", 0) == 0);
	CHECK(symlinkat("/etc/passwd", folder, "log") == 0);
	CHECK(logspan_open(&span, folder) == -1);
	CHECK(unlinkat(folder, "log", 0) == 0);
	CHECK(mkfifoat(folder, "log", 0600) == 0);
	CHECK(logspan_open(&span, folder) == -1);
	return 0;
}

int
main(void)
{
	char path[SCRATCH_SIZE];
	int folder, failed;

	if (scratch_make(path, "logspan") != 0 ||
	    (folder = open(path, O_RDONLY | O_DIRECTORY)) < 0)
		return 1;
	failed = a_run_that_said_nothing_has_an_empty_one(folder) ||
		 lines_are_found(folder) ||
		 positions_outlive_a_rotation(folder) || forms_are_checked() ||
		 only_files_are_read(folder);
	close(folder);
	return scratch_remove(path) != 0 || failed;
}
