/*
 * verdict - how a run ended, in one outcome: the script's code if that is 0 or
 * 121, else the worst of it and of the lines that its tools appended to
 * `failures`.  126 and 127 rank as 78, crashes (128+n) as 70; a plain 1
 * counts, as 70, only when no line was appended.  pure.
 */
#ifndef PULSE_VERDICT_H
#define PULSE_VERDICT_H

#include <stddef.h>
#include <stdint.h>

#include "base/outcome.h"

enum { VERDICT_CAUSE = 512 };

struct verdict {
	int code;
	enum outcome_class class;
	int64_t not_before; /* ms, the latest that a line of that code names */
	char cause[VERDICT_CAUSE]; /* the line that decided; "" */
};

/* failures: the bytes of the file; torn or damaged lines are passed over. */
void verdict_reach(int code, const char *failures, size_t len,
		   struct verdict *verdict);

#endif
