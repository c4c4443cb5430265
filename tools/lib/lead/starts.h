/*
 * starts - which jobs start now, and how: intent committed, then run folder
 * and ticket, then pulse-run in a session of its own.
 */
#ifndef PULSE_STARTS_H
#define PULSE_STARTS_H

#include "lead/office.h"

/* Asks the gates; what is let through becomes RUNNING in the open
 * transaction and is launched after its commit.  0, or -1. */
int starts_turn(struct office *office);

void starts_launch(struct office *office, struct docket_entry *entry);

/* The program and the environment of pulse-run. */
void starts_prepare(struct office *office);

#endif
