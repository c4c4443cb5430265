#include "measure/bars.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/msg.h"

enum { LEVELS = 8, BYTES = 3 };

static const char *const blocks_of[LEVELS] = { "▁", "▂", "▃", "▄",
					       "▅", "▆", "▇", "█" };
static const char *const ascii_of[LEVELS] = { "_", ".", ":", "-",
					      "=", "+", "*", "#" };

bool
bars_have_blocks(void)
{
	static const char *const variables[] = { "LC_ALL", "LC_CTYPE", "LANG" };
	const char *term = getenv("TERM"), *locale = NULL;
	size_t i;

	if (term != NULL && strcmp(term, "dumb") == 0)
		return false;
	for (i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
		locale = getenv(variables[i]);
		if (locale != NULL && *locale != '\0')
			break;
	}
	return locale != NULL && (strcasestr(locale, "utf-8") != NULL ||
				  strcasestr(locale, "utf8") != NULL);
}

/* The mean of the values from first up to end that are there. */
static double
mean(const double *values, size_t first, size_t end)
{
	double sum = 0;
	size_t n = 0, i;

	for (i = first; i < end; i++)
		if (!isnan(values[i])) {
			sum += values[i];
			n++;
		}
	return n == 0 ? NAN : sum / (double)n;
}

static const char *
bar(double value, double least, double most, bool blocks)
{
	double level = most > least ? (value - least) / (most - least) : 0;
	int place = (int)(level * (LEVELS - 1) + 0.5);

	if (isnan(value))
		return " ";
	return blocks ? blocks_of[place] : ascii_of[place];
}

char *
bars_text(const double *values, size_t count, bool blocks)
{
	size_t width = count < BARS_WIDTH ? count : BARS_WIDTH, i;
	double shown[BARS_WIDTH], least = 0, most = 0;
	char *text = msg_calloc(width * BYTES + 1, 1), *end = text;

	for (i = 0; i < width; i++) {
		shown[i] = mean(values, i * count / width,
				(i + 1) * count / width);
		least = fmin(least, shown[i]);
		most = fmax(most, shown[i]);
	}
	for (i = 0; i < width; i++)
		end = stpcpy(end, bar(shown[i], least, most, blocks));
	while (end > text && end[-1] == ' ')
		*--end = '\0';
	return text;
}
