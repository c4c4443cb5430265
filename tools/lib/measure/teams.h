/*
 * teams - reads teams.yaml (teams.yaml(5)); used by people.
 */
#ifndef PULSE_TEAMS_H
#define PULSE_TEAMS_H

#include <stddef.h>

#include "base/config.h"
#include "base/dictionary.h"
#include "base/form.h"
#include "records/pattern.h"

struct teams_person {
	const char *name, *team; /* team NULL: in none */
	const struct config *node;
};

struct teams {
	struct form_list names; /* of the teams, in order */
	/* Each to a struct teams_person; in any case.  persons owns them. */
	struct dictionary persons, github, jira;
	struct pattern *bots;
	struct config *root; /* owns the texts; NULL without a file */
};

/* path NULL: no teams, and the usual bots.  Allocated "FILE:LINE: what was
 * expected", or NULL; teams_clear either way. */
char *teams_load(struct teams *teams, const char *path);
void teams_clear(struct teams *teams);

#endif
