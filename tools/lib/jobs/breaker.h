/*
 * breaker - the circuit breaker of one (client, integration).  pure.
 *
 * closed -> open after three consecutive failures of classes that mean that
 * the service is not there (75, 69).  Open 15 min, doubled each time up to
 * 4 h.  half_open: the next run of that pair is the probe; a stored cursor or
 * a success closes it, a failure opens it again for twice as long, an end
 * without a verdict for the same length.  An operator can force it open or
 * closed; "auto" gives it back.
 */
#ifndef PULSE_BREAKER_H
#define PULSE_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

enum breaker_state { BREAKER_CLOSED, BREAKER_OPEN, BREAKER_HALF_OPEN };
enum breaker_override {
	BREAKER_AUTO,
	BREAKER_FORCED_OPEN,
	BREAKER_FORCED_CLOSED
};

struct breaker {
	enum breaker_state state;
	enum breaker_override override;
	int64_t failures; /* consecutive */
	int64_t length;	  /* ms, of the latest opening */
	int64_t opened_at, until;
	int64_t probe; /* run id of the probe, 0: none */
};

enum breaker_kind {
	BREAKER_TIME,	   /* a look at the clock */
	BREAKER_PROBES,	   /* run starts while half open */
	BREAKER_SUCCESS,   /* run stored a cursor, or succeeded */
	BREAKER_FAILURE,   /* run failed with 75 or 69, not a quota */
	BREAKER_NO_VERDICT /* run ended otherwise */
};

/* True when something changed.  run: which run it is about. */
bool breaker_apply(struct breaker *breaker, enum breaker_kind kind, int64_t run,
		   int64_t now);
bool breaker_override(struct breaker *breaker, enum breaker_override to,
		      int64_t now);

/* May a run start now?  If not, *until says when to look (0: not before an
 * operator acts, or the probe has ended). */
bool breaker_lets(const struct breaker *breaker, int64_t now, int64_t *until);

const char *breaker_state_name(enum breaker_state state);
int breaker_state_by_name(const char *name);
const char *breaker_override_name(enum breaker_override override);
int breaker_override_by_name(const char *name); /* -1: nobody's */

#endif
