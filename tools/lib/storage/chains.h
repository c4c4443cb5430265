/*
 * chains - which deployment carried which commit: the walk over a repository's
 * history.  pure.
 *
 *   struct chains *chains = chains_open();
 *   commit = chains_commit(chains, sha, len);          once per stored commit
 *   chains_parent(chains, commit, parent_sha, len);
 *   wanted = chains_want(chains, sha, len);            a deployed one
 *   count = chains_unknown(chains, &shas);             add those that exist
 *   head = chains_wanted(chains, wanted);
 *   chains_walk(chains, heads, count, owner);          once per chain
 *   chains_close(chains);
 *
 * A chain is the successful deployments of one environment in the order they
 * finished; heads names the commit of each.  A commit belongs to the first
 * deployment from which it is reachable; what the first stored one reaches
 * belongs to none, because nothing before it says what was new.  Each commit
 * is visited once per chain.  A parent that is not stored (shallow history)
 * ends the walk there.
 *
 * Commits are numbered in the order they are added, which had better be that
 * of their shas: then the index costs next to nothing.  A sha is 1 to 32 bytes
 * in hex; anything else is kept as no commit (CHAINS_NONE).
 */
#ifndef PULSE_CHAINS_H
#define PULSE_CHAINS_H

#include <stddef.h>
#include <stdint.h>

#include "storage/shas.h"

enum { CHAINS_SHA_SIZE = SHAS_TEXT };

/* In place of a commit: not stored.  In place of an owner: not reached. */
#define CHAINS_NONE SHAS_NONE
/* In place of an owner: reached by the first deployment, so owned by none. */
#define CHAINS_HISTORY (UINT32_MAX - 1)

struct chains;

struct chains *chains_open(void);
void chains_close(struct chains *chains);

/* Adds a commit, or gives the last one its number again. */
uint32_t chains_commit(struct chains *chains, const char *sha, size_t len);
uint32_t chains_find(struct chains *chains, const char *sha, size_t len);
size_t chains_count(const struct chains *chains);
/* Valid until the next commit is added. */
const struct shas_key *chains_key(const struct chains *chains, uint32_t commit);
/* The sha in small hex letters. */
void chains_sha(const struct chains *chains, uint32_t commit,
		char out[CHAINS_SHA_SIZE]);

/* An edge to a parent, which may be added later or never. */
void chains_parent(struct chains *chains, uint32_t commit,
		   const char *parent_sha, size_t len);

/* Names a commit that may be added later; CHAINS_NONE: that is no sha. */
uint32_t chains_want(struct chains *chains, const char *sha, size_t len);
/* The commit that it turned out to be, or CHAINS_NONE. */
uint32_t chains_wanted(struct chains *chains, uint32_t wanted);
/* The parents and wanted ones that are no commits so far, each once, in small
 * letters; shas is allocated. */
size_t chains_unknown(struct chains *chains, char (**shas)[CHAINS_SHA_SIZE]);

/* Fills owner[commit] with an index into heads, CHAINS_HISTORY or
 * CHAINS_NONE; heads may hold CHAINS_NONE. */
void chains_walk(struct chains *chains, const uint32_t *heads, size_t count,
		 uint32_t *owner);

/*
 * The deployment that carried a pull request merged at merged_at, by time: the
 * first that finished at or after it and is not known to lack it.  That is one
 * whose commit is not stored, or any of them when the merge commit itself is
 * not.  Never the chain's first: it carried what came before, and nobody knows
 * how much.  CHAINS_NONE when there is none.  finished is in chain order.
 */
uint32_t chains_guess(const uint32_t *heads, const int64_t *finished,
		      size_t count, uint32_t merge, int64_t merged_at);

#endif
