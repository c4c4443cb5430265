/*
 * people - who is behind an account: the persons, teams and bots of teams.yaml.
 *
 *   teams:
 *     - name: payments
 *       members:
 *         - {name: Ada Example, github: [ada, ada-l], jira:
 * [5b10a2844c20165700ede21g, ada@acme.test]}
 *         - {name: Bob, github: bob}
 *   people:                    # known, but of no team
 *     - {name: Carol, github: carol}
 *   bots: '(\[bot\]$|^renovate)'    # PCRE2, any case, on the account and name
 *
 * Accounts are compared without case.  Who is not in the file is a person of
 * his own, called by his account (GitHub) or the name that Jira shows.  A bot
 * is whom GitHub says so (type Bot), Jira too (type app), or who matches
 * `bots`.
 *
 * In SQL:
 *   person(source, account, type, name)   the person's name; NULL: a bot
 * (unless they are wanted) or no account team(source, account, type, name) the
 * person's team; NULL: none member(source, account, type, name)   by person:
 * person, by team: team, else 'all' where person is not NULL is_bot(source,
 * account, type, name)   0 or 1 source is 'github' or 'jira'; type and name may
 * be NULL.
 */
#ifndef PULSE_PEOPLE_H
#define PULSE_PEOPLE_H

#include <stdbool.h>
#include <stddef.h>

struct people;

enum people_by { PEOPLE_ALL, PEOPLE_PERSON, PEOPLE_TEAM };

struct people_account {
	const char *source;  /* github, jira */
	const char *account; /* login, account id; NULL: nobody */
	const char *type;    /* User, Bot, atlassian, app, or NULL */
	const char *name;    /* as shown, or NULL */
};

/* path NULL: nobody is known, and the default pattern of bots holds.  NULL with
 * *why "FILE:LINE: what was expected" (allocated). */
struct people *people_open(const char *path, char **why);
void people_close(struct people *people); /* NULL is fine */

/* From now on bots count as people, too. */
void people_count_bots(struct people *people);

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
