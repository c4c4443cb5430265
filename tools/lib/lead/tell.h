/*
 * tell - what watchers read: the line of each event in events.ndjson and each
 * job's status file, behind the commit and from the committed row.
 */
#ifndef PULSE_TELL_H
#define PULSE_TELL_H

#include "lead/office.h"

/* Writes the lines that are missing and the status files that are stale; what
 * cannot be written is tried again in a second. */
void tell_watchers(struct office *office);

/* At the leader's start: takes over what the status files say that no row
 * holds.  A file that is not of its row as it stands is written anew. */
void tell_begin(struct office *office);

#endif
