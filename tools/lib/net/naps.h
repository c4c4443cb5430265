/*
 * naps - what waits for its time, the next one first; a thread of its own wakes
 * them, or the caller's loop.
 *
 *   naps_start(&naps, true)         true: on a thread of its own
 *   naps_take(&naps, &nap, ms)      false: it is stopping, do not wait
 *   naps_turn(&naps)                without a thread: wakes what is due
 *   naps_stop(&naps)                wakes all
 *
 * suspend and wake are called under the lock, so that one that is just being
 * suspended is not woken before it is.
 */
#ifndef PULSE_NAPS_H
#define PULSE_NAPS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct nap {
	int64_t due; /* ns */
	struct nap *earlier, *later;
};

struct naps {
	void (*suspend)(struct nap *nap); /* before it is in the list */
	void (*wake)(struct nap *nap);	  /* after it is out of it */
	struct nap *first, *last;
	bool threaded, stopping;
	pthread_t waker;
	pthread_mutex_t lock;
	pthread_cond_t change;
};

/* 0, or the errno of the thread that could not be made. */
int naps_start(struct naps *naps, bool threaded);
bool naps_take(struct naps *naps, struct nap *nap, int64_t ms);
/* Wakes what is due; the ms until the next is, or -1. */
int naps_turn(struct naps *naps);
/* Wakes all; nothing sleeps any more from now on. */
void naps_stop(struct naps *naps);
void naps_free(struct naps *naps);

#endif
