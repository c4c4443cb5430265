/*
 * queue - the folders of one queue of the spool, DIR/queue/CLIENT/NAME.
 *
 *   tmp/   being written, its flock held; swept when its lock is free
 *   new/   committed, waiting; names sort in commit order
 *   done/  loaded (zstd), kept for replay      bad/   given up, for people
 *   lock   held by the one taker of the queue
 *
 *   queue = queue_open(dir, client, name);
 *   queue_lock(queue, wait_ms);                only who takes or moves batches
 *   queue_names(queue, QUEUE_NEW, &names);     sorted: oldest first
 *   queue_close(queue);                        frees the lock too
 *
 * storage/spool writes batches, storage/parts makes those of one put,
 * storage/taker settles those that wait, storage/shelf keeps what is settled.
 * Calls return 0 or a thing, or -1 or NULL with errno set.  What a crash leaves
 * at each step is the table in pulse-spool(5).
 */
#ifndef PULSE_QUEUE_H
#define PULSE_QUEUE_H

#include <stddef.h>
#include <stdint.h>

enum queue_state { QUEUE_TMP, QUEUE_NEW, QUEUE_DONE, QUEUE_BAD, QUEUE_STATES };

struct queue;

/* dir NULL: PULSE_HOME/spool.  Makes the folders that are missing (0700).
 * EINVAL: name is not a plain name (names_is_job); EPERM: a folder that others
 * may write or that is not ours. */
struct queue *queue_open(const char *dir, const char *client, const char *name);
/* What to end with when it cannot be opened: 64 for EINVAL, 73 for the disk,
 * else as the errno's class. */
int queue_code(int error);
void queue_close(struct queue *queue);
const char *queue_path(const struct queue *queue);

/* Open folders: the queue's own, and that of a state. */
int queue_top(const struct queue *queue);
int queue_folder(const struct queue *queue, enum queue_state state);
const char *queue_state_name(enum queue_state state);
/* 1, 2, 3: for names that must differ within this process. */
unsigned queue_number(struct queue *queue);

/* EWOULDBLOCK when another taker still holds the queue after wait_ms. */
int queue_lock(struct queue *queue, int64_t wait_ms);

/* What is in a state, sorted.  queue_names_free is safe on zeros. */
struct queue_names {
	char **items;
	size_t count;
};
int queue_names(const struct queue *queue, enum queue_state state,
		struct queue_names *names);
void queue_names_free(struct queue_names *names);

/* The time that begins the names of batches, 20261124T060000.123Z, and the time
 * in ms that a name begins with, 0 when it has none. */
enum { QUEUE_STAMP_SIZE = 24 };
void queue_stamp(int64_t ms, char out[QUEUE_STAMP_SIZE]);
int64_t queue_stamp_ms(const char *name);

/* Moves a file between two states, durably. */
int queue_move(const struct queue *queue, enum queue_state from,
	       const char *name, enum queue_state to, const char *as);

#endif
