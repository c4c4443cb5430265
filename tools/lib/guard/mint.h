/*
 * mint - makes tokens and takes them away: changes spool/tokens.ndjson, under
 * lock/.tokens, by replacing it whole, 0600.  A crash leaves the old file or
 * the new one.
 */
#ifndef PULSE_MINT_H
#define PULSE_MINT_H

#include "guard/bearer.h"
#include "guard/tokens.h"

/* Makes *token, of which name, role, made and expires are given; text gets it,
 * the only time.  One of the same name that has ended goes; one that has not
 * is in the way.  -1 with *why (allocated). */
int mint_add(const struct rooms *rooms, struct token *token,
	     char text[BEARER_SIZE], char **why);

/* By id or name: how many were taken away; -1 with *why. */
int mint_remove(const struct rooms *rooms, const char *which, char **why);

#endif
