#include "net/naps.h"

#include <limits.h>
#include <stddef.h>
#include <time.h>

static int64_t
nanoseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Most wait equally long, so the place in the list is near its end. */
static void
insert(struct naps *naps, struct nap *nap)
{
	struct nap *before = naps->last;

	while (before != NULL && before->due > nap->due)
		before = before->earlier;
	nap->earlier = before;
	nap->later = before != NULL ? before->later : naps->first;
	if (nap->later != NULL)
		nap->later->earlier = nap;
	else
		naps->last = nap;
	if (before != NULL)
		before->later = nap;
	else
		naps->first = nap;
}

bool
naps_take(struct naps *naps, struct nap *nap, int64_t ms)
{
	bool taken;

	pthread_mutex_lock(&naps->lock);
	taken = !naps->stopping;
	if (taken) {
		naps->suspend(nap);
		nap->due = nanoseconds() + ms * 1000000;
		insert(naps, nap);
		pthread_cond_signal(&naps->change);
	}
	pthread_mutex_unlock(&naps->lock);
	return taken;
}

static void
wake_first(struct naps *naps)
{
	struct nap *nap = naps->first;

	naps->first = nap->later;
	if (naps->first != NULL)
		naps->first->earlier = NULL;
	else
		naps->last = NULL;
	naps->wake(nap);
}

/* The one thread that ends all waits. */
static void *
wake(void *arg)
{
	struct naps *naps = arg;
	struct timespec until;

	pthread_mutex_lock(&naps->lock);
	while (!naps->stopping || naps->first != NULL) {
		if (naps->first == NULL) {
			pthread_cond_wait(&naps->change, &naps->lock);
		} else if (naps->stopping ||
			   naps->first->due <= nanoseconds()) {
			wake_first(naps);
		} else {
			until.tv_sec = naps->first->due / 1000000000;
			until.tv_nsec = naps->first->due % 1000000000;
			pthread_cond_timedwait(&naps->change, &naps->lock,
					       &until);
		}
	}
	pthread_mutex_unlock(&naps->lock);
	return NULL;
}

int
naps_start(struct naps *naps, bool threaded)
{
	pthread_condattr_t attributes;

	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_mutex_init(&naps->lock, NULL);
	pthread_cond_init(&naps->change, &attributes);
	pthread_condattr_destroy(&attributes);
	naps->threaded = threaded;
	return threaded ? pthread_create(&naps->waker, NULL, wake, naps) : 0;
}

int
naps_turn(struct naps *naps)
{
	int64_t now = nanoseconds(), ms;

	while (naps->first != NULL && naps->first->due <= now)
		wake_first(naps);
	if (naps->first == NULL)
		return -1;
	ms = (naps->first->due - now + 999999) / 1000000;
	return ms < INT_MAX ? (int)ms : INT_MAX;
}

void
naps_stop(struct naps *naps)
{
	pthread_mutex_lock(&naps->lock);
	naps->stopping = true;
	pthread_cond_signal(&naps->change);
	pthread_mutex_unlock(&naps->lock);
	if (naps->threaded)
		pthread_join(naps->waker, NULL);
	while (naps->first != NULL)
		wake_first(naps);
}

void
naps_free(struct naps *naps)
{
	pthread_cond_destroy(&naps->change);
	pthread_mutex_destroy(&naps->lock);
}
