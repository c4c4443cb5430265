/*
 * follower - one who listens to what happens: where he is, what waits for him,
 * and the way it goes out to him.
 *
 * web/livesocket and web/livestream make him, and carry what waits:
 *   follower_parse, follower_join               false: x is refused
 *   ... follower->way's functions are called
 *   follower_leave(follower)                    his connection is over
 * web/live gives him what is to be told.
 */
#ifndef PULSE_FOLLOWER_H
#define PULSE_FOLLOWER_H

#include <stdbool.h>
#include <stdint.h>

#include "guard/access.h"
#include "web/feed.h"
#include "web/live.h"
#include "web/loop.h"
#include "web/outbox.h"

struct exchange;
struct follower;

/* None of these frees the follower but release. */
struct follower_way {
	/* Sends what waits, as far as it can be sent now. */
	void (*flush)(struct follower *follower);
	/* Asks for a sign of life. */
	void (*ping)(struct follower *follower);
	/* Nothing more comes: tells him why, then leaves. */
	void (*end)(struct follower *follower, unsigned code,
		    const char *reason);
	/* He has left, or all are dropped. */
	void (*release)(struct follower *follower);
};

/* Close codes of a WebSocket. */
enum follower_end {
	FOLLOWER_GOING_AWAY = 1001,
	FOLLOWER_SILENT = 1008,
	FOLLOWER_SLOW = 1013,
	FOLLOWER_TOKEN_ENDED = 4401
};

/* So many may wait for one who catches up; ms that one for whom OUTBOX_MOST
 * wait has to take something. */
enum { FOLLOWER_LOW = 64, FOLLOWER_PATIENCE = 2000 };

struct follower { /* zeroed; way set */
	const struct follower_way *way;
	struct web *web;
	struct follower *next;
	struct access_who who;
	struct outbox outbox;
	struct eventfile_position at; /* of the last event put there */
	struct feed *feed;	      /* while he catches up */
	bool needs;		      /* a snapshot */
	bool lost;  /* his position was: he is told so before that */
	bool ended; /* nothing is put in the outbox any more */
	bool left;  /* to be released */
	struct loop_timer beat;
	int64_t ping_at;
	int64_t taken; /* when something went out to him last; monotonic ms */
};

/* For his way.  after NULL: from a snapshot on, at stays as it is. */
bool follower_parse(struct exchange *x, const char *after,
		    struct eventfile_position *at);
bool follower_join(struct follower *follower, struct exchange *x,
		   const struct eventfile_position *after);
/* The next message for him, held by the caller from now on; or NULL. */
struct outbox_message *follower_take(struct follower *follower);
/* There is room in his outbox again. */
void follower_drained(struct follower *follower);
/* Something without a position; a newer one of that name replaces it. */
void follower_tell(struct follower *follower, const char *name,
		   const char *text);
void follower_end(struct follower *follower, enum follower_end code,
		  const char *reason);
void follower_leave(struct follower *follower);

/* For web/live.  The message of an event has one holder. */
struct outbox_message *follower_event(const struct eventfile_position *at,
				      const struct feed_line *line);
/* When there is no room for it (false) he reads on from the log at his own
 * speed, or is ended when he has taken nothing for a while. */
bool follower_put(struct follower *follower, struct outbox_message *message);
/* Is he to be told what happens now? */
bool follower_is_abreast(const struct follower *follower);
/* His position is not held: he needs a snapshot. */
void follower_lose(struct follower *follower);
/* Puts a piece of what he missed into his outbox; up to end he is abreast. */
void follower_catch_up(struct follower *follower,
		       const struct eventfile_position *end);
void follower_release(struct follower *follower);

#endif
