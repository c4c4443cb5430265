/*
 * clock - what time it is, and a timer that wakes at a time of day.  With
 * PULSE_TEST_CLOCK=FILE the wall clock is what the file says (one RFC 3339
 * time), and the timer wakes when the file says so, so that tests decide the
 * time: replace the file by rename.
 */
#ifndef PULSE_CLOCK_H
#define PULSE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

int64_t clock_now(void);       /* ms since the epoch, UTC */
int64_t clock_monotonic(void); /* ms, for durations */

/*
 *   timer = clock_open();
 *   clock_arm(timer, at);                   absolute; 0: never
 *   poll(clock_fd(timer)) ...               readable: clock_step, look anew
 *
 * A timer also wakes when the wall clock is set: clock_step then says so.  The
 * file-driven one wakes whenever the file is replaced (or another file of its
 * folder: give it a folder of its own), and was set when it went back.
 */
struct clock_timer;

struct clock_timer *clock_open(void); /* NULL with errno */
int clock_fd(const struct clock_timer *timer);
int clock_arm(struct clock_timer *timer, int64_t at); /* 0, or -1 with errno */
/* Takes what has come from the descriptor; true when the clock was set. */
bool clock_step(struct clock_timer *timer);
void clock_close(struct clock_timer *timer);

#endif
