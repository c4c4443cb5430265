/*
 * brood - runs programs for a request and brings what they print: at most
 * BROOD_AT_ONCE at a time, the others wait their turn; each with a limit of
 * time and of bytes.  Nothing of a request reaches a shell: argv is a list, the
 * environment that of pulse-web without its secrets.
 *
 *   brood_run(web->brood, &order, &ended, arg)
 *
 * The same argv that runs or waits already is run once for all who ask.
 */
#ifndef PULSE_BROOD_H
#define PULSE_BROOD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "web/loop.h"

struct brood;
struct brood_wait;

enum { BROOD_AT_ONCE = 2, BROOD_WAITING = 64, BROOD_OUT = 8 << 20 };

struct brood_result {
	int code;	       /* of the program; 128 + n by a signal */
	bool late, large;      /* ended for its time or for what it printed */
	const char *out, *err; /* NUL-ended; err its last lines */
	size_t out_len;
};

struct brood *brood_new(struct loop *loop);
void brood_free(struct brood *brood); /* ends what runs */

/* argv is copied; its first is home_program's.  urgent: passes the queue.
 * NULL: too many wait (answer 503). */
struct brood_wait *brood_run(struct brood *brood, const char *const *argv,
			     int64_t limit_ms, bool urgent,
			     void (*ended)(void *arg,
					   const struct brood_result *result),
			     void *arg);
/* Nobody waits for it any more; ended is not called. */
void brood_leave(struct brood_wait *wait);

#endif
