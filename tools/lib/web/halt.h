/*
 * halt - POST /api/v1/jobs/emergency-stop: sets the latch at once, then has
 * `pulse-ctl emergency-stop` end what runs.  It needs no scheduler, no
 * database, no room on the disk and no audit; what it could not put on record
 * it says.
 *
 * Answer: {"latched","ended","left","message"}; recorded false: it is not in
 * the audit.  500 with "error" and that as "answer" when something is left, or
 * the latch could not be set.
 */
#ifndef PULSE_HALT_H
#define PULSE_HALT_H

struct exchange;

void halt_answer(struct exchange *x);

#endif
