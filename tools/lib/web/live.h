/*
 * live - those who listen: WebSocket /api/v1/ws and SSE /api/v1/events, the
 * same lines to both.
 *
 * ?after=GEN-SEQ (SSE: Last-Event-ID too) goes on behind that position; one of
 * another gen, or no longer held: snapshot_needed, a snapshot of all jobs with
 * its position, then on from there; without it: a snapshot first.  Progress has
 * no position, at most twice a second a run.
 *
 * When 256 lines wait for one his progress is dropped; then he reads on from
 * the log at his own speed; when he takes nothing for 2 s he is closed (1013).
 * The others are not touched.  Pinged every 20 s (PULSE_TEST_PING, when set: so
 * many ms); a token that has ended closes with 4401, no pong to two pings with
 * 1008.
 */
#ifndef PULSE_LIVE_H
#define PULSE_LIVE_H

#include <stdbool.h>
#include <stddef.h>

#include "web/web.h"

struct exchange;
struct follower;
struct live;

enum { LIVE_PING = 20000 };

struct live *live_open(struct web *web);
/* Nobody is let in any more; those who listen are told (1001) and go as they
 * read it, until live_count is 0. */
void live_end(struct live *live);
size_t live_count(const struct live *live);
/* Drops who is left. */
void live_close(struct live *live);

/* For web/follower: false when it ends; a turn, as soon as may be. */
bool live_join(struct live *live, struct follower *follower);
void live_come_again(struct live *live);

void live_socket(struct exchange *x); /* GET /api/v1/ws */
void live_events(struct exchange *x); /* GET /api/v1/events */

#endif
