/*
 * persons - where rows name people, and who of them has been forgotten.
 *
 *   persons = persons_open(store, &why);
 *   persons_hide(persons, plan);          before a row is put in
 *   persons_close(persons);
 *
 * A login, an e-mail address, an account id or a displayed name of somebody
 * forgotten is recognised by its digest and gives way to his pseudonym.  While
 * nobody is forgotten it costs nothing.
 */
#ifndef PULSE_PERSONS_H
#define PULSE_PERSONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/crypto.h"
#include "storage/plans.h"

struct persons;

/* NULL with *why (allocated). */
struct persons *persons_open(struct store *store, char **why);
void persons_close(struct persons *persons);

/* The pseudonym of a name, or NULL when he is not forgotten. */
const char *persons_pseudonym(const struct persons *persons, const char *name,
			      size_t len);
/* The digest that stands for a name; ASCII letters count as small ones. */
void persons_digest(const struct persons *persons, const char *name, size_t len,
		    char out[CRYPTO_HEX]);

/* Replaces the values of a record and of its children's rows. */
void persons_hide(const struct persons *persons, struct plans_plan *plan);
/* The same of a key, where the type's keys are accounts. */
void persons_hide_key(const struct persons *persons, const char *type,
		      struct value *key);

/* Does the column hold the name of somebody, and nothing else?  Is it a text
 * in which somebody may be named? */
bool persons_is_name(const char *table, const char *column);
bool persons_is_text(const char *table, const char *column);

#endif
