/*
 * turn - one event that meets one row, and the steps that several events share:
 * the inside of jobs/states.  pure.
 *
 * A step that changes the row sets answer->changed; the epoch is
 * states_apply's.
 */
#ifndef PULSE_TURN_H
#define PULSE_TURN_H

#include "jobs/states.h"

struct turn {
	const struct states_rules *rules;
	struct states_row *row;
	const struct states_event *event;
	int64_t now;
	struct states_answer *answer;
};

enum { TURN_HOUR = 3600 * 1000, TURN_DAY = 24 * TURN_HOUR };

/* Into a state, out of any want; its time of look is the caller's. */
void turn_enter(struct turn *turn, enum states_state state,
		enum states_reason reason);
/* To PENDING (NOT_STARTED when the job is disabled), looked at now; of a
 * not_before only the server's own stays. */
void turn_queue(struct turn *turn, enum states_reason trigger,
		enum states_reason reason);
/* To PAUSED, by a person or by the emergency stop; was: what it goes back to.
 */
void turn_pause(struct turn *turn, enum states_reason reason,
		enum states_state was);
/* To what a PAUSED row was. */
void turn_unpause(struct turn *turn);
void turn_needs_person(struct turn *turn);

/* Not before `at`, because of floor; also when to look. */
void turn_hold_until(struct turn *turn, int64_t at, enum states_reason floor);
/* When a PENDING row is looked at again at the latest. */
int64_t turn_next_look(const struct turn *turn);
void turn_clear_counters(struct states_row *row);
/* next_due to the first due point after now, if it is past or not set; returns
 * how many due points were passed. */
int64_t turn_pass_due(struct turn *turn);
/* The first due point after a time. */
int64_t turn_grid(const struct states_rules *rules, int64_t after);

void turn_answer(struct turn *turn, int status, const char *message);

#endif
