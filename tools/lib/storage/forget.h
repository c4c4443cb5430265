/*
 * forget - one person's names found in the database, and taken out of it.
 *
 *   forget = forget_open(store, names, &why);         what he is called
 *   forget_count(forget), forget_name(forget, i)     logins, addresses, ...
 *   forget_rows(forget, false, &rows)                how many rows name him
 *   forget_rows(forget, true, &rows)                 one transaction
 *   store_vacuum(store)                              nothing in free pages
 *   forget_close(forget)
 *
 * From what is given the others follow: a commit ties a login to an address
 * and a name, a Jira account to a name, an address ties the two together.  A
 * name alone ties nothing, and neither does an address that several logins
 * share.  The pseudonym is `person-` and eight hex digits, the same when he is
 * forgotten again.
 */
#ifndef PULSE_FORGET_H
#define PULSE_FORGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "storage/needles.h"
#include "storage/store.h"

enum forget_kind {
	FORGET_LOGIN,
	FORGET_EMAIL,
	FORGET_ACCOUNT,
	FORGET_DISPLAYED,
	FORGET_KINDS
};

struct forget_name {
	enum forget_kind kind;
	char *text;
};

struct forget;

/* store is a writer, borrowed; names, NULL-ended, are of one person.  NULL with
 * *why (allocated). */
struct forget *forget_open(struct store *store, char *const *names, char **why);
void forget_close(struct forget *forget);

/* The given name that nobody bears, nor has borne, or NULL; and the nearest
 * one that somebody does (allocated), or NULL. */
const char *forget_unknown(const struct forget *forget);
char *forget_nearest(struct forget *forget);

size_t forget_count(const struct forget *forget);
const struct forget_name *forget_name(const struct forget *forget, size_t i);
const char *forget_kind_name(enum forget_kind kind); /* "login" ... */
const char *forget_pseudonym(const struct forget *forget);
/* All names, as they are looked for in texts and files. */
const struct needles *forget_needles(const struct forget *forget);

/* Only a displayed name was given, and several people bear it. */
bool forget_is_ambiguous(const struct forget *forget);
/* Logins and accounts that bear a name of his and are tied to nothing else of
 * his: perhaps his as well.  -1: store_error. */
int64_t forget_namesakes(struct forget *forget);
/* Repositories that are his own: then his login is part of their names. */
bool forget_owns(struct forget *forget);

/* Replaces his names (apply), or only counts the values that hold one; and
 * notes that load is to do the same from now on.  0, or -1: store_error. */
int forget_rows(struct forget *forget, bool apply, int64_t *rows);

#endif
