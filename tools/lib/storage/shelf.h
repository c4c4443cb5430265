/*
 * shelf - what a spool holds: every batch of every queue, put back or removed.
 *
 *   shelf_read(dir, client, queue, &shelf);     NULL: any of them
 *   for (i = 0; i < shelf.count; i++) ... shelf.items[i] ...
 *   shelf_free(&shelf);
 *
 * Sorted by client, queue, state and name, so that the oldest of a state come
 * first.  Makes no folder and takes no lock; what vanishes meanwhile is left
 * out.  Calls return 0, or -1 with errno set.
 */
#ifndef PULSE_SHELF_H
#define PULSE_SHELF_H

#include <stddef.h>
#include <stdint.h>

#include "storage/queue.h"

struct shelf_item {
	char *client, *queue, *name;
	char *path; /* of the file */
	enum queue_state state;
	int64_t bytes;
	int64_t at; /* ms: when it was committed, or last written */
};

struct shelf {
	struct shelf_item *items;
	size_t count;
};

/* dir NULL: PULSE_HOME/spool.  A spool that is not there is empty. */
int shelf_read(const char *dir, const char *client, const char *queue,
	       struct shelf *shelf);
void shelf_free(struct shelf *shelf);

/* Puts a batch of done/ or bad/ back into new/, under a name with or without
 * .zst or .batch.  Hold the queue's lock.  ENOENT: no such batch there. */
int shelf_replay(struct queue *queue, const char *name);

#endif
