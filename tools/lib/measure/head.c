#include "measure/head.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

void
head_complain(struct head *head, const char *what)
{
	if (head->why == NULL)
		head->why = msg_text("%s:%u: %s", head->metric->file,
				     head->line, what);
}

/* Cuts the next line out of the text; NULL at the end. */
static char *
next_line(struct head *head)
{
	char *line = head->at, *end;

	if (*line == '\0')
		return NULL;
	end = strchr(line, '\n');
	head->line++;
	if (end == NULL) {
		head->at = line + strlen(line);
	} else {
		*end = '\0';
		head->at = end + 1;
	}
	return line;
}

/* What stands behind `-- `, "" for `--`, NULL when the line is no comment. */
static char *
comment(char *line)
{
	if (strcmp(line, "--") == 0)
		return line + 2;
	return strncmp(line, "-- ", 3) == 0 ? line + 3 : NULL;
}

static void
read_title(struct head *head)
{
	char *line = next_line(head),
	     *text = line != NULL ? comment(line) : NULL;
	size_t len = strlen(head->metric->name);

	if (text == NULL || strncmp(text, head->metric->name, len) != 0 ||
	    strncmp(text + len, " - ", 3) != 0)
		head_complain(head, "expected '-- NAME - what it tells', the "
				    "name as the file's");
	else
		head->metric->help = text + len + 3;
}

/* So that every list ends in NULL, also an empty one. */
static void
begin_words(struct metric *m)
{
	struct metric_words *const all[] = {
		&m->parts, &m->by, &m->every, &m->needs, &m->index, &m->columns
	};
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		all[i]->items = msg_calloc(1, sizeof(*all[i]->items));
}

static void
add_word(struct metric_words *words, const char *word)
{
	words->items = msg_realloc(words->items,
				   (words->count + 2) * sizeof(*words->items));
	words->items[words->count++] = word;
	words->items[words->count] = NULL;
}

static void
add_words(struct metric_words *words, char *list)
{
	char *rest = NULL, *word;

	for (word = strtok_r(list, ", ", &rest); word != NULL;
	     word = strtok_r(NULL, ", ", &rest))
		add_word(words, word);
}

static void
read_set(struct metric *m, char *value)
{
	char *blank = strchr(value, ' ');

	m->set = value;
	if (blank == NULL)
		return;
	*blank = '\0';
	m->place = strtol(blank + 1, NULL, 10);
}

static void
read_parts(struct metric *m, char *value)
{
	size_t i, kept = 0;

	add_words(&m->parts, value);
	for (i = 0; i < m->parts.count; i++)
		if (strcmp(m->parts.items[i], "any") == 0)
			m->any_parts = true;
		else
			m->parts.items[kept++] = m->parts.items[i];
	m->parts.count = kept;
	m->parts.items[kept] = NULL;
}

static void
read_choice(struct head *head, const char *value, const char *yes,
	    const char *no, bool *chosen)
{
	char what[64];

	*chosen = strcmp(value, yes) == 0;
	snprintf(what, sizeof(what), "expected %s or %s", yes, no);
	if (!*chosen && strcmp(value, no) != 0)
		head_complain(head, what);
}

static void
read_parameter(struct head *head, char *value)
{
	char *why = NULL;

	if (parameters_declare(&head->metric->parameters, value, &why) != 0)
		head_complain(head, why);
	free(why);
}

enum sort { TEXT, WORDS, PARTS, LINES, SET, EMPTY, SHAPE, PARAMETER };

