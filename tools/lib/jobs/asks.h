/*
 * asks - what people ask of a job: start, stop, pause, resume, reset, and the
 * emergency stop: a part of jobs/states.  pure.
 */
#ifndef PULSE_ASKS_H
#define PULSE_ASKS_H

#include "jobs/turn.h"

void asks_start(struct turn *turn);
void asks_start_again(struct turn *turn); /* while RUNNING */
void asks_stop(struct turn *turn);
void asks_pause(struct turn *turn);
void asks_resume(struct turn *turn);
void asks_reset(struct turn *turn);
void asks_emergency_stop(struct turn *turn);
void asks_all_clear(struct turn *turn);

#endif
