/*
 * tokens - spool/tokens.ndjson: who may ask pulse-web over TCP.  One JSON line
 * a token: id, name, role, sha256 of the token, made, expires; the token itself
 * is nowhere.
 *
 * A token: `pulse_` + 43 characters of base64url (256 random bits) + 6 of a
 * CRC-32 over those, so that scanners of secrets can find one for certain.
 *
 * Written under lock/tokens, replaced whole, 0600; read again when the file is
 * another.
 */
#ifndef PULSE_TOKENS_H
#define PULSE_TOKENS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/crypto.h"
#include "jobs/command.h"
#include "jobs/rooms.h"

enum { TOKENS_TEXT = 64, TOKENS_ID = 24, TOKENS_NAME = 64, TOKENS_MOST = 1000 };

struct token {
	char id[TOKENS_ID]; /* 12 hex digits, drawn by lot */
	char name[TOKENS_NAME];
	enum command_role role;
	char sha256[CRYPTO_HEX];
	int64_t made, expires; /* ms; expires 0: never */
};

/* Has text the form of a token, its checksum included?  pure. */
bool tokens_is_one(const char *text);

struct tokens {
	struct token *list;
	size_t count;
	/* Which file that was. */
	int64_t device, inode, changed, size;
};

/* Reads spool/tokens.ndjson when it is another than before.  A missing one is
 * none.  -1 with *why (allocated): it is no such file, or others may write it;
 * then there are no tokens. */
int tokens_read(struct tokens *tokens, const struct rooms *rooms, char **why);
void tokens_free(struct tokens *tokens);

/* The token of this text that has not ended, or NULL; takes as long whichever
 * it is. */
const struct token *tokens_find(const struct tokens *tokens, const char *text,
				int64_t now);

/* Makes one; text gets it, the only time.  -1 with *why. */
int tokens_add(const struct rooms *rooms, const char *name,
	       enum command_role role, int64_t expires, char text[TOKENS_TEXT],
	       char **why);
/* By id or name: how many were taken away; -1 with *why. */
int tokens_remove(const struct rooms *rooms, const char *which, char **why);

#endif
