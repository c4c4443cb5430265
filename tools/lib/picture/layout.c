#include "picture/layout.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

static const struct verb {
	const char *name;
	bool metric; /* names one */
} verbs[LAYOUT_VERBS] = {
	[LAYOUT_CARD] = { "card", true },
	[LAYOUT_CHART] = { "chart", true },
	[LAYOUT_TABLE] = { "table", true },
	[LAYOUT_PROBE] = { "probe", true },
	[LAYOUT_SECTION] = { "section", false },
	[LAYOUT_END] = { "end", false },
	[LAYOUT_NAME] = { "name", false },
	[LAYOUT_WINDOW] = { "window", false },
	[LAYOUT_BANDS] = { "bands", false },
	[LAYOUT_WRITTEN] = { "written", false },
	[LAYOUT_FRESHNESS] = { "freshness", false },
	[LAYOUT_STYLE] = { "style", false },
	[LAYOUT_DEFINITIONS] = { "definitions", false },
};

static int
complain(char **why, const char *what, const char *word)
{
	*why = msg_text("%s '%s'", what, word);
	return -1;
}

/* Cuts the next word out of *at: up to a blank that is in no quotes, which are
 * taken off; NULL at the end. */
static char *
next_word(char **at)
{
	char *word = *at + strspn(*at, " \t\n"), *from = word, *to = word;
	bool quoted = false;

	if (*word == '\0')
		return NULL;
	for (; *from != '\0' && (quoted || strchr(" \t\n", *from) == NULL);
	     from++)
		if (*from == '"')
			quoted = !quoted;
		else
			*to++ = *from;
	*at = *from == '\0' ? from : from + 1;
	*to = '\0';
	return word;
}

static int
take_option(struct layout_step *step, char *word, char **why)
{
	const struct {
		const char *key;
		const char **where;
	} options[] = { { "by", &step->by },
			{ "since", &step->since },
			{ "as", &step->as },
			{ "title", &step->title } };
	char *value = strchr(word, '=');
	size_t i;

	if (value == NULL)
		return complain(why, "expected KEY=VALUE, not", word);
	*value++ = '\0';
	for (i = 0; i < sizeof(options) / sizeof(*options); i++)
		if (strcmp(options[i].key, word) == 0) {
			*options[i].where = value;
			return 0;
		}
	return complain(why, "expected by, since, as or title, not", word);
}

static int
read_words(struct layout_step *step, char **why)
{
	char *at = step->words, *word = next_word(&at);
	unsigned i;

	for (i = 0; word != NULL && i < LAYOUT_VERBS; i++)
		if (strcmp(verbs[i].name, word) == 0)
			break;
	if (word == NULL || i == LAYOUT_VERBS)
		return complain(why, "unknown step", word == NULL ? "" : word);
	step->verb = (enum layout_verb)i;
	if (verbs[i].metric && (step->metric = next_word(&at)) == NULL)
		return complain(why, "expected the name of a metric behind",
				verbs[i].name);
	while ((word = next_word(&at)) != NULL)
		if (!verbs[i].metric)
			return complain(why, "expected nothing behind",
					verbs[i].name);
		else if (take_option(step, word, why) != 0)
			return -1;
	return 0;
}

static void
count_lines(struct layout *layout, const char *to)
{
	for (; layout->at < to; layout->at++)
		layout->line += *layout->at == '\n';
}

int
layout_next(struct layout *layout, struct layout_step *step, char **why)
{
	const char *open = strstr(layout->at, "{{"), *close;

	*step = (struct layout_step){ .text = layout->at,
				      .verb = LAYOUT_VERBS };
	if (layout->line == 0)
		layout->line = 1;
	if (open == NULL)
		open = layout->at + strlen(layout->at);
	step->len = (size_t)(open - layout->at);
	count_lines(layout, open);
	step->line = layout->line;
	if (*open == '\0')
		return 0;
	if ((close = strstr(open, "}}")) == NULL)
		return complain(why, "expected }} behind", "{{");
	step->words = msg_calloc((size_t)(close - open), 1);
	memcpy(step->words, open + 2, (size_t)(close - open - 2));
	count_lines(layout, close + 2);
	return read_words(step, why);
}

void
layout_drop(struct layout_step *step)
{
	free(step->words);
	step->words = NULL;
}
