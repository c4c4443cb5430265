/*
 * child - a program that runs: what it prints, within limits of time and of
 * bytes, and how it ends, told by the loop.  It has a process group of its own,
 * no signal blocked, nothing on standard input and no descriptor of ours.
 *
 *   const struct child_order order = { argv, 30000 };
 *   child = child_start(loop, &order, ended, arg);
 *   child_free(child);                   in ended, or before: then it runs on
 *
 * One that is too late or prints too much is sent TERM, and KILL a second
 * later.
 */
#ifndef PULSE_CHILD_H
#define PULSE_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "web/loop.h"

enum { CHILD_OUT = 8 << 20 /* bytes */ };

struct child;

struct child_order {
	char *const *argv; /* borrowed; its first is a path */
	int64_t limit;	   /* ms */
};

struct child_result {
	int code;	       /* of the program; 128 + n by a signal; 127: it
				* could not be run, err says why */
	bool late, large;      /* ended for its time or for what it printed */
	const char *out, *err; /* NUL-ended; err its last lines; both until
				* child_free */
	size_t out_len;
};

/* Never NULL; ended is called once, and never within child_start. */
struct child *child_start(struct loop *loop, const struct child_order *order,
			  void (*ended)(void *arg,
					const struct child_result *result),
			  void *arg);
void child_free(struct child *child);

/* Before child_free at our own end: kills it unless it is spared, and waits for
 * its end until then (clock_monotonic ms). */
void child_see_off(struct child *child, bool spared, int64_t until);

#endif
