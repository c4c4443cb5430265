/*
 * cache - answers of an API kept on disk, to be asked for again with their
 * ETag: a 304 costs no quota.  It may be deleted at any time.
 *
 *   cache_key(identity, url, post, key);
 *   if (cache_peek(cache, key, &entry)) ...          If-None-Match: entry.etag
 *   if (cache_read(cache, key, &entry)) ...          after a 304: the body too
 *   cache_forget(&entry);
 *   cache_write(cache, key, &entry);                 after a 200
 *
 * One file per answer, named by 64 hex digits: a digest of who asks and the
 * whole URL, so that two tokens never share an answer.  Written beside and
 * renamed, without fsync, since a lost entry is only asked for again; a digest
 * in its head shows a torn one, which then counts as absent.  When all files
 * together grow beyond the bound, those used longest ago go.  Several
 * processes may share the folder.
 */
#ifndef PULSE_CACHE_H
#define PULSE_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/crypto.h"

struct cache;

struct cache_entry {
	char *etag, *modified; /* as the server sent them, or NULL */
	char *next;	       /* of Link rel=next, or NULL */
	int64_t at;	       /* when the answer came, ms since the epoch */
	char *body;	       /* NUL-ended; NULL after cache_peek */
	size_t len;
};

/* Makes the folder (0700).  NULL with *why (allocated). */
struct cache *cache_open(const char *dir, int64_t bytes, char **why);
void cache_close(struct cache *cache);

void cache_key(const char *identity, const char *url, const char *post,
	       char key[CRYPTO_HEX]);

bool cache_peek(struct cache *cache, const char *key,
		struct cache_entry *entry);
bool cache_read(struct cache *cache, const char *key,
		struct cache_entry *entry);
void cache_forget(struct cache_entry *entry); /* frees what peek, read gave */

/* After a failure nothing more is written: a full disk must not end a fetch.
 * Returns -1 with errno the first time. */
int cache_write(struct cache *cache, const char *key,
		const struct cache_entry *entry);

#endif
