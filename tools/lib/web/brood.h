/*
 * brood - runs programs for a request and brings what they print: at most
 * BROOD_AT_ONCE at a time, the others wait their turn; each with a limit of
 * time and of bytes.  Nothing of a request reaches a shell: argv is a list, the
 * environment that of pulse-web without its secrets.
 *
 *   const struct brood_order order = { argv, 30000, false };
 *   wait = brood_run(web->brood, &order, ended, arg);
 *   brood_leave(wait);                  his client has gone
 *
 * The same argv that runs or waits already is run once for all who ask.  One
 * that waits is dropped when the last of them leaves; one that runs goes on.
 */
#ifndef PULSE_BROOD_H
#define PULSE_BROOD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "web/child.h"

struct brood;
struct brood_wait;

enum { BROOD_AT_ONCE = 2, BROOD_WAITING = 64 };

struct brood_order {
	const char *const *argv; /* copied; its first is home_program's */
	int64_t limit;		 /* ms */
	bool urgent;		 /* run at once, whatever else runs */
};

/* Takes the variables that hold tokens out of this process's environment. */
struct brood *brood_new(struct loop *loop);
/* Nobody is called any more.  Ends what runs, but waits some seconds for what
 * is urgent. */
void brood_free(struct brood *brood);

/* NULL: too many wait (answer 503).  ended is never called within brood_run;
 * the result is there only while it is, the wait no more. */
struct brood_wait *
brood_run(struct brood *brood, const struct brood_order *order,
	  void (*ended)(void *arg, const struct child_result *result),
	  void *arg);
/* Nobody waits for it any more; ended is not called. */
void brood_leave(struct brood_wait *wait);

#endif
