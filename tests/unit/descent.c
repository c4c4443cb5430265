/* Unit cases of net/descent: whatever is interrupted where, each row is taken
 * in some run and no row far below the edges twice. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/descent.h"

enum { ROWS = 60, RUNS = 12 };

static int
check(int truth, const char *what)
{
	if (!truth)
		printf("descent: %s\n", what);
	return truth ? 0 : 1;
}

/* A run over rows newest..1 that ends after `most` rows were taken; what a
 * cursor keeps goes on to the next.  taken[n] counts. */
static void
run(struct descent *kept, int newest, int most, int taken[])
{
	struct descent d = { .mark = kept->mark,
			     .open = kept->open,
			     .top = kept->top,
			     .reached = kept->reached };
	enum descent_row row;
	int n;

	for (n = newest; n > 0; n--) {
		row = descent_judge(&d, n, d.mark + 1);
		if (row == DESCENT_ENOUGH)
			break;
		if (row == DESCENT_TAKE && most-- == 0)
			goto out;
		if (row == DESCENT_TAKE)
			taken[n]++;
		descent_out(&d, n);
	}
	descent_finish(&d);
out:
	*kept = d;
}

/* New rows come between the runs, each run is cut at some place; at last one
 * is whole. */
static int
all_are_taken(unsigned seed)
{
	struct descent kept = { 0 };
	int taken[ROWS + 1] = { 0 }, newest = 20, i, failed = 0;

	srand(seed);
	for (i = 0; i < RUNS; i++) {
		run(&kept, newest, rand() % 15, taken);
		if (newest < ROWS - 3)
			newest += rand() % 4;
	}
	run(&kept, newest, ROWS, taken);
	for (i = 1; i <= newest; i++)
		if (taken[i] == 0)
			failed += check(0, "a row was lost");
	failed += check(kept.mark == newest && !kept.open, "the mark");
	return failed;
}

static int
goes_on(void)
{
	struct descent kept = { 0 };
	int taken[ROWS + 1] = { 0 }, i, failed = 0;

	run(&kept, 40, 10, taken); /* 40 to 31 are out */
	run(&kept, 45, 20, taken); /* 45 to 41, the edge, and below 31 */
	for (i = 32; i < 40; i++)
		failed += check(taken[i] == 1, "what is out came again");
	failed += check(taken[45] == 1 && taken[30] == 1 && taken[20] == 1,
			"it goes on below");
	failed += check(kept.open && kept.top == 45, "both parts are one");
	return failed;
}

int
main(void)
{
	unsigned seed;
	int failed = goes_on();

	for (seed = 1; seed <= 2000 && failed == 0; seed++)
		failed += all_are_taken(seed);
	return failed > 0;
}
