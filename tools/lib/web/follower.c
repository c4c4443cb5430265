#include "web/follower.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "web/exchange.h"

/* ms: not sooner again, whatever the wall clock does. */
enum { LEAST = 100 };

static void beat(void *arg);

struct outbox_message *
follower_event(const struct eventfile_position *at,
	       const struct feed_line *line)
{
	char id[EVENTFILE_POSITION];

	eventfile_print(at, id);
	return outbox_message(OUTBOX_EVENT, id, line->text, line->len);
}

static bool
is_behind(const struct follower *follower)
{
	return follower->feed != NULL || follower->needs;
}

static bool
is_stuck(const struct follower *follower, int64_t now)
{
	return follower->outbox.count >= FOLLOWER_LOW &&
	       now - follower->taken >= FOLLOWER_PATIENCE;
}

bool
follower_put(struct follower *follower, struct outbox_message *message)
{
	int64_t now;

	if (follower->ended || outbox_put(&follower->outbox, message))
		return true;
	now = clock_monotonic();
	if (is_stuck(follower, now) || *follower->at.gen == '\0') {
		follower_end(follower, FOLLOWER_SLOW, "too slow");
		return false;
	}
	follower->feed = feed_open(&follower->web->rooms, &follower->at);
	loop_at(follower->web->loop, &follower->beat, now + FOLLOWER_PATIENCE,
		beat, follower);
	return false;
}

struct outbox_message *
follower_take(struct follower *follower)
{
	struct outbox_message *message = outbox_first(&follower->outbox);

	if (message == NULL)
		return NULL;
	outbox_hold(message);
	outbox_pop(&follower->outbox);
	follower->taken = clock_monotonic();
	return message;
}

void
follower_tell(struct follower *follower, const char *name, const char *text)
{
	struct outbox_message *message =
		outbox_message(OUTBOX_PROGRESS, name, text, strlen(text));

	follower_put(follower, message);
	outbox_drop(message);
	if (!follower->ended)
		follower->way->flush(follower);
}

static void
forget(struct follower *follower)
{
	loop_cancel(follower->web->loop, &follower->beat);
	feed_close(follower->feed);
	follower->feed = NULL;
	follower->needs = false;
	outbox_clear(&follower->outbox);
}

void
follower_end(struct follower *follower, enum follower_end code,
	     const char *reason)
{
	if (follower->ended)
		return;
	follower->ended = true;
	forget(follower);
	follower->way->end(follower, code, reason);
}

void
follower_leave(struct follower *follower)
{
	follower->ended = follower->left = true;
	live_come_again(follower->web->live);
}

void
follower_release(struct follower *follower)
{
	forget(follower);
	follower->way->release(follower);
}

void
follower_drained(struct follower *follower)
{
	if (is_behind(follower) && follower->outbox.count < FOLLOWER_LOW)
		live_come_again(follower->web->live);
}

bool
follower_is_abreast(const struct follower *follower)
{
	return !follower->ended && !is_behind(follower);
}

void
follower_lose(struct follower *follower)
{
	feed_close(follower->feed);
	follower->feed = NULL;
	follower->needs = follower->lost = true;
}

static bool
has_reached(const struct follower *follower,
	    const struct eventfile_position *end)
{
	return strcmp(follower->at.gen, end->gen) == 0 &&
	       follower->at.seq >= end->seq;
}

void
follower_catch_up(struct follower *follower,
		  const struct eventfile_position *end)
{
	enum feed_got got = FEED_LINE;
	struct outbox_message *message;
	struct feed_line line;

	while (!follower->ended && follower->outbox.count < FOLLOWER_LOW &&
	       (got = feed_next(follower->feed, &line)) == FEED_LINE) {
		follower->at = *feed_at(follower->feed);
		message = follower_event(&follower->at, &line);
		follower_put(follower, message);
		outbox_drop(message);
	}
	if (follower->ended || got == FEED_LATER)
		return;
	if (got == FEED_LOST ||
	    (got == FEED_NONE && !has_reached(follower, end))) {
		follower_lose(follower);
	} else if (has_reached(follower, end)) {
		feed_close(follower->feed);
		follower->feed = NULL;
	}
}

static int64_t
ping_every(void)
{
	const char *given = getenv("PULSE_TEST_PING");

	return given != NULL ? strtoll(given, NULL, 10) : LIVE_PING;
}

/* Looks whether he still may listen, and whether he is there. */
static void
beat(void *arg)
{
	struct follower *follower = arg;
	struct web *web = follower->web;
	int64_t now = clock_monotonic(), wall = clock_now(), next;

	if (!access_holds(web->access, &follower->who, wall)) {
		follower_end(follower, FOLLOWER_TOKEN_ENDED,
			     "the token has ended");
		return;
	}
	if (is_behind(follower) && is_stuck(follower, now)) {
		follower_end(follower, FOLLOWER_SLOW, "too slow");
		return;
	}
	if (now >= follower->ping_at) {
		follower->ping_at = now + ping_every();
		follower->way->ping(follower);
	}
	if (follower->ended)
		return;
	next = follower->ping_at;
	if (is_behind(follower) && next > now + FOLLOWER_PATIENCE)
		next = now + FOLLOWER_PATIENCE;
	if (follower->who.until != 0 && follower->who.until - wall < next - now)
		next = now + follower->who.until - wall;
	loop_at(web->loop, &follower->beat,
		next < now + LEAST ? now + LEAST : next, beat, follower);
}

bool
follower_parse(struct exchange *x, const char *after,
	       struct eventfile_position *at)
{
	if (after == NULL || eventfile_parse(after, at))
		return true;
	exchange_refusef(x, 400, "bad_argument",
			 "a snapshot and the lines of events give it",
			 "'%s' is no position: GEN-SEQ", after);
	return false;
}

bool
follower_join(struct follower *follower, struct exchange *x,
	      const struct eventfile_position *after)
{
	follower->web = x->web;
	follower->who = x->who;
	follower->at = *after;
	follower->needs = *after->gen == '\0';
	if (!live_join(x->web->live, follower)) {
		exchange_refuse(x, 503, "busy", "pulse-web is about to end",
				"try again in a second");
		return false;
	}
	if (!follower->needs)
		follower->feed = feed_open(&x->web->rooms, after);
	follower->taken = clock_monotonic();
	follower->ping_at = follower->taken + ping_every();
	beat(follower);
	return true;
}
