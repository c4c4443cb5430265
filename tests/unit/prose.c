/* prose: made-up texts fit their buffers, whatever the seed. */
#include "demo/prose.h"
#include "check.h"

#include <stdio.h>
#include <string.h>

/* A guard behind each buffer shows what is written beyond its end. */
struct line {
	char text[PROSE_LINE], guard[8];
};

struct body {
	char text[PROSE_BODY], guard[8];
};

static int
check_lines(uint64_t seed)
{
	struct line title = { .guard = "untouch" };
	struct line branch = { .guard = "untouch" };
	struct line remark = { .guard = "untouch" };

	prose_title(seed, "ABCDEFGH-1234567890", 4000000000, title.text);
	prose_branch(seed, "ABCDEFGH-1234567890", branch.text);
	prose_remark(seed, 4000000000, remark.text);
	CHECK(strcmp(title.guard, "untouch") == 0);
	CHECK(strcmp(branch.guard, "untouch") == 0);
	CHECK(strcmp(remark.guard, "untouch") == 0);
	CHECK(strlen(title.text) < PROSE_LINE - 1);
	CHECK(strncmp(title.text, "ABCDEFGH-1234567890: ", 21) == 0);
	CHECK(strstr(title.text, " (rev 4000000000)") != NULL);
	CHECK(strstr(branch.text, "/ABCDEFGH-1234567890-") != NULL);
	CHECK(strchr(branch.text, ' ') == NULL);
	CHECK(strlen(remark.text) > 0);
	return 0;
}

static int
check_bodies(uint64_t seed, size_t size)
{
	struct body one = { .guard = "untouch" }, two = { .guard = "untouch" };

	prose_body(seed, size, one.text);
	prose_body(seed, size, two.text);
	CHECK(strcmp(one.guard, "untouch") == 0);
	CHECK(strcmp(one.text, two.text) == 0);
	CHECK(strlen(one.text) < PROSE_BODY);
	CHECK(size > PROSE_BODY || strlen(one.text) + 4 >= size ||
	      strlen(one.text) > PROSE_BODY - 200);
	return 0;
}

int
main(void)
{
	uint64_t seed;

	for (seed = 0; seed < 3000; seed++)
		if (check_lines(seed) != 0 ||
		    check_bodies(seed, (size_t)seed * 3) != 0)
			return 1;
	return 0;
}
