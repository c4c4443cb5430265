/* bars: a series drawn with eight heights, gaps, and means of many. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "measure/bars.h"

static int
draws(const double *values, size_t count, bool blocks, const char *wanted)
{
	char *text = bars_text(values, count, blocks);
	int failed = strcmp(text, wanted) != 0;

	if (failed)
		printf("'%s', not '%s'\n", text, wanted);
	free(text);
	return failed;
}

int
main(void)
{
	static const double rise[] = { 0, 1, 2, 3, 4, 5, 6, 7 };
	const double gaps[] = { NAN, 2, NAN, 1, NAN };
	static const double below[] = { -2, 0, 2 };
	static const double flat[] = { 5, 5 };
	static const double zero[] = { 0, 0 };
	double many[2 * BARS_WIDTH], wanted[BARS_WIDTH];
	char *text;
	int failed = 0;
	size_t i;

	failed |= draws(rise, 8, true, "▁▂▃▄▅▆▇█");
	failed |= draws(rise, 8, false, "_.:-=+*#");
	failed |= draws(gaps, 5, true, " █ ▅");
	failed |= draws(below, 3, true, "▁▅█");
	failed |= draws(flat, 2, true, "██");
	failed |= draws(zero, 2, true, "▁▁");
	failed |= draws(rise, 0, true, "");
	for (i = 0; i < BARS_WIDTH; i++) {
		many[2 * i] = (double)i;
		many[2 * i + 1] = (double)i + 1;
		wanted[i] = (double)i + 0.5;
	}
	many[1] = NAN; /* what is there counts */
	wanted[0] = 0;
	text = bars_text(wanted, BARS_WIDTH, true);
	failed |= draws(many, sizeof(many) / sizeof(many[0]), true, text);
	free(text);
	return failed;
}
