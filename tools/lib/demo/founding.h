/*
 * founding - the projects, boards and users that the made-up Jira site has
 * before its first issue.
 */
#ifndef PULSE_FOUNDING_H
#define PULSE_FOUNDING_H

#include "demo/tracker.h"

void founding_lay(struct tracker *tracker);

#endif
