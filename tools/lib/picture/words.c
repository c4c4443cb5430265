#include "picture/words.h"

#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

static const struct words_kind kinds[] = {
	{ "trend", 0, WORDS_MOST, WORDS_FIGURES, false, false, lines_trend,
	  NULL, "Line chart" },
	{ "bars", 0, WORDS_MOST, WORDS_FIGURES, true, true, columns_bars,
	  columns_height, "Column chart" },
	{ "stacked", 0, WORDS_MOST, WORDS_FIGURES, true, true, columns_stacked,
	  columns_height, "Stacked column chart" },
	{ "parts", 0, WORDS_MOST, WORDS_FIGURES, false, true, strips_parts,
	  strips_height, "Stacked bars" },
	{ "flow", 0, WORDS_MOST, WORDS_FIGURES, true, true, areas_flow, NULL,
	  "Cumulative flow" },
	{ "burndown", 0, 3, WORDS_FIGURES, true, false, steps_burndown, NULL,
	  "Burndown" },
	{ "burnup", 0, 3, WORDS_FIGURES, true, false, steps_burnup, NULL,
	  "Burnup" },
	{ "scatter", 2, 2, WORDS_POINTS, false, false, dots_scatter, NULL,
	  "Scatter plot" },
	{ "heat", 0, 3, WORDS_CELLS, false, false, tiles_heat, tiles_height,
	  "Table of squares" },
};

enum { KINDS = sizeof(kinds) / sizeof(*kinds) };

static char *
complaint(const char *what, const char *word)
{
	return msg_text("%s '%s'", what, word);
}

/* Words go into SQL as names of columns. */
static bool
is_plain(const char *word)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

	return word[strspn(word, letters)] == '\0';
}

static char *
take_word(struct words *words, const char *word)
{
	size_t i;

	if (words->kind == NULL) {
		for (i = 0; i < KINDS; i++)
			if (strcmp(kinds[i].name, word) == 0)
				words->kind = &kinds[i];
		return words->kind == NULL ? complaint("unknown picture", word)
					   : NULL;
	}
	if (words->kind->source != WORDS_FIGURES && !is_plain(word))
		return complaint("expected a column of the rows, not", word);
	if (words->count == words->kind->most)
		return complaint("too many words for", words->kind->name);
	words->items[words->count++] = word;
	return NULL;
}

char *
words_read(const char *text, struct words *words)
{
	char *at = words->text, *word, *why = NULL;

	*words = (struct words){ .kind = NULL };
	if (strlen(text) >= WORDS_TEXT)
		return complaint("too many words for", "chart");
	memcpy(words->text, text, strlen(text) + 1);
	while (why == NULL && (word = strsep(&at, " ,")) != NULL)
		if (*word != '\0')
			why = take_word(words, word);
	if (why == NULL && words->kind == NULL)
		return complaint("expected a kind of picture, not", text);
	if (why == NULL &&
	    (words->count < words->kind->least ||
	     (words->kind->source == WORDS_CELLS && words->count == 1)))
		return complaint("too few words for", words->kind->name);
	return why;
}

bool
chart_understands(const char *text, char **why)
{
	struct words words;

	*why = words_read(text, &words);
	return *why == NULL;
}

static bool
is_one_of(const char *text, const char *const *kinds_of)
{
	size_t len = strcspn(text, " ,");

	for (; *kinds_of != NULL; kinds_of++)
		if (strlen(*kinds_of) == len &&
		    strncmp(*kinds_of, text, len) == 0)
			return true;
	return false;
}

const char *
words_of(const struct chart *chart)
{
	/* These tell nothing of several periods, those nothing of one. */
	static const char *const whole[] = { "scatter", "heat", "parts", NULL };
	static const char *const cut[] = { "trend", "flow", "burndown",
					   "burnup", NULL };
	size_t periods;

	if (chart->words != NULL)
		return chart->words;
	free(series_periods(chart->figures, &periods));
	if (chart->metric->chart != NULL &&
	    !is_one_of(chart->metric->chart, periods > 1 ? whole : cut))
		return chart->metric->chart;
	return periods > 1 ? "trend" : "bars";
}

/* The last period in which a group has data. */
static const char *
last_period(const struct figures *figures, const char *group)
{
	const char *last = "";
	size_t i;

	for (i = 0; i < figures->count; i++) {
		const struct figure *f = &figures->items[i];

		if (f->known && f->period != NULL &&
		    strcmp(f->group, group) == 0 && strcmp(f->period, last) > 0)
			last = f->period;
	}
	return last;
}

/* Takes out the group that ended first. */
static void
drop_oldest(const char **names, const char **last, size_t count)
{
	size_t oldest = 0, i;

	for (i = 1; i < count; i++)
		if (strcmp(last[i], last[oldest]) < 0)
			oldest = i;
	memmove(names + oldest, names + oldest + 1,
		(count - oldest - 1) * sizeof(*names));
	memmove(last + oldest, last + oldest + 1,
		(count - oldest - 1) * sizeof(*last));
}

struct words_panels
words_panels(const struct chart *chart, const struct words *words)
{
	struct words_panels panels = { .count = 1 };
	size_t groups, periods, i;
	const char **names = series_groups(chart->figures, &groups);
	const char **last = msg_calloc(groups + 1, sizeof(*last));

	free(series_periods(chart->figures, &periods));
	if (words->kind->single && periods > 1) {
		for (i = 0; groups > WORDS_PANELS && i < groups; i++)
			last[i] = last_period(chart->figures, names[i]);
		for (; groups > WORDS_PANELS; groups--, panels.left_out++)
			drop_oldest(names, last, groups);
		panels.count = groups;
		memcpy(panels.groups, names, groups * sizeof(*names));
	}
	free(names);
	free(last);
	return panels;
}

static bool
has_whole(const struct figures *figures)
{
	size_t i;

	for (i = 0; i < figures->count; i++)
		if (figures->items[i].part == NULL && figures->items[i].known)
			return true;
	return false;
}

/* What is drawn where no part is named. */
static const char *const *
parts_by_default(const struct words_kind *kind, bool has)
{
	static const char *const whole[] = { "whole", NULL };
	static const char *const burndown[] = { "whole", "ideal", "scope",
						NULL };
	static const char *const burnup[] = { "whole", "scope", "ideal", NULL };

	if (kind->draw == steps_burndown)
		return burndown;
	if (kind->draw == steps_burnup)
		return burnup;
	if ((kind->draw == columns_bars || kind->draw == lines_trend) && has)
		return whole;
	return NULL;
}

struct series_ask
words_ask(const struct chart *chart, const struct words *words,
	  const char *group)
{
	const struct words_kind *kind = words->kind;
	bool has = has_whole(chart->figures);
	struct series_ask ask = { .group = group };
	size_t groups, periods;

	free(series_groups(chart->figures, &groups));
	free(series_periods(chart->figures, &periods));
	ask.parts =
		words->count > 0 ? words->items : parts_by_default(kind, has);
	ask.across = kind->draw == strips_parts || periods < 2;
	ask.spread = kind->draw == columns_bars && groups < 2 && periods < 2 &&
		     words->count == 0 && !has;
	if (kind->draw == lines_trend && groups > 1) {
		ask.groups = true;
		ask.parts = has ? NULL : ask.parts;
	}
	return ask;
}
