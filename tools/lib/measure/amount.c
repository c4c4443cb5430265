#include "measure/amount.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

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

/* As many places as tell something: 1234, 123, 12.3, 1.23, 1.2. */
static void
number(double value, char out[AMOUNT_SIZE])
{
	double size = fabs(value);
	char *end;

	snprintf(out, AMOUNT_SIZE, "%.*f",
		 size < 10    ? 2
		 : size < 100 ? 1
			      : 0,
		 value);
	if (strchr(out, '.') == NULL)
		return;
	for (end = out + strlen(out); end[-1] == '0'; end--)
		end[-1] = '\0';
	if (end[-1] == '.')
		end[-1] = '\0';
}

/* What was divided has one place, so that rows can be compared. */
static void
scaled(double value, const struct scale *scale, char out[AMOUNT_SIZE])
{
	if (scale == NULL || scale->by == 1)
		number(value, out);
	else
		snprintf(out, AMOUNT_SIZE, "%.1f", value / scale->by);
}

void
amount_unit(const char *unit, char out[AMOUNT_SIZE])
{
	const char *per = strstr(unit, "_per_");
	char *c;

	*out = '\0';
	if (strcmp(unit, "count") == 0 || scale_of(unit, 0) != NULL)
		return;
	if (per != NULL)
		snprintf(out, AMOUNT_SIZE, "%.*s/%s", (int)(per - unit), unit,
			 per + 5);
	else
		snprintf(out, AMOUNT_SIZE, "%s", unit);
	for (c = out; *c != '\0'; c++)
		if (*c == '_')
			*c = ' ';
}

/* days/week of one is day/week. */
static void
one_of(char unit[AMOUNT_SIZE])
{
	char *slash = strchr(unit, '/');

	if (slash != NULL && slash > unit && slash[-1] == 's')
		memmove(slash - 1, slash, strlen(slash) + 1);
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
	scaled(figure->value, scale, text);
	amount_unit(figure->unit, unit);
	if (figure->value == 1)
		one_of(unit);
	snprintf(out, AMOUNT_SIZE, "%.30s%s%.30s", text,
		 scale != NULL || *unit != '\0' ? " " : "",
		 scale != NULL ? scale->word : unit);
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
	scaled(figure->value, scale, text);
	snprintf(out, AMOUNT_SIZE, "%.30s%s", text,
		 scale != NULL ? scale->sign : "");
}
