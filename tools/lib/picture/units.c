#include "picture/units.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "measure/title.h"

/* From so much on, a unit is shown as another one. */
static const struct larger {
	const char *unit;
	double from, factor;
	const char *label;
} larger[] = {
	{ "min", 2880, 1.0 / 1440, "days" },
	{ "min", 120, 1.0 / 60, "hours" },
	{ "min", -1, 1, "minutes" },
	{ "s", 7200, 1.0 / 3600, "hours" },
	{ "s", 120, 1.0 / 60, "minutes" },
	{ "s", -1, 1, "seconds" },
	{ "ms", 2000, 1.0 / 1000, "seconds" },
	{ "bytes", 2e9, 1e-9, "GB" },
	{ "bytes", 2e6, 1e-6, "MB" },
	{ "bytes", 2e3, 1e-3, "kB" },
	{ "ratio", -1, 100, "%" },
	{ "count", -1, 1, "" },
};

struct units
units_for(const char *unit, double most)
{
	struct units units = { 1, "" };
	const char *label = unit;
	size_t i;

	for (i = 0; i < sizeof(larger) / sizeof(*larger); i++)
		if (strcmp(larger[i].unit, unit) == 0 &&
		    most >= larger[i].from) {
			units.factor = larger[i].factor;
			label = larger[i].label;
			break;
		}
	snprintf(units.label, sizeof(units.label), "%s", label);
	title_words(units.label);
	return units;
}

void
units_number(double number, char out[UNITS_SIZE])
{
	static const char *const powers[] = { "", "k", "M", "G", "T" };
	double size = fabs(number);
	size_t power = 0, len;
	int decimals;
	int64_t parts;

	if (!(size < 1e15)) {
		snprintf(out, UNITS_SIZE, "-");
		return;
	}
	while (power < 4 && size >= (power == 0 ? 10000 : 1000)) {
		size /= 1000;
		power++;
	}
	decimals = size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
	parts = llround(size * (decimals == 0 ? 1 : decimals == 1 ? 10 : 100));
	snprintf(out, UNITS_SIZE, "%s%0*lld",
		 number < 0 && parts > 0 ? "-" : "", decimals + 1,
		 (long long)parts);
	len = strlen(out);
	if (decimals > 0) {
		memmove(out + len - decimals + 1, out + len - decimals,
			(size_t)decimals + 1);
		out[len - (size_t)decimals] = '.';
		for (len++; out[len - 1] == '0'; len--)
			;
		if (out[len - 1] == '.')
			len--;
		out[len] = '\0';
	}
	snprintf(out + len, UNITS_SIZE - len, "%s", powers[power]);
}
