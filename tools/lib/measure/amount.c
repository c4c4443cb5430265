#include "measure/amount.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "measure/title.h"

/* A unit's amounts in larger units: from a value on, divided by it. */
static const struct scale {
	const char *unit, *word, *sign; /* sign: of a short one */
	double from, by;
} scales[] = {
	{ "min", "days", "d", 1440, 1440 },
	{ "min", "h", "h", 60, 60 },
	{ "min", "min", "m", 0, 1 },
	{ "days", "days", "d", 0, 1 },
	{ "h", "h", "h", 0, 1 },
	{ "s", "h", "h", 3600, 3600 },
	{ "s", "min", "m", 60, 60 },
	{ "s", "s", "s", 0, 1 },
	{ "ms", "min", "m", 60000, 60000 },
	{ "ms", "s", "s", 1000, 1000 },
	{ "ms", "ms", "ms", 0, 1 },
	{ "bytes", "GiB", "G", 1 << 30, 1 << 30 },
	{ "bytes", "MiB", "M", 1 << 20, 1 << 20 },
	{ "bytes", "KiB", "K", 1024, 1024 },
	{ "bytes", "bytes", "B", 0, 1 },
	{ "ratio", "%", "%", 0, 0.01 },
};

static const struct scale *
scale_of(const char *unit, double value)
{
	size_t i;

	for (i = 0; i < sizeof(scales) / sizeof(scales[0]); i++)
		if (strcmp(scales[i].unit, unit) == 0 &&
		    (fabs(value) >= scales[i].from || scales[i].from == 0))
			return &scales[i];
	return NULL;
}

/* As many places as tell something: 1234, 123, 12.3, 1.23, 1.2.  Points are
 * guesses in halves, and milliseconds are short: one place. */
static int
places(double value, const char *unit)
{
	if (strcmp(unit, "points") == 0 || strcmp(unit, "ms") == 0)
		return 1;
	return fabs(value) < 10 ? 2 : fabs(value) < 100 ? 1 : 0;
}

static void
number(double value, const char *unit, char out[AMOUNT_SIZE])
{
	char *end;

	snprintf(out, AMOUNT_SIZE, "%.*f", places(value, unit), value);
	if (strchr(out, '.') == NULL)
		return;
	for (end = out + strlen(out); end[-1] == '0'; end--)
		end[-1] = '\0';
	if (end[-1] == '.')
		end[-1] = '\0';
}

/* What was divided has one place, so that rows can be compared. */
static void
scaled(const struct figure *figure, const struct scale *scale,
       char out[AMOUNT_SIZE])
{
	if (scale == NULL || scale->by == 1)
		number(figure->value, figure->unit, out);
	else
		snprintf(out, AMOUNT_SIZE, "%.1f", figure->value / scale->by);
}

void
amount_unit(const char *unit, char out[AMOUNT_SIZE])
{
	const char *per = strstr(unit, "_per_");

	*out = '\0';
	if (strcmp(unit, "count") == 0 || scale_of(unit, 0) != NULL)
		return;
	if (per != NULL)
		snprintf(out, AMOUNT_SIZE, "%.*s/%s", (int)(per - unit), unit,
			 per + 5);
	else
		snprintf(out, AMOUNT_SIZE, "%s", unit);
	title_words(out);
}

/* days/week of one is day/week, points are a point; ms stays. */
static void
one_of(char unit[AMOUNT_SIZE])
{
	char *end = strchr(unit, '/');

	if (end == NULL)
		end = unit + strlen(unit);
	if (end - unit > 2 && end[-1] == 's')
		memmove(end - 1, end, strlen(end) + 1);
}

void
amount_long(const struct figure *figure, char out[AMOUNT_SIZE])
{
	const struct scale *scale;
	char text[AMOUNT_SIZE], unit[AMOUNT_SIZE];

	if (!figure->known) {
		snprintf(out, AMOUNT_SIZE, "no data");
		return;
	}
	scale = scale_of(figure->unit, figure->value);
	scaled(figure, scale, text);
	if (scale != NULL)
		snprintf(unit, sizeof(unit), "%s", scale->word);
	else
		amount_unit(figure->unit, unit);
	if (strcmp(text, "1") == 0)
		one_of(unit);
	snprintf(out, AMOUNT_SIZE, "%.30s%s%.30s", text,
		 *unit != '\0' ? " " : "", unit);
}

void
amount_short(const struct figure *figure, char out[AMOUNT_SIZE])
{
	const struct scale *scale;
	char text[AMOUNT_SIZE];

	if (!figure->known) {
		snprintf(out, AMOUNT_SIZE, "-");
		return;
	}
	scale = scale_of(figure->unit, figure->value);
	scaled(figure, scale, text);
	snprintf(out, AMOUNT_SIZE, "%.30s%s", text,
		 scale != NULL ? scale->sign : "");
}
