/*
 * jiraids - a set of ids, in the order they came.
 */
#ifndef PULSE_JIRAIDS_H
#define PULSE_JIRAIDS_H

#include <stdbool.h>
#include <stddef.h>

struct jiraids {
	char **items;
	size_t count;
	void *tree;
};

/* Takes id over; false, and id is freed, when it was there. */
bool jiraids_add(struct jiraids *ids, char *id);
void jiraids_free(struct jiraids *ids);

#endif
