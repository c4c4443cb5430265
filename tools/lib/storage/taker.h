/*
 * taker - settling the batches that wait in a queue, oldest first.
 *
 *   queue_lock(queue, wait_ms);
 *   while ((more = taker_next(queue, &batch)) > 0) {
 *           ... give batch.fd to a command, and by how it ended: ...
 *           taker_done(queue, &batch);          loaded: to done/, as zstd
 *           taker_give_up(queue, &batch);       to bad/NAME.batch
 *           taker_leave(&batch);                stays in new/
 *   }
 *
 * Calls return 0, or -1 with errno set; those three end the batch also then.
 * taker_crashed counts how often in a row this batch has crashed its command:
 * the count stands in the queue's file `crashes`, so that it outlives the
 * taker, and taker_calm forgets it.
 */
#ifndef PULSE_TAKER_H
#define PULSE_TAKER_H

#include "storage/queue.h"

struct taker_batch {
	char name[256];
	int fd; /* open for reading */
};

/* 1: a batch; 0: none is waiting; -1. */
int taker_next(struct queue *queue, struct taker_batch *batch);
int taker_done(struct queue *queue, struct taker_batch *batch);
int taker_give_up(struct queue *queue, struct taker_batch *batch);
void taker_leave(struct taker_batch *batch);

/* The count with this crash, or -1. */
int taker_crashed(struct queue *queue, const struct taker_batch *batch);
int taker_calm(struct queue *queue);

#endif
