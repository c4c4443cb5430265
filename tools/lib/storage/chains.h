/*
 * chains - which deployment carried which commit: the walk over a repository's
 * history.  pure.
 *
 *   struct chains *chains = chains_open();
 *   commit = chains_commit(chains, sha, len);          once per stored commit
 *   chains_parent(chains, commit, parent_sha, len);    when all are there
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

enum { CHAINS_SHA_SIZE = 65 };

/* In place of a commit: not stored.  In place of an owner: not reached. */
#define CHAINS_NONE UINT32_MAX
/* In place of an owner: reached by the first deployment, so owned by none. */
#define CHAINS_HISTORY (UINT32_MAX - 1)

struct chains;

struct chains *chains_open(void);
void chains_close(struct chains *chains);

/* Adds a commit, or gives the last one its number again. */
uint32_t chains_commit(struct chains *chains, const char *sha, size_t len);
uint32_t chains_find(struct chains *chains, const char *sha, size_t len);
size_t chains_count(const struct chains *chains);
/* The sha in small hex letters. */
void chains_sha(const struct chains *chains, uint32_t commit,
		char out[CHAINS_SHA_SIZE]);

/* An edge to a parent that is stored; another one is forgotten. */
void chains_parent(struct chains *chains, uint32_t commit,
		   const char *parent_sha, size_t len);

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
