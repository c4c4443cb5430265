/*
 * runfile - what a program leaves in the folder of the run that it is part of
 * ($PULSE_RUN_DIR): lines for its supervisor, for retry-scan and for watchers.
 * Without the variable there is no run and nothing is left.
 */
#ifndef PULSE_RUNFILE_H
#define PULSE_RUNFILE_H

#include <stdbool.h>

#include "base/jsonw.h"

/* Are we part of a run? */
bool runfile_wanted(void);

/* NAME of that folder, to append to; -1 when there is no run, or with errno. */
int runfile_open(const char *name);

/* Appends the writer's JSON as one line, in one write.  0, also when there is
 * no run; -1 with errno. */
int runfile_add(const char *name, struct jsonw *w);

#endif
