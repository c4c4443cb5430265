/*
 * setup - the first pulse.yaml of somebody: his answers, checked, in the words
 * of the example.
 *
 *   why = setup_check(&setup);           NULL: every answer can be used
 *   text = setup_write(&setup, example);
 */
#ifndef PULSE_SETUP_H
#define PULSE_SETUP_H

#include <stdbool.h>

#include "base/cli.h"

struct setup { /* NULL or none: not answered */
	const char *name;
	const char *org, *user;
	struct cli_list repos;
	const char *github_url, *github_token; /* the token's file, absolute */
	const char *jira_url, *email, *jira_token;
	struct cli_list projects;
};

/* Makes the texts the setup's own, once they are read from a command line;
 * setup_set takes an allocated one in the place of another. */
void setup_own(struct setup *setup);
void setup_set(const char **text, char *value);
void setup_free(struct setup *setup);

bool setup_has_github(const struct setup *setup);

/* What a person writes, made a base URL: https:// before a bare host, no slash
 * at the end.  Allocated. */
char *setup_url(const char *text);

/* "cannot use 'X' for --org: ...", allocated; NULL: all is well. */
char *setup_check(const struct setup *setup);

/* pulse.yaml, allocated. */
char *setup_write(const struct setup *setup, const char *example);

#endif
