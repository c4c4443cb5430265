#include "measure/choices.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

/* A name with one text, or with a list of them. */
struct choice {
	const char *name, *text;
	const char **items;
	size_t count;
};

static int
give_file(struct metric *file, const struct choice *c, char **why)
{
	struct parameters *list = &file->parameters;

	return c->text != NULL ? parameters_give(list, c->name, c->text, why)
			       : parameters_give_list(list, c->name, c->items,
						      c->count, why);
}

/* How many files know the name; -1 with *why. */
static int
give(struct metrics *metrics, const struct choice *choice, char **why)
{
	size_t all = metrics->count + metrics->table_count, i;
	int known = 0, given;

	for (i = 0; i < all; i++) {
		struct metric *file =
			i < metrics->count
				? &metrics->items[i]
				: &metrics->tables[i - metrics->count];

		if ((given = give_file(file, choice, why)) < 0)
			return -1;
		known += given;
	}
	return known;
}

static size_t
add_names(const struct metric *files, size_t count, const char **names)
{
	size_t n = 0, i, k;

	for (i = 0; i < count; i++)
		for (k = 0; k < files[i].parameters.count; k++)
			names[n++] = files[i].parameters.items[k].name;
	return n;
}

static size_t
count_names(const struct metric *files, size_t count)
{
	size_t n = 0, i;

	for (i = 0; i < count; i++)
		n += files[i].parameters.count;
	return n;
}

/* The nearest name that a file declares, as `: did you mean NAME`. */
static char *
nearest(const struct metrics *m, const char *name)
{
	size_t count = count_names(m->items, m->count) +
		       count_names(m->tables, m->table_count);
	const char **names = msg_calloc(count + 1, sizeof(*names)), *near;
	size_t n = add_names(m->items, m->count, names);

	add_names(m->tables, m->table_count, names + n);
	near = cli_nearest(name, names);
	free(names);
	return near == NULL ? msg_strdup("")
			    : msg_text(": did you mean %s", near);
}

static char *
give_word(struct metrics *metrics, const char *word)
{
	const char *equals = strchr(word, '=');
	struct choice choice = { .text = equals == NULL ? NULL : equals + 1 };
	char *name, *near, *why = NULL;
	int given;

	if (equals == NULL || equals == word)
		return msg_text("cannot use '%s' for --set: expected "
				"NAME=VALUE",
				word);
	choice.name = name = msg_strdup(word);
	name[equals - word] = '\0';
	given = give(metrics, &choice, &why);
	if (given == 0) {
		near = nearest(metrics, name);
		why = msg_text("unknown parameter '%s'%s", name, near);
		free(near);
	} else if (given < 0) {
		near = why;
		why = msg_text("cannot use '%s' for --set: %s", word, near);
		free(near);
	}
	free(name);
	return why;
}

char *
choices_from_words(struct metrics *metrics, const struct cli_list *words)
{
	char *why = NULL;
	size_t i;

	for (i = 0; i < words->count && why == NULL; i++)
		why = give_word(metrics, words->items[i]);
	return why;
}

static char *
give_node(struct metrics *metrics, const struct config *node)
{
	struct choice choice = { .name = node->key, .text = config_text(node) };
	const struct config *item;
	char *near, *what, *why = NULL;
	int given;

	for (item = node->first; item != NULL; item = item->next) {
		choice.items =
			msg_realloc(choice.items,
				    (choice.count + 1) * sizeof(*choice.items));
		choice.items[choice.count++] = config_text(item);
	}
	given = give(metrics, &choice, &why);
	free(choice.items);
	if (given > 0)
		return NULL;
	near = given == 0 ? nearest(metrics, node->key) : why;
	what = given == 0 ? msg_text("a parameter that a metric has%s", near)
			  : msg_strdup(near + strlen("expected "));
	why = config_complain(node, what);
	free(near);
	free(what);
	return why;
}

char *
choices_from_settings(struct metrics *metrics, const struct config *figures)
{
	const struct config *node = figures == NULL ? NULL : figures->first;
	char *why = NULL;

	for (; node != NULL && why == NULL; node = node->next)
		why = give_node(metrics, node);
	return why;
}

/* Does the file, or a table that it needs, declare the name? */
static bool
declares(const struct metrics *metrics, const struct metric *file,
	 const char *name)
{
	size_t i;

	if (parameters_find(&file->parameters, name) != NULL)
		return true;
	for (i = 0; i < file->needs.count; i++)
		if (declares(metrics,
			     metric_table(metrics, file->needs.items[i]), name))
			return true;
	return false;
}

char *
choices_refuse(const struct metrics *metrics,
	       const struct metric *const *chosen, size_t count,
	       const struct cli_list *words)
{
	char *name, *why = NULL;
	size_t i, k;

	for (i = 0; i < words->count && why == NULL; i++) {
		name = msg_strdup(words->items[i]);
		name[strcspn(name, "=")] = '\0';
		for (k = 0; k < count; k++)
			if (declares(metrics, chosen[k], name))
				break;
		if (k == count)
			why = count == 1
				      ? msg_text("%s has no parameter '%s': "
						 "metrics explain says which",
						 chosen[0]->name, name)
				      : msg_text("none of these metrics has a "
						 "parameter '%s'",
						 name);
		free(name);
	}
	return why;
}
