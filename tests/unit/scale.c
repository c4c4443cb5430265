/* scale, units and markup: ticks worked out by hand, numbers as they are
 * shown, and text from outside as it may stand in a page. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/times.h"
#include "check.h"
#include "picture/markup.h"
#include "picture/scale.h"
#include "picture/svg.h"
#include "picture/units.h"

static const struct {
	double least, most, low, high, step;
} scales[] = {
	{ 0, 10, 0, 10, 5 },	    { 0, 7.3, 0, 8, 2 },
	{ 0, 0, 0, 1, 0.5 },	    { 3, 3, 0, 3, 1 },
	{ 0, 0.07, 0, 0.08, 0.02 }, { -3, 5, -4, 6, 2 },
	{ 0, 41, 0, 60, 20 },	    { 0, 40, 0, 40, 10 },
	{ 0, 1e6, 0, 1e6, 5e5 },
};

static int
test_nice(void)
{
	size_t i;

	for (i = 0; i < sizeof(scales) / sizeof(*scales); i++) {
		struct scale s = scale_nice(scales[i].least, scales[i].most, 4);

		if (fabs(s.low - scales[i].low) < 1e-9 &&
		    fabs(s.high - scales[i].high) < 1e-9 &&
		    fabs(s.step - scales[i].step) < 1e-9)
			continue;
		printf("%g to %g: from %g to %g by %g\n", scales[i].least,
		       scales[i].most, s.low, s.high, s.step);
		return 1;
	}
	return 0;
}

static int
test_place(void)
{
	struct scale s = { 0, 10, 5 };

	CHECK(scale_place(&s, 0, 170, 20) == 170);
	CHECK(scale_place(&s, 10, 170, 20) == 20);
	CHECK(scale_place(&s, 2.5, 170, 20) == 132.5);
	return 0;
}

static const struct {
	int first[3], last[3];
	size_t room;
	const char *ticks;
} axes[] = {
	{ { 2026, 11, 2 },
	  { 2026, 11, 6 },
	  6,
	  "2 Nov|3 Nov|4 Nov|5 Nov|6 Nov" },
	{ { 2026, 11, 2 }, { 2026, 11, 6 }, 4, "2 Nov|4 Nov|6 Nov" },
	/* Weeks begin on Monday: the 9th, not the 8th. */
	{ { 2026, 11, 8 }, { 2026, 11, 30 }, 5, "9 Nov|16 Nov|23 Nov|30 Nov" },
	{ { 2026, 8, 26 }, { 2026, 11, 23 }, 4, "Sep|Oct|Nov" },
	{ { 2026, 10, 1 }, { 2027, 3, 1 }, 6, "Oct|Nov|Dec|2027|Feb|Mar" },
	/* Quarters and years begin in January. */
	{ { 2026, 2, 1 }, { 2027, 2, 1 }, 5, "Apr|Jul|Oct|2027" },
	{ { 2020, 1, 1 }, { 2026, 1, 1 }, 4, "2020|2022|2024|2026" },
	{ { 2026, 11, 2 }, { 2026, 11, 2 }, 4, "2 Nov" },
	{ { 1990, 1, 1 }, { 2026, 1, 1 }, 2, "2000" },
};

static int
test_days(void)
{
	struct scale_day ticks[SCALE_TICKS];
	size_t i, k, n;

	for (i = 0; i < sizeof(axes) / sizeof(*axes); i++) {
		const int *f = axes[i].first, *l = axes[i].last;
		char text[400] = "";

		n = scale_days(times_days(f[0], f[1], f[2]),
			       times_days(l[0], l[1], l[2]), axes[i].room,
			       ticks);
		for (k = 0; k < n; k++) {
			strncat(text, k > 0 ? "|" : "", 2);
			strncat(text, ticks[k].label, SCALE_LABEL);
		}
		if (strcmp(text, axes[i].ticks) == 0)
			continue;
		printf("axis %zu: %s\n", i, text);
		return 1;
	}
	CHECK(scale_day_of("2026-11-02") == times_days(2026, 11, 2));
	CHECK(scale_day_of("Sprint 7") == -1);
	CHECK(scale_day_of(NULL) == -1);
	return 0;
}

static int
test_units(void)
{
	char text[UNITS_SIZE];
	static const struct {
		double number;
		const char *text;
	} numbers[] = { { 0, "0" },	   { 0.25, "0.25" },
			{ 0.5, "0.5" },	   { 12.34, "12.3" },
			{ 99.96, "100" },  { 9.999, "10" },
			{ 1250, "1250" },  { 12500, "12.5k" },
			{ 3.2e6, "3.2M" }, { -4, "-4" },
			{ -0.001, "0" },   { 1.0 / 3, "0.33" },
			{ INFINITY, "-" } };
	size_t i;

	for (i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		units_number(numbers[i].number, text);
		if (strcmp(text, numbers[i].text) != 0) {
			printf("%g is %s\n", numbers[i].number, text);
			return 1;
		}
	}
	CHECK(strcmp(units_for("min", 119).label, "minutes") == 0);
	CHECK(strcmp(units_for("min", 120).label, "hours") == 0);
	CHECK(strcmp(units_for("min", 2880).label, "days") == 0);
	CHECK(units_for("min", 2880).factor * 2880 == 2);
	CHECK(units_for("ratio", 1).factor == 100);
	CHECK(strcmp(units_for("days_per_week", 5).label, "days per week") ==
	      0);
	CHECK(strcmp(units_for("points", 5).label, "points") == 0);
	return 0;
}

/* What a writer prints, in static room. */
static const char *
printed(void (*print)(FILE *out, const char *text, size_t n), const char *text,
	size_t n)
{
	static char out[200];
	FILE *f = fmemopen(out, sizeof(out), "w");

	print(f, text, n);
	fputc('\0', f);
	fclose(f);
	return out;
}

static void
number(FILE *out, const char *text, size_t n)
{
	(void)n;
	svg_number(out, strtod(text, NULL));
}

#define CUT(text, n, is) CHECK(strcmp(printed(markup_cut, text, n), is) == 0)
#define NUMBER(text, is) CHECK(strcmp(printed(number, text, 0), is) == 0)

static int
test_markup(void)
{
	CUT("a<b>&\"'c", 20, "a&lt;b&gt;&amp;&quot;&#39;c");
	CUT("abcdef", 6, "abcdef");
	CUT("abcdef", 5, "abcd\xe2\x80\xa6");
	/* A reference is one column and is never cut apart. */
	CUT("<<<<", 3, "&lt;&lt;\xe2\x80\xa6");
	/* U+202E turns the direction of writing; 0x1b begins a command. */
	CUT("a\xe2\x80\xae"
	    "b",
	    20, "a\\xe2\\x80\\xaeb");
	CUT("a\x1b[31m\xff", 20, "a\\x1b[31m\\xff");
	CUT("\xe6\x97\xa5\xe6\x9c\xac", 3, "\xe6\x97\xa5\xe2\x80\xa6");
	CUT("", 3, "");
	CHECK(markup_columns("a\xe6\x97\xa5") == 3);
	NUMBER("0", "0");
	NUMBER("-0.04", "0");
	NUMBER("12.25", "12.3");
	NUMBER("-3.5", "-3.5");
	NUMBER("nan", "0");
	return 0;
}

int
main(void)
{
	return test_nice() | test_place() | test_days() | test_units() |
	       test_markup();
}
