/* pace: rates from timed lines, never negative, none before three samples. */
#include "jobs/pace.h"
#include "check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int64_t noon = 1795608000000; /* 2026-11-25T12:00:00Z */

struct paper {
	char text[16384];
	size_t len;
};

/* A line `seconds` after noon. */
static void
line(struct paper *paper, int seconds, int done, int total)
{
	char of[16] = "null";

	if (total > 0)
		snprintf(of, sizeof(of), "%d", total);
	paper->len += (size_t)snprintf(
		paper->text + paper->len, sizeof(paper->text) - paper->len,
		"{\"at\":\"2026-11-25T12:%02d:%02d.000Z\",\"tool\":"
		"\"fetch-github\",\"done\":%d,\"total\":%s,\"op\":"
		"\"acme/api pulls\"}\n",
		seconds / 60, seconds % 60, done, of);
}

static struct pace
look(const struct paper *paper, int seconds)
{
	struct pace pace;

	pace_read(paper->text, paper->len, noon + seconds * 1000, &pace);
	return pace;
}

static int
steady_work_has_a_steady_pace(void)
{
	struct paper paper = { .len = 0 };
	struct pace pace = look(&paper, 0);

	CHECK(pace.samples == 0 && pace.rate < 0 && pace.eta == 0);
	CHECK(pace.percent == -1 && pace.total == -1 && pace.at == 0);
	line(&paper, 0, 0, 1000);
	line(&paper, 1, 10, 1000);
	pace = look(&paper, 1);
	CHECK(pace.samples == 2 && pace.rate < 0 && pace.eta == 0);
	CHECK(pace.percent == 1 && pace.done == 10 && pace.total == 1000);
	line(&paper, 2, 20, 1000);
	pace = look(&paper, 2);
	CHECK(pace.rate > 9.999 && pace.rate < 10.001);
	CHECK(pace.eta == noon + 2000 + 98000);
	CHECK(pace.at == noon + 2000);
	CHECK(strcmp(pace.op, "acme/api pulls") == 0);
	CHECK(strcmp(pace.tool, "fetch-github") == 0);
	return 0;
}

static int
later_lines_count_more(void)
{
	struct paper paper = { .len = 0 };
	struct pace pace;
	int i;

	for (i = 0; i <= 20; i++)
		line(&paper, i, i * 100, 0);
	for (; i <= 80; i++)
		line(&paper, i, 2000 + (i - 20) * 10, 0);
	pace = look(&paper, 80);
	CHECK(pace.rate > 10 && pace.rate < 25);
	CHECK(pace.eta == 0 && pace.percent == -1 && pace.total == -1);
	return 0;
}

static int
silence_slows_it_down(void)
{
	struct paper paper = { .len = 0 };
	double before = 1e9;
	int64_t eta = 0;
	int i;

	for (i = 0; i <= 5; i++)
		line(&paper, i, i * 10, 1000);
	for (i = 6; i < 600; i += 30) {
		struct pace pace = look(&paper, i);

		CHECK(pace.rate >= 0 && pace.rate <= before);
		CHECK(pace.eta == 0 || pace.eta >= eta);
		before = pace.rate;
		eta = pace.eta;
	}
	CHECK(before < 0.1);
	return 0;
}

static int
another_piece_of_work_begins_anew(void)
{
	struct paper paper = { .len = 0 };
	struct pace pace;

	line(&paper, 0, 0, 100);
	line(&paper, 1, 50, 100);
	line(&paper, 2, 100, 100);
	pace = look(&paper, 2);
	CHECK(pace.percent == 100 && pace.eta == 0 && pace.rate > 0);
	line(&paper, 3, 5, 500);
	pace = look(&paper, 3);
	CHECK(pace.samples == 1 && pace.rate < 0 && pace.percent == 1);
	line(&paper, 4, 499, 500);
	line(&paper, 5, 499, 500);
	pace = look(&paper, 5);
	CHECK(pace.percent == 99 && pace.rate >= 0);
	return 0;
}

/* A clock that goes back, lines out of a bad disk, a torn end. */
static int
nothing_makes_it_negative(void)
{
	struct paper paper = { .len = 0 };
	struct pace pace;
	int i;

	line(&paper, 50, 0, 100);
	line(&paper, 40, 10, 100);
	line(&paper, 41, 20, 50);
	line(&paper, 30, 30, 20);
	paper.len += (size_t)snprintf(
		paper.text + paper.len, sizeof(paper.text) - paper.len,
		"rubbish\n{}\n{\"done\":-5,\"at\":\"x\"}\n\n"
		"{\"at\":\"2026-11-25T12:00:50.000Z\",\"tool\":7,\"done\":31,"
		"\"total\":-1,\"op\":\"\\u001b[2J\\ud800\"}\n"
		"{\"done\":99999,\"at\":\"2026-11-25T12:00:51");
	for (i = -100; i < 100; i++) {
		pace = look(&paper, i);
		CHECK(pace.done >= 0 && pace.eta >= 0);
		CHECK(pace.percent >= -1 && pace.percent <= 100);
		CHECK(pace.rate == -1 || pace.rate >= 0);
	}
	CHECK(pace.done == 31 && pace.total == -1 && *pace.op == '\0');
	return 0;
}

static int
old_lines_without_a_time_are_no_samples(void)
{
	static const char text[] = "{\"tool\":\"x\",\"done\":1,\"total\":2,"
				   "\"op\":\"y\"}\n";
	struct pace pace;

	pace_read(text, sizeof(text) - 1, noon, &pace);
	CHECK(pace.samples == 0 && pace.rate < 0 && pace.at == 0);
	return 0;
}

int
main(void)
{
	return steady_work_has_a_steady_pace() || later_lines_count_more() ||
	       silence_slows_it_down() || another_piece_of_work_begins_anew() ||
	       nothing_makes_it_negative() ||
	       old_lines_without_a_time_are_no_samples();
}
