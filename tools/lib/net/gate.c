#include "net/gate.h"

#include <stdlib.h>

#include "base/backoff.h"
#include "base/msg.h"

enum {
	SECOND = 1000,
	MINUTE = 60 * SECOND,
	HOUR = 60 * MINUTE,
	SECONDARY_BASE = MINUTE, /* "wait for at least one minute" */
	SECONDARY_CAP = 16 * MINUTE,
	BURST_BASE = 2 * SECOND,
	LONGEST = 24 * HOUR /* no hint of a server is believed beyond */
};

static void
open_window(struct gate_window *window, size_t size, int64_t span)
{
	size_t i;

	window->size = size;
	window->next = 0;
	window->span = span;
	window->sent = NULL;
	if (size == 0)
		return;
	window->sent = msg_calloc(size, sizeof(*window->sent));
	for (i = 0; i < size; i++)
		window->sent[i] = INT64_MIN / 2;
}

void
gate_open(struct gate *gate, size_t per_minute, size_t per_hour)
{
	gate->closed_until = INT64_MIN;
	gate->strikes = 0;
	open_window(&gate->minute, per_minute, MINUTE);
	open_window(&gate->hour, per_hour, HOUR);
}

void
gate_close(struct gate *gate)
{
	free(gate->minute.sent);
	free(gate->hour.sent);
}

/* When the oldest request that counts leaves the window. */
static int64_t
window_opens(const struct gate_window *window)
{
	if (window->size == 0)
		return INT64_MIN;
	return window->sent[window->next] + window->span;
}

static int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

int64_t
gate_opens(const struct gate *gate, int64_t now)
{
	int64_t opens =
		later(gate->closed_until, later(window_opens(&gate->minute),
						window_opens(&gate->hour)));

	return opens > now ? opens : now;
}

static void
window_sent(struct gate_window *window, int64_t now)
{
	if (window->size == 0)
		return;
	window->sent[window->next] = now;
	window->next = (window->next + 1) % window->size;
}

void
gate_sent(struct gate *gate, int64_t now)
{
	window_sent(&gate->minute, now);
	window_sent(&gate->hour, now);
}

static int64_t
bounded(int64_t wait)
{
	if (wait < SECOND)
		return SECOND;
	return wait > LONGEST ? LONGEST : wait;
}

/* Closes the gate for wait ms; one that is closed for longer stays so. */
static void
shut(struct gate *gate, int64_t now, int64_t wait)
{
	gate->closed_until = later(gate->closed_until, now + wait);
}

/* A refusal while the gate is closed answers a request sent before: it is of
 * the same wave and no new strike. */
static enum gate_verdict
refuse(struct gate *gate, int64_t now, int64_t wait)
{
	if (gate->closed_until <= now)
		gate->strikes++;
	shut(gate, now, wait);
	return gate->strikes > GATE_STRIKES ? GATE_GIVE_UP : GATE_AGAIN;
}

static enum gate_verdict
secondary(struct gate *gate, int64_t now, uint64_t seed, int64_t *wait)
{
	static const struct backoff rule = { .base = SECONDARY_BASE,
					     .cap = SECONDARY_CAP,
					     .factor = 2 };

	*wait = gate->closed_until > now
			? gate->closed_until - now
			: backoff_delay(&rule, gate->strikes + 1, seed);
	return refuse(gate, now, *wait);
}

static enum gate_verdict
burst(const struct gate_answer *answer, uint64_t seed, int64_t *wait)
{
	static const struct backoff rule = { .base = BURST_BASE,
					     .cap = MINUTE,
					     .factor = 2 };

	*wait = answer->retry_after >= 0 ? bounded(answer->retry_after)
					 : backoff_delay(&rule, 1, seed);
	return GATE_LATER;
}

enum gate_verdict
gate_judge(struct gate *gate, const struct gate_answer *answer, int64_t now,
	   uint64_t seed, int64_t *wait)
{
	bool refused = answer->status == 403 || answer->status == 429;

	*wait = 0;
	if (!refused) {
		if (answer->status >= 200 && answer->status < 400)
			gate->strikes = 0;
		if (answer->remaining == 0 && answer->reset_in >= 0)
			shut(gate, now, bounded(answer->reset_in));
		return GATE_PASS;
	}
	if (answer->burst)
		return burst(answer, seed, wait);
	/* Data Center sends retry-after: 0, go on, with every answer: on a 403
	 * it is no limit. */
	if (answer->retry_after > 0 ||
	    (answer->retry_after == 0 && answer->status == 429)) {
		*wait = bounded(answer->retry_after);
		return refuse(gate, now, *wait);
	}
	if (answer->remaining == 0 && answer->reset_in >= 0) {
		*wait = bounded(answer->reset_in);
		return refuse(gate, now, *wait);
	}
	if (answer->says_limit || answer->status == 429)
		return secondary(gate, now, seed, wait);
	return GATE_REFUSED;
}
