/* checkpoint: cursor files, and which line is what. */
#include "storage/checkpoint.h"
#include "check.h"
#include "scratch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void
put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	if (f == NULL || fputs(text, f) < 0 || fclose(f) != 0)
		abort();
}

static int
reads_cursors_byte_for_byte(void)
{
	const char *scope, *cursor, *at;
	struct checkpoint *c;
	char *why = NULL;
	size_t len;

	put("c.json", " {\"acme/web\":{\"n\": 1.10},\"acme\\/api\":\"text\","
		      "\"b\\u00e9\":[1, 2]}\n");
	CHECK((c = checkpoint_load("c.json", &why)) != NULL);
	at = checkpoint_cursor(c, "acme/web", &len);
	CHECK(at != NULL && len == 11 && memcmp(at, "{\"n\": 1.10}", 11) == 0);
	at = checkpoint_cursor(c, "acme/api", &len);
	CHECK(at != NULL && len == 6 && memcmp(at, "\"text\"", 6) == 0);
	at = checkpoint_cursor(c, "b\xc3\xa9", &len);
	CHECK(at != NULL && len == 6 && memcmp(at, "[1, 2]", 6) == 0);
	CHECK(checkpoint_cursor(c, "acme", &len) == NULL);
	CHECK(checkpoint_each(c, 0, &scope, &cursor, &len));
	CHECK(strcmp(scope, "acme/api") == 0 && len == 6);
	CHECK(checkpoint_each(c, 2, &scope, &cursor, &len));
	CHECK(strcmp(scope, "b\xc3\xa9") == 0);
	CHECK(!checkpoint_each(c, 3, &scope, &cursor, &len));
	checkpoint_free(c);
	return 0;
}

static int
an_absent_file_has_none(void)
{
	struct checkpoint *c;
	char *why = NULL;
	size_t len;

	CHECK((c = checkpoint_load("nowhere.json", &why)) != NULL);
	CHECK(checkpoint_cursor(c, "acme/api", &len) == NULL);
	checkpoint_free(c);
	put("empty.json", "{}");
	CHECK((c = checkpoint_load("empty.json", &why)) != NULL);
	CHECK(checkpoint_cursor(c, "acme/api", &len) == NULL);
	checkpoint_free(c);
	checkpoint_free(NULL);
	return 0;
}

static int
refuses_damage(void)
{
	static const char *const bad[] = {
		"",
		" ",
		"[]",
		"{",
		"{\"a\":1}x",
		"{\"a\":1,\"a\":2}",
		"null",
		"{\"a\":1,\"\\u0061\":2}",
		"{\"\\ud800\":1}",
	};
	struct checkpoint *c;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char *why = NULL;

		put("bad.json", bad[i]);
		c = checkpoint_load("bad.json", &why);
		CHECK(c == NULL && why != NULL);
		CHECK(strncmp(why, "bad.json: damaged", 17) == 0);
		free(why);
	}
	return 0;
}

static int
replaces_the_file_whole(void)
{
	struct checkpoint *c;
	struct stat st;
	char *why;
	size_t len;

	CHECK(checkpoint_replace("cps", "1", "github_job", "{\"a\":1}", 7) ==
	      0);
	CHECK(checkpoint_replace("cps", "1", "github_job", "{\"a\":22}", 8) ==
	      0);
	CHECK(stat("cps/1", &st) == 0 && (st.st_mode & 0777) == 0700);
	c = checkpoint_load("cps/1/github_job.json", &why);
	CHECK(c != NULL && checkpoint_cursor(c, "a", &len) != NULL);
	CHECK(len == 2);
	checkpoint_free(c);
	CHECK(checkpoint_replace("cps", "../x", "../../y", "{}", 2) == 0);
	CHECK(access("cps/%2E.%2Fx/%2E.%2F..%2Fy.json", F_OK) == 0);
	put("file", "");
	CHECK(checkpoint_replace("file", "1", "j", "{}", 2) == -1);
	CHECK(errno == ENOTDIR);
	return 0;
}

static int
names_lines(void)
{
	static const struct {
		const char *line;
		enum checkpoint_line is;
	} cases[] = {
		{ "{\"type\":\"checkpoint\",\"client\":1}", LINE_CHECKPOINT },
		{ "{\"type\":\"batch\",\"put\":\"x\"}", LINE_BATCH },
		{ "{\"type\":\"keys\"}", LINE_KEYS },
		{ "{\"type\":\"failure\"}", LINE_FAILURE },
		{ "{\"type\":\"resolved\"}", LINE_RESOLVED },
		{ "{\"type\":\"quality\"}", LINE_QUALITY },
		{ "{\"type\":\"checkpoints\"}", LINE_RECORD },
		{ "{\"type\":\"github_pr\",\"data\":{\"type\":\"batch\"}}",
		  LINE_RECORD },
		{ " { \"type\" : \"checkpoint\" } ", LINE_CHECKPOINT },
		{ "{\"a\":{\"type\":\"keys\"},\"type\":\"batch\"}",
		  LINE_BATCH },
		{ "{\"type\":\"check\\u0070oint\"}", LINE_CHECKPOINT },
		{ "{\"type\":1}", LINE_RECORD },
		{ "{\"type\":\"", LINE_RECORD },
		{ "{}", LINE_RECORD },
		{ "[\"type\",\"batch\"]", LINE_RECORD },
		{ "", LINE_RECORD },
		{ "junk", LINE_RECORD },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		CHECK(checkpoint_line(cases[i].line, strlen(cases[i].line)) ==
		      cases[i].is);
	CHECK(checkpoint_line("{\0}", 3) == LINE_RECORD);
	return 0;
}

int
main(void)
{
	char folder[SCRATCH_SIZE];
	int failed;

	if (scratch_enter(folder, "checkpoint") != 0)
		return 1;
	failed = reads_cursors_byte_for_byte() || an_absent_file_has_none() ||
		 refuses_damage() || replaces_the_file_whole() || names_lines();
	return scratch_remove(folder) != 0 || failed;
}
