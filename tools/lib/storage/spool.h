/*
 * spool - writing batches; a batch is whole or it is not there.
 *
 *   batch = spool_begin(queue);             a file in tmp/, its flock held
 *   spool_write(batch, line, len);          or spool_abandon(batch)
 *   spool_commit(batch);                    fsync, rename, fsync new/
 *
 * Calls return 0 or a thing, or -1 or NULL with errno set.  A batch is owned
 * by the caller until the call that ends it; it borrows its queue.
 */
#ifndef PULSE_SPOOL_H
#define PULSE_SPOOL_H

#include <stddef.h>
#include <sys/types.h>

#include "storage/queue.h"

struct spool_batch;

/* Also sweeps tmp/ of what dead writers left. */
struct spool_batch *spool_begin(struct queue *queue);
int spool_write(struct spool_batch *batch, const void *bytes, size_t len);
off_t spool_size(const struct spool_batch *batch);
int spool_cut(struct spool_batch *batch, off_t size); /* drops the rest */
/* Appends what stands in from after the byte at. */
int spool_copy(struct spool_batch *batch, const struct spool_batch *from,
	       off_t at);

/* Durable in new/ under a name that sorts after all that wait there; frees the
 * batch, also on -1. */
int spool_commit(struct spool_batch *batch);
/* Durable in another state under this name; frees the batch, also on -1. */
int spool_publish(struct spool_batch *batch, enum queue_state state,
		  const char *name);
void spool_abandon(struct spool_batch *batch);

/* Appends all of fd to batch as zstd, or what a zstd fd holds.  EBADMSG: not
 * zstd, damaged or cut. */
int spool_pack(struct spool_batch *batch, int fd);
int spool_unpack(struct spool_batch *batch, int fd);
/* Hands out, piece by piece, what a zstd fd holds; each returns 0 to go on. */
int spool_each(int fd, int (*each)(void *arg, const void *bytes, size_t len),
	       void *arg);

#endif
