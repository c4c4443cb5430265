/*
 * answer - what an answer says of limits and errors.  pure.
 *
 * GitHub sends x-ratelimit-reset as seconds since the epoch, Jira as a time
 * (2026-11-24T06:00Z); Retry-After is seconds or an HTTP date.  Reset and date
 * are taken relative to the answer's own Date, so that a wrong clock here does
 * not matter.
 */
#ifndef PULSE_ANSWER_H
#define PULSE_ANSWER_H

#include <stddef.h>
#include <stdint.h>

#include "base/outcome.h"
#include "net/gate.h"
#include "net/headers.h"

enum { ANSWER_MESSAGE = 240 };

struct answer {
	long status;
	struct gate_answer gate;
	long limit; /* of the quota, per hour; -1: not told */
	/* "HTTP 404: Not Found": the status and what the body says of it. */
	char message[ANSWER_MESSAGE];
};

/* now: ms since the epoch, for an answer without Date. */
void answer_read(struct answer *answer, long status,
		 const struct http_headers *headers, const char *body,
		 int64_t now);

/* How a status counts when it is the last word. */
enum outcome_class answer_class(long status);

/* Tue, 24 Nov 2026 06:00:00 GMT as ms since the epoch; -1 for other forms. */
int64_t answer_date(const char *text);

/* ms, or -1. */
int64_t answer_retry_after(const char *text, int64_t now);

#endif
