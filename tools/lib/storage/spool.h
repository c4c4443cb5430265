/*
 * spool - a directory of batches; a batch is whole or it is not there.
 *
 *   tmp/   being written, its flock held; swept when its lock is free
 *   new/   committed, waiting; names sort in commit order
 *   done/  loaded (zstd), kept for replay      bad/   given up, for people
 *   lock   held by the one taker of the queue
 *
 * A writer calls begin, then commit or abandon.  A taker opens the queue,
 * which locks it, then settles batch after batch.  Calls return 0, or -1 with
 * errno set.  A crash at any point leaves a batch in exactly one directory;
 * the table is in pulse-spool(5).
 */
#ifndef PULSE_SPOOL_H
#define PULSE_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct spool;	    /* one queue: DIR/queue/CLIENT/QUEUE */
struct spool_batch; /* one batch, being written or taken */

/* Makes the folders that are missing (0700).  queue must be a plain name
 * (names_is_job), else EINVAL; a world-writable or foreign folder is EPERM. */
struct spool *spool_open(const char *dir, const char *client,
			 const char *queue);
void spool_close(struct spool *spool); /* frees the lock too */

/* Writing. */
struct spool_batch *spool_begin(struct spool *spool);
int spool_write(struct spool_batch *batch, const void *bytes, size_t len);
/* Whole and durable in new/; frees the batch, also on -1. */
int spool_commit(struct spool_batch *batch);
/* Kept in bad/ as evidence of kind (`tail`); frees the batch. */
int spool_set_aside(struct spool_batch *batch, const char *kind, size_t keep);
void spool_abandon(struct spool_batch *batch);
const char *spool_name(const struct spool_batch *batch);

/* Taking: -1 with EWOULDBLOCK when another taker holds the queue. */
int spool_lock(struct spool *spool);
/* The oldest waiting batch, opened for reading; NULL with errno 0 when there
 * is none. */
struct spool_batch *spool_next(struct spool *spool);
int spool_fd(const struct spool_batch *batch);
int spool_done(struct spool_batch *batch);    /* to done/, compressed */
int spool_give_up(struct spool_batch *batch); /* to bad/NAME.batch */
void spool_leave(struct spool_batch *batch);  /* stays in new/ */

#endif
