/* amount: values as people read them, long and short. */
#include <stdio.h>
#include <string.h>

#include "measure/amount.h"

static const struct {
	const char *unit;
	double value;
	const char *is_long, *is_short;
} cases[] = {
	{ "min", 0, "0 min", "0m" },
	{ "min", 59, "59 min", "59m" },
	{ "min", 60, "1.0 h", "1.0h" },
	{ "min", 1439, "24.0 h", "24.0h" },
	{ "min", 1440, "1.0 days", "1.0d" },
	{ "min", 4752, "3.3 days", "3.3d" },
	{ "ratio", 0, "0.0 %", "0.0%" },
	{ "ratio", 0.0875, "8.8 %", "8.8%" },
	{ "ratio", 1, "100.0 %", "100.0%" },
	{ "count", 12, "12", "12" },
	{ "count", 1234567, "1234567", "1234567" },
	{ "points", 12.5, "12.5 points", "12.5" },
	{ "points", -3, "-3 points", "-3" },
	{ "points", 1.0 / 3, "0.3 points", "0.3" },
	{ "points", 168.5, "168.5 points", "168.5" },
	{ "points", 1, "1 point", "1" },
	{ "comments", 1.673, "1.67 comments", "1.67" },
	{ "days_per_week", 1, "1 day/week", "1" },
	{ "days_per_week", 3, "3 days/week", "3" },
	{ "records_per_min", 128.6, "129 records/min", "129" },
	{ "s", 12.25, "12.2 s", "12.2s" },
	{ "s", 90, "1.5 min", "1.5m" },
	{ "ms", 250, "250 ms", "250ms" },
	{ "ms", 4.1161, "4.1 ms", "4.1ms" },
	{ "ms", 1, "1 ms", "1ms" },
	{ "ms", 1500, "1.5 s", "1.5s" },
	{ "bytes", 512, "512 bytes", "512B" },
	{ "bytes", 3.5 * 1048576, "3.5 MiB", "3.5M" },
	{ "days", 4, "4 days", "4d" },
	{ "days", 1, "1 day", "1d" },
	{ "lines", 100, "100 lines", "100" },
};

static int
check(const char *what, const char *is, const char *wanted)
{
	if (strcmp(is, wanted) == 0)
		return 0;
	printf("%s: '%s', not '%s'\n", what, is, wanted);
	return 1;
}

int
main(void)
{
	struct figure figure = { .unit = "min" };
	char text[AMOUNT_SIZE];
	int failed = 0;
	size_t i;

	amount_long(&figure, text);
	failed |= check("unknown", text, "no data");
	amount_short(&figure, text);
	failed |= check("unknown", text, "-");
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		figure = (struct figure){ .known = true,
					  .unit = cases[i].unit,
					  .value = cases[i].value };
		amount_long(&figure, text);
		failed |= check(cases[i].unit, text, cases[i].is_long);
		amount_short(&figure, text);
		failed |= check(cases[i].unit, text, cases[i].is_short);
	}
	return failed;
}
