/*
 * call - gives a list of commands, all of them before the first is followed,
 * and tells what becomes of each.
 *
 *   struct call call = { .errand = &errand, .wait = true, .say = say, ... };
 *   code = call_all(&call, items, count);
 *
 * Says: what changed, line by line (say), what went wrong and the way out
 * (complain), the answers (answer).  The code is the worst of all: 0, that of
 * a started run, 64 unknown or wrong, 69 nobody home, 75 not now, 77, 74 when
 * no command could be written, or that of pulse-sched --once.
 */
#ifndef PULSE_CALL_H
#define PULSE_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ask/errand.h"
#include "ask/order.h"
#include "jobs/command.h"

struct call_item {
	struct order_target *target; /* NULL: about no job */
	struct command command;
};

struct call {
	struct errand *errand;
	bool wait;     /* follow what is under way to its end */
	int64_t until; /* clock_monotonic, 0: no limit */
	void (*say)(void *arg, const char *label, const char *text);
	void (*complain)(void *arg, const char *text);
	void (*answer)(void *arg, const struct command_answer *answer);
	void *arg;
};

int call_all(const struct call *call, struct call_item *items, size_t count);

#endif
