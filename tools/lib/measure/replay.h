/*
 * replay - the states that a thing went through, edit by edit.
 *
 *   replay(at, edit, place, start1, new1, start2, new2, ...)   aggregate
 *       over the changes of one thing in any order.  It has up to REPLAY_VALUES
 *       values, numbers: start is what one was before all changes (that of the
 *       first row counts), new what a change makes of it, NULL: leaves it.
 *       at, edit and place (integers) are the order; changes with one at and
 *       edit happen together.
 *
 * The answer is JSON, a list with [at, edit, was1, is1, was2, is2, ...] for
 * each edit after which a value was not what it was before; NULL without rows.
 */
#ifndef PULSE_REPLAY_H
#define PULSE_REPLAY_H

#include "storage/store.h"

enum { REPLAY_VALUES = 4 };

/* -1: store_error says why. */
int replay_add(struct store *store);

#endif
