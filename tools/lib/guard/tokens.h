/*
 * tokens - spool/tokens.ndjson: who may ask pulse-web over TCP.  One JSON line
 * a token: id, name, role, sha256 of the token, made, expires (null: never);
 * the token itself is nowhere.  Read again when the file is another.  A file
 * that is damaged, or that others may write, lets nobody in.
 */
#ifndef PULSE_TOKENS_H
#define PULSE_TOKENS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/crypto.h"
#include "jobs/command.h"
#include "jobs/rooms.h"

enum { TOKENS_ID = 24, TOKENS_NAME = 64, TOKENS_MOST = 1000 };

struct token {
	char id[TOKENS_ID]; /* 12 hex digits, drawn by lot */
	char name[TOKENS_NAME];
	enum command_role role;
	char sha256[CRYPTO_HEX];
	int64_t made, expires; /* ms; expires 0: never */
};

/* Letters, digits, `.`, `_`, `-`, `@`, a letter or digit in front, at most 63
 * bytes, and not what could be an id.  pure. */
bool tokens_is_name(const char *name);
bool tokens_has_ended(const struct token *token, int64_t now); /* pure */
void tokens_digest(const char *text, char out[CRYPTO_HEX]);    /* pure */

struct tokens {
	struct token *list;
	size_t count;
	/* Which file that was. */
	int64_t device, inode, changed, size;
};

/* Reads spool/tokens.ndjson when it is another than before.  A missing one is
 * none.  -1 with *why (allocated, "'PATH': reason") and errno: others may write
 * it (EPERM), it is damaged (EBADMSG) or no such file; then there are no
 * tokens.
 */
int tokens_read(struct tokens *tokens, const struct rooms *rooms, char **why);
void tokens_free(struct tokens *tokens);
/* Replaces the file whole, 0600; -1 with *why. */
int tokens_write(const struct tokens *tokens, const struct rooms *rooms,
		 char **why);

/* The token of this text that has not ended, or NULL; takes as long whichever
 * it is. */
const struct token *tokens_find(const struct tokens *tokens, const char *text,
				int64_t now);
/* By its id, whether it has ended or not; NULL: there is none. */
const struct token *tokens_by_id(const struct tokens *tokens, const char *id);

#endif
