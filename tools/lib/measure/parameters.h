/*
 * parameters - what the SQL of metrics takes from its user: declared with a
 * default in the head of a file, given in pulse.yaml or with --set.
 *
 *   parameters_declare(list, line, &why);     `stale = "14d" - after how long`
 *   parameters_give(list, "stale", "30d", &why);      as the default's kind
 *   parameters_give_list(list, "bug_types", items, 2, &why);
 *
 * The kind of the default rules: a number stays one, a text is any text, and a
 * list may be given as words with commas between them.  `why` is allocated.
 */
#ifndef PULSE_PARAMETERS_H
#define PULSE_PARAMETERS_H

#include <stddef.h>

enum parameter_kind { PARAMETER_NUMBER, PARAMETER_TEXT, PARAMETER_LIST };

struct parameter {
	const char *name, *help; /* borrowed from the line */
	enum parameter_kind kind;
	char *value; /* a number's or a list's JSON, or the text itself */
};

struct parameters {
	struct parameter *items;
	size_t count;
};

/* Cuts the line, which must outlive the list.  -1 with *why. */
int parameters_declare(struct parameters *list, char *line, char **why);
const struct parameter *parameters_find(const struct parameters *list,
					const char *name);

/* 1: given; 0: not declared here; -1 with *why: of the wrong kind. */
int parameters_give(struct parameters *list, const char *name, const char *text,
		    char **why);
int parameters_give_list(struct parameters *list, const char *name,
			 const char *const *items, size_t count, char **why);

void parameters_free(struct parameters *list);

#endif
