/*
 * people - who is behind an account: persons, teams and bots (teams.yaml(5)).
 *
 *   people = people_open(settings_client->teams, &why);
 *   people_count_bots(people);                         for --bots
 *   people_add(store, people, client, PEOPLE_TEAM);    the SQL functions
 *   people_close(people);                              after the store
 *
 * Accounts are compared without case.  Who is not in the file is a person of
 * his own: of GitHub called by his account, of Jira by his displayed name.  If
 * the file has a person of that name, he is it; so is the author of a commit of
 * whom there is but a name, which then is both account and name.  A bot is whom
 * GitHub says so (type Bot), Jira too (type app), or whom the file's pattern
 * finds, but nobody who is in the file.
 *
 * In SQL:
 *   person(source, account, type, name)  the person's name; NULL: no account,
 *                                        or a bot that is not to count
 *   team(source, account, type, name)    the person's team; NULL: none
 *   member(source, account, type, name)  by person: person, by team: team,
 *                                        else 'all' where person is not NULL
 *   is_bot(source, account, type, name)  0 or 1; NULL: no account
 * source is 'github' or 'jira'; type and name may be NULL: of Jira, the users
 * that are stored say them.  Each answer is remembered, so that a row costs
 * one look into a hash table.
 */
#ifndef PULSE_PEOPLE_H
#define PULSE_PEOPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "storage/store.h"

struct people;

enum people_by { PEOPLE_ALL, PEOPLE_PERSON, PEOPLE_TEAM };

struct people_account {
	const char *source;  /* github, jira */
	const char *account; /* login, account id; NULL: nobody */
	const char *type;    /* User, Bot, atlassian, app, or NULL */
	const char *name;    /* as displayed, or NULL */
};

/* path NULL: nobody is known, and the default pattern of bots holds.  NULL with
 * *why "FILE:LINE: what was expected" (allocated). */
struct people *people_open(const char *path, char **why);
void people_close(struct people *people); /* NULL is fine */

/* From now on bots count as people, too. */
void people_count_bots(struct people *people);

/* Reads the addresses, types and names of a client's Jira users, and adds the
 * SQL functions; member() goes by `by`.  -1: store_error says why. */
int people_add(struct store *store, struct people *people, int64_t client,
	       enum people_by by);

/* NULL as above; valid until people_close. */
const char *people_person(struct people *people,
			  const struct people_account *account);
const char *people_team(struct people *people,
			const struct people_account *account);
const char *people_member(struct people *people, enum people_by by,
			  const struct people_account *account);
bool people_is_bot(struct people *people, const struct people_account *account);

/* The teams by name in the order of the file, NULL-ended; borrowed. */
const char *const *people_teams(const struct people *people);

#endif
