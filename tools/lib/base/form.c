#include "base/form.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cli.h"
#include "base/msg.h"
#include "base/times.h"

void
form_add(struct form_list *list, const char *text)
{
	list->items = msg_realloc(list->items,
				  (list->count + 2) * sizeof(*list->items));
	list->items[list->count++] = text;
	list->items[list->count] = NULL;
}

static char *
read_list(const struct config *node, struct form_list *list)
{
	const struct config *n;

	free(list->items);
	*list = (struct form_list){ 0 };
	if (node->kind != CONFIG_LIST)
		return config_complain(node, "a list, such as [one, two]");
	for (n = node->first; n != NULL; n = n->next) {
		if (config_text(n) == NULL)
			return config_complain(n, "text");
		form_add(list, n->text);
	}
	return NULL;
}

static char *
read_secret(const struct config *node, struct form_secret *secret)
{
	static const char *const known[] = { "file", "env", "credential",
					     NULL };

	if (node->kind != CONFIG_MAP || node->first == NULL ||
	    node->first->next != NULL || config_unknown(node, known) != NULL ||
	    config_text(node->first) == NULL)
		return config_complain(node,
				       "a reference: {file: PATH}, {env: NAME} "
				       "or {credential: NAME}; a token itself "
				       "does not belong in this file");
	secret->file = config_text(config_get(node, "file"));
	secret->env = config_text(config_get(node, "env"));
	secret->credential = config_text(config_get(node, "credential"));
	return NULL;
}

/* 500M, 500 MB and 500_MiB are all 500 * 1024 * 1024. */
static bool
read_size(const char *text, int64_t *bytes)
{
	static const char units[] = "KMGT";
	const char *unit;
	char *end;
	int steps = 0;

	if (text == NULL || !isdigit((unsigned char)*text))
		return false;
	errno = 0;
	*bytes = strtoll(text, &end, 10);
	if (*end == ' ' || *end == '_')
		end++;
	if (*end != '\0' && (unit = strchr(units, *end)) != NULL) {
		steps = (int)(unit - units) + 1;
		end += 1 + (end[1] == 'i');
	}
	end += *end == 'B';
	for (; steps > 0; steps--)
		if (__builtin_mul_overflow(*bytes, (int64_t)1024, bytes))
			return false;
	return errno == 0 && *end == '\0';
}

static bool
is_choice(const char *text, const char *choices)
{
	size_t len = strlen(text);

	for (; *choices != '\0';
	     choices += strcspn(choices, "|"), choices += *choices == '|')
		if (strncmp(choices, text, len) == 0 &&
		    (choices[len] == '|' || choices[len] == '\0'))
			return true;
	return false;
}

static char *
read_scalar(const struct config *node, const struct form_key *key, void *where)
{
	const char *text = config_text(node);
	char expected[128];

	switch (key->sort) {
	case FORM_NUMBER:
		if (!config_int(node, where) || *(int64_t *)where < 0)
			return config_complain(node, "a number");
		return NULL;
	case FORM_TRUTH:
		if (!config_bool(node, where))
			return config_complain(node, "true or false");
		return NULL;
	case FORM_DURATION:
		if (text == NULL || !times_duration(text, where))
			return config_complain(node, "a duration such as 4h");
		return NULL;
	case FORM_SIZE:
		if (!read_size(text, where))
			return config_complain(node, "a size such as 500M");
		return NULL;
	case FORM_CHOICE:
		snprintf(expected, sizeof(expected), "one of %s", key->choices);
		if (text == NULL || !is_choice(text, key->choices))
			return config_complain(node, expected);
		break;
	default:
		if (text == NULL || *text == '\0')
			return config_complain(node, "text");
	}
	*(const char **)where = text;
	return NULL;
}

static char *
read_key(const struct config *node, const struct form_key *key, void *into)
{
	void *where = (char *)into + key->where;

	if (key->sort == FORM_LIST)
		return read_list(node, where);
	if (key->sort == FORM_SECRET)
		return read_secret(node, where);
	return read_scalar(node, key, where);
}

/* Names the nearest key we know: most mistakes are one letter long. */
static char *
unknown(const struct config *node, const struct form_key *keys,
	const char *const *also)
{
	const char *names[32];
	char expected[160];
	const char *near;
	size_t n = 0;

	for (; keys->name != NULL && n < 24; keys++)
		names[n++] = keys->name;
	for (; *also != NULL && n < 31; also++)
		names[n++] = *also;
	names[n] = NULL;
	near = cli_nearest(node->key, names);
	snprintf(expected, sizeof(expected), "no key '%.40s' here%s%s",
		 node->key, near != NULL ? "; did you mean " : "",
		 near != NULL ? near : "");
	return config_complain(node, expected);
}

/* Reads a map by its table; also are keys that the caller reads itself. */
char *
form_read(const struct config *map, const struct form_key *keys,
	  const char *const *also, void *into)
{
	static const char *const none[] = { NULL };
	const struct config *n;
	const struct form_key *k;
	const char *const *a;
	char *why = NULL;

	if (map == NULL)
		return NULL;
	if (map->kind != CONFIG_MAP)
		return config_complain(map, "a map, such as {key: value}");
	if (also == NULL)
		also = none;
	for (n = map->first; n != NULL && why == NULL; n = n->next) {
		for (k = keys; k->name != NULL; k++)
			if (strcmp(k->name, n->key) == 0)
				break;
		for (a = also; *a != NULL; a++)
			if (strcmp(*a, n->key) == 0)
				break;
		if (k->name != NULL)
			why = read_key(n, k, into);
		else if (*a == NULL)
			why = unknown(n, keys, also);
	}
	return why;
}
