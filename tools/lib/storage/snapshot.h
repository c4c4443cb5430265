/*
 * snapshot - a copy of pulse.db for readers elsewhere: one state, whole or not
 * at all, to be read without write access beside it.
 *
 * An earlier snapshot is replaced in one step, so that a reader sees the old
 * one or the new one.  Any other file of that name is left alone.
 */
#ifndef PULSE_SNAPSHOT_H
#define PULSE_SNAPSHOT_H

#include "base/outcome.h"

/* Of the database at that path; -1 with *why (allocated), the whole sentence,
 * and *class. */
int snapshot_write(const char *database, const char *file, char **why,
		   enum outcome_class *class);

#endif
