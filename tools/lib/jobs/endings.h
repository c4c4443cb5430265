/*
 * endings - the three ways in which a row leaves RUNNING, and the two failures
 * to start: a part of jobs/states.  pure.
 */
#ifndef PULSE_ENDINGS_H
#define PULSE_ENDINGS_H

#include "jobs/turn.h"

void endings_ended(struct turn *turn);
void endings_never_started(struct turn *turn);
void endings_vanished(struct turn *turn);
void endings_jammed(struct turn *turn);
void endings_spawn_failed(struct turn *turn);
void endings_locked(struct turn *turn);

#endif
