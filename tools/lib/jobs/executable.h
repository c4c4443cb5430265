/*
 * executable - the file that a `run:` or `notify:` of the schedule stands for:
 * one path and no arguments, never a shell's line.  A relative one is looked
 * up in the schedule's own folder, then in PULSE_HOME, then in the
 * installation; the first that is there counts.
 */
#ifndef PULSE_EXECUTABLE_H
#define PULSE_EXECUTABLE_H

#include "base/config.h"

/* Sets *path (absolute, allocated) and returns NULL, or says why not:
 * "FILE:LINE: expected ...", allocated. */
char *executable_find(const struct config *node, char **path);

#endif
