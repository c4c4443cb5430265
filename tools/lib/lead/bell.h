/*
 * bell - the notify hook: `notify:` of the schedule, run with an event as one
 * JSON line on its standard input when a job needs a person.  Executed
 * directly, in a session of its own; at most OFFICE_HOOKS at once, the others
 * wait.  Its failure is logged and changes nothing.
 */
#ifndef PULSE_BELL_H
#define PULSE_BELL_H

#include "lead/office.h"

char *bell_text(const struct journal_event *event); /* allocated */
void bell_ring(struct office *office, char *text);  /* consumes text */
/* At the leader's start: what an earlier one was to tell and perhaps did not.
 */
void bell_begin(struct office *office);
/* Keeps that all has been told, once nothing waits.  0, or -1. */
int bell_turn(struct office *office);
/* Hook i has ended. */
void bell_ended(struct office *office, size_t i);

#endif
