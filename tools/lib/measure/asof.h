/*
 * asof - what a value was at a moment, from the list of its changes.
 *
 *   as_of(moment, at, place, was, becomes)   aggregate over changes in any
 *       order: what the last change at or before the moment made of it, else
 *       what the first one after it found.  at and place (integers) say which
 *       change comes first; a change without a time does not count.  NULL
 *       where that was NULL, and without changes.
 */
#ifndef PULSE_ASOF_H
#define PULSE_ASOF_H

#include "storage/store.h"

/* -1: store_error says why. */
int asof_add(struct store *store);

#endif
