/*
 * gate - when the next request may go out.  pure: all times are milliseconds
 * of one clock that the caller reads, and come in as arguments.
 *
 *   gate_open(&gate, per_minute, per_hour);
 *   if (gate_opens(&gate, now) <= now) { gate_sent(&gate, now); ... }
 *   verdict = gate_judge(&gate, &answer, now);
 *   gate_close(&gate);
 *
 * A refusal is read in the order of docs.github.com "rate limits for the REST
 * API": Retry-After, then a remaining of 0 and its reset, then the words of
 * the secondary limit (at least 60 s, doubled each time); a 403 with none of
 * these is about permission.  GATE_STRIKES refusals in a row are waited out,
 * the next one ends the run.  Those of requests that were under way together
 * count once.  A remaining of 0 on a good answer closes the gate too: the next
 * request would only be refused.
 */
#ifndef PULSE_GATE_H
#define PULSE_GATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { GATE_STRIKES = 5 };

struct gate_window { /* at most `size` requests in any `span` ms */
	int64_t *sent;
	size_t size, next;
	int64_t span;
};

struct gate {
	int64_t closed_until;
	unsigned strikes; /* refusals since the last good answer */
	struct gate_window minute, hour;
};

struct gate_answer {
	long status;
	int64_t retry_after; /* ms, -1: not told */
	long remaining;	     /* of the quota, -1: not told */
	int64_t reset_in;    /* ms until it is full again, -1: not told */
	bool says_limit;     /* the message speaks of a rate limit */
	bool burst;	     /* only this endpoint is too fast (Jira) */
};

enum gate_verdict {
	GATE_PASS,    /* no limit: judge the status itself */
	GATE_AGAIN,   /* ask again when the gate opens */
	GATE_LATER,   /* ask this one again after *wait, others go on */
	GATE_GIVE_UP, /* too many strikes: leave, next try after *wait */
	GATE_REFUSED  /* a 403 about permission */
};

/* 0: no cap of ours. */
void gate_open(struct gate *gate, size_t per_minute, size_t per_hour);
void gate_close(struct gate *gate);

/* The time from which the next request may be sent; now or before: at once. */
int64_t gate_opens(const struct gate *gate, int64_t now);
void gate_sent(struct gate *gate, int64_t now);

/* seed spreads several processes that were refused together. */
enum gate_verdict gate_judge(struct gate *gate,
			     const struct gate_answer *answer, int64_t now,
			     uint64_t seed, int64_t *wait);

#endif
