/*
 * orders - the commands that people left in control/new: each applied in one
 * transaction with its answer, then answered.
 */
#ifndef PULSE_ORDERS_H
#define PULSE_ORDERS_H

#include "lead/office.h"

/* Takes at most 64.  0, or -1: the journal failed, they stay. */
int orders_turn(struct office *office);

/* The emergency latch was set, or cleared by somebody else: applied to the
 * rows once.  0, or -1. */
int orders_latch(struct office *office);

#endif
