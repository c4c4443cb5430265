#include "measure/teams.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

enum { LARGEST = 1024 * 1024 };

static const char usual_bots[] =
	"\\[bot\\]$|(^|[-_])bot$|^(dependabot|renovate|github-actions)\\b";

static char *
complain_twice(const struct config *node, const struct config *first)
{
	char expected[200];

	snprintf(expected, sizeof(expected), "'%.100s' once; line %u has it",
		 node->text, first->line);
	return config_complain(node, expected);
}

static char *
add_account(struct dictionary *accounts, const struct config *node,
	    struct teams_person *person)
{
	const char *text = config_text(node);
	void **value;

	if (text == NULL || *text == '\0')
		return config_complain(node, "an account, or a list of them");
	value = dictionary_at(accounts, text, strlen(text));
	if (*value != NULL)
		return complain_twice(
			node, ((const struct teams_person *)*value)->node);
	*value = person;
	return NULL;
}

static char *
add_accounts(struct dictionary *accounts, const struct config *node,
	     struct teams_person *person)
{
	const struct config *n;
	char *why = NULL;

	if (node == NULL)
		return NULL;
	if (node->kind != CONFIG_LIST)
		return add_account(accounts, node, person);
	for (n = node->first; n != NULL && why == NULL; n = n->next)
		why = add_account(accounts, n, person);
	return why;
}

/* name is where the name stands. */
static char *
add_person(struct teams *teams, const struct config *name, const char *team,
	   struct teams_person **person)
{
	void **value =
		dictionary_at(&teams->persons, name->text, strlen(name->text));

	if (*value != NULL)
		return complain_twice(
			name, ((const struct teams_person *)*value)->node);
	*person = msg_calloc(1, sizeof(**person));
	**person = (struct teams_person){ .name = name->text,
					  .team = team,
					  .node = name };
	*value = *person;
	return NULL;
}

/* A login alone, or a map. */
static char *
read_person(struct teams *teams, const struct config *node, const char *team)
{
	static const struct form_key none[] = { { .name = NULL } };
	static const char *const known[] = { "name", "github", "jira", NULL };
	const struct config *name = node, *github = node;
	struct teams_person *person;
	char *why = NULL;

	if (node->kind != CONFIG_SCALAR) {
		why = form_read(node, none, known, NULL);
		name = config_get(node, "name");
		github = config_get(node, "github");
	}
	if (why == NULL && (config_text(name) == NULL || *name->text == '\0'))
		why = config_complain(node, "a person with a name");
	if (why == NULL)
		why = add_person(teams, name, team, &person);
	if (why == NULL)
		why = add_accounts(&teams->github, github, person);
	if (why == NULL)
		why = add_accounts(&teams->jira, config_get(node, "jira"),
				   person);
	return why;
}

static char *
read_persons(struct teams *teams, const struct config *list, const char *team)
{
	const struct config *n;
	char *why = NULL;

	if (list == NULL)
		return NULL;
	if (list->kind != CONFIG_LIST)
		return config_complain(list, "a list of persons");
	for (n = list->first; n != NULL && why == NULL; n = n->next)
		why = read_person(teams, n, team);
	return why;
}

static char *
read_team(struct teams *teams, const struct config *node)
{
	static const struct form_key none[] = { { .name = NULL } };
	static const char *const known[] = { "name", "members", NULL };
	const struct config *name = config_get(node, "name");
	char *why = form_read(node, none, known, NULL);
	size_t i;

	if (why == NULL && (config_text(name) == NULL || *name->text == '\0'))
		why = config_complain(node, "a team with a name");
	for (i = 0; i < teams->names.count && why == NULL; i++)
		if (strcmp(teams->names.items[i], name->text) == 0)
			why = config_complain(name, "a name of its own");
	if (why != NULL)
		return why;
	form_add(&teams->names, name->text);
	return read_persons(teams, config_get(node, "members"), name->text);
}

static char *
read_teams(struct teams *teams, const struct config *list)
{
	const struct config *n;
	char *why = NULL;

	if (list != NULL && list->kind != CONFIG_LIST)
		return config_complain(list, "a list of teams");
	for (n = list != NULL ? list->first : NULL; n != NULL && why == NULL;
	     n = n->next)
		why = read_team(teams, n);
	return why;
}

static char *
read_bots(struct teams *teams, const struct config *node)
{
	const char *expression = usual_bots;
	char *reason, *why;

	if (node != NULL && (expression = config_text(node)) == NULL)
		return config_complain(node, "a regular expression");
	teams->bots = pattern_compile(expression, true, &reason);
	if (teams->bots != NULL)
		return NULL;
	why = msg_text("%s:%u: bots '%s': %s", node->file, node->line,
		       expression, reason);
	free(reason);
	return why;
}

char *
teams_load(struct teams *teams, const char *path)
{
	static const struct form_key none[] = { { .name = NULL } };
	static const char *const known[] = { "teams", "people", "bots", NULL };
	char *why = NULL;

	*teams = (struct teams){ .persons = { .any_case = true },
				 .github = { .any_case = true },
				 .jira = { .any_case = true } };
	if (path != NULL)
		teams->root = config_load_up_to(path, LARGEST, &why);
	if (why == NULL)
		why = form_read(teams->root, none, known, NULL);
	if (why == NULL)
		why = read_teams(teams, config_get(teams->root, "teams"));
	if (why == NULL)
		why = read_persons(teams, config_get(teams->root, "people"),
				   NULL);
	if (why == NULL)
		why = read_bots(teams, config_get(teams->root, "bots"));
	return why;
}

void
teams_clear(struct teams *teams)
{
	dictionary_free(&teams->github, NULL);
	dictionary_free(&teams->jira, NULL);
	dictionary_free(&teams->persons, free);
	free(teams->names.items);
	pattern_free(teams->bots);
	config_free(teams->root);
	*teams = (struct teams){ 0 };
}