static const struct key {
	const char *name;
	enum sort sort;
	size_t where;
} keys[] = {
	{ "unit", TEXT, offsetof(struct metric, unit) },
	{ "counts", TEXT, offsetof(struct metric, counts) },
	{ "parts", PARTS, 0 },
	{ "by", WORDS, offsetof(struct metric, by) },
	{ "every", WORDS, offsetof(struct metric, every) },
	{ "default", TEXT, offsetof(struct metric, default_by) },
	{ "empty", EMPTY, 0 },
	{ "shape", SHAPE, 0 },
	{ "set", SET, 0 },
	{ "needs", WORDS, offsetof(struct metric, needs) },
	{ "index", WORDS, offsetof(struct metric, index) },
	{ "parameter", PARAMETER, 0 },
	{ "chart", TEXT, offsetof(struct metric, chart) },
	{ "peers", TEXT, offsetof(struct metric, peers) },
	{ "columns", LINES, offsetof(struct metric, columns) },
	{ .name = NULL },
};

static void
take(struct head *head, const struct key *key, char *value)
{
	struct metric *m = head->metric;
	char *field = (char *)m + key->where;

	switch (key->sort) {
	case TEXT:
		memcpy(field, &value, sizeof(value));
		break;
	case WORDS:
		add_words((void *)field, value);
		break;
	case LINES:
		add_word((void *)field, value);
		break;
	case PARTS:
		read_parts(m, value);
		break;
	case SET:
		read_set(m, value);
		break;
	case EMPTY:
		read_choice(head, value, "zero", "null", &m->zero);
		break;
	case SHAPE:
		read_choice(head, value, "list", "grid", &m->list);
		break;
	case PARAMETER:
		read_parameter(head, value);
		break;
	}
}

/* Puts the lines that go on, without their dashes, behind the text. */
static void
join(struct head *head, char *text)
{
	char *end = text + strlen(text), *line, *more;
	size_t len;

	while (strncmp(head->at, "--   ", 5) == 0) {
		line = next_line(head);
		more = line + 2 + strspn(line + 2, " ");
		len = strlen(more);
		*end = ' ';
		memmove(end + 1, more, len + 1);
		end += len + 1;
	}
}

static void
read_key(struct head *head, char *text)
{
	const struct key *key;
	char *colon;

	join(head, text);
	if ((colon = strstr(text, ": ")) == NULL) {
		head_complain(head, "expected '-- key: value', or '--' and "
				    "the definition");
		return;
	}
	*colon = '\0';
	for (key = keys; key->name != NULL; key++)
		if (strcmp(key->name, text) == 0) {
			take(head, key, colon + 2);
			return;
		}
	head_complain(head, "expected unit, counts, parts, by, every, default, "
			    "empty, shape, set, needs, index, parameter, "
			    "chart, peers or columns");
}

static void
add_definition(struct metric *m, const char *text)
{
	size_t len = m->definition == NULL ? 0 : strlen(m->definition);
	size_t more = strlen(text);

	m->definition = msg_realloc(m->definition, len + more + 2);
	memcpy(m->definition + len, text, more);
	m->definition[len + more] = '\n';
	m->definition[len + more + 1] = '\0';
}

static void
default_every(struct metric *m)
{
	static const char *const all[] = { "day", "week", "month" };
	size_t i;

	if (m->every.count == 0)
		for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
			add_word(&m->every, all[i]);
	if (strcmp(m->every.items[0], "none") == 0)
		m->every.count = 0;
	m->every.items[m->every.count] = NULL;
}

void
head_read(struct head *head)
{
	const char *last = head->table ? "table:" : "rows:";
	bool in_keys = true;
	char *line, *text;

	begin_words(head->metric);
	read_title(head);
	while (head->why == NULL) {
		line = next_line(head);
		text = line != NULL ? comment(line) : NULL;
		if (text == NULL)
			head_complain(head,
				      head->table ? "expected a comment up to "
						    "'-- table:'"
						  : "expected a comment up to "
						    "'-- rows:'");
		else if (strcmp(text, last) == 0)
			break;
		else if (*text == '\0' && in_keys)
			in_keys = false;
		else if (in_keys)
			read_key(head, text);
		else
			add_definition(head->metric, text);
	}
	if (head->metric->definition == NULL)
		head->metric->definition = msg_strdup("");
	default_every(head->metric);
}
