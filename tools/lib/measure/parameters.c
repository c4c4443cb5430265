#include "measure/parameters.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonw.h"
#include "base/msg.h"
#include "base/times.h"
#include "records/json.h"

/* `expected WHAT for 'NAME'` */
static int
complain(char **why, const char *what, const char *name)
{
	*why = msg_text("expected %s for '%s'", what, name);
	return -1;
}

/* Where the JSON value at the start of a text ends, or NULL: strings may hold
 * what else would end it. */
static char *
end_of_value(char *text)
{
	bool quoted = false;
	char *at;

	for (at = text; *at != '\0'; at++) {
		if (quoted && *at == '\\' && at[1] != '\0')
			at++;
		else if (*at == '"')
			quoted = !quoted;
		else if (!quoted && strncmp(at, " - ", 3) == 0)
			return at;
	}
	return NULL;
}

static struct json_paths *
whole_value(void)
{
	static const char *const whole[] = { "" };

	return json_paths(whole, 1);
}

static bool
read_value(struct parameter *p, const char *json)
{
	struct json_paths *paths = whole_value();
	struct json_error error;
	struct json_span span;
	bool good = json_scan(paths, json, strlen(json), &span, &error) == 0;

	if (good && span.type == JSON_STRING) {
		p->kind = PARAMETER_TEXT;
		p->value = json_text(&span);
		good = p->value != NULL;
	} else if (good &&
		   (span.type == JSON_NUMBER || span.type == JSON_ARRAY)) {
		p->kind = span.type == JSON_NUMBER ? PARAMETER_NUMBER
						   : PARAMETER_LIST;
		p->value = msg_strdup(json);
	} else {
		good = false;
	}
	json_paths_free(paths);
	return good;
}

int
parameters_declare(struct parameters *list, char *line, char **why)
{
	char *equals = strstr(line, " = "),
	     *end = equals != NULL ? end_of_value(equals + 3) : NULL;
	struct parameter p = { .name = line };

	if (end == NULL) {
		*why = msg_strdup("expected 'NAME = VALUE - what it is'");
		return -1;
	}
	*equals = *end = '\0';
	p.help = end + 3;
	if (!read_value(&p, equals + 3))
		return complain(why, "a number, a \"text\" or a [\"list\"]",
				p.name);
	list->items = msg_realloc(list->items,
				  (list->count + 1) * sizeof(*list->items));
	list->items[list->count++] = p;
	return 0;
}

const struct parameter *
parameters_find(const struct parameters *list, const char *name)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (strcmp(list->items[i].name, name) == 0)
			return &list->items[i];
	return NULL;
}

static struct parameter *
find(struct parameters *list, const char *name)
{
	return (struct parameter *)parameters_find(list, name);
}

static bool
is_number(const char *text)
{
	struct json_paths *paths = whole_value();
	struct json_error error;
	struct json_span span;
	bool is = json_scan(paths, text, strlen(text), &span, &error) == 0 &&
		  span.type == JSON_NUMBER;

	json_paths_free(paths);
	return is;
}

static void
put(struct parameter *p, char *value)
{
	free(p->value);
	p->value = value;
}

/* Words with commas between them, blanks around them left out. */
static char *
split(const char *text)
{
	struct jsonw w = { 0 };
	size_t len, tail;

	jsonw_open(&w, '[');
	for (; *text != '\0'; text += len + (text[len] == ',')) {
		text += strspn(text, " ");
		len = strcspn(text, ",");
		for (tail = len; tail > 0 && text[tail - 1] == ' ';)
			tail--;
		if (tail > 0)
			jsonw_bytes(&w, text, tail);
	}
	jsonw_close(&w, ']');
	return w.text;
}

int
parameters_give(struct parameters *list, const char *name, const char *text,
		char **why)
{
	struct parameter *p = find(list, name);
	int64_t ms;

	if (p == NULL)
		return 0;
	if (p->kind == PARAMETER_NUMBER && !is_number(text))
		return complain(why, "a number", name);
	if (p->kind == PARAMETER_TEXT && times_duration(p->value, &ms) &&
	    !times_duration(text, &ms))
		return complain(why, "a duration such as 14d", name);
	put(p, p->kind == PARAMETER_LIST ? split(text) : msg_strdup(text));
	return 1;
}

int
parameters_give_list(struct parameters *list, const char *name,
		     const char *const *items, size_t count, char **why)
{
	struct parameter *p = find(list, name);
	struct jsonw w = { 0 };
	size_t i;

	if (p == NULL)
		return 0;
	if (p->kind != PARAMETER_LIST)
		return complain(why, "one value and no list", name);
	jsonw_open(&w, '[');
	for (i = 0; i < count; i++)
		jsonw_string(&w, items[i]);
	jsonw_close(&w, ']');
	put(p, w.text);
	return 1;
}

void
parameters_free(struct parameters *list)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		free(list->items[i].value);
	free(list->items);
	*list = (struct parameters){ 0 };
}
