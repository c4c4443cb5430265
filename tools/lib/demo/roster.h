/*
 * roster - the lists of users.
 *
 * Cloud gives everybody, apps and the inactive too, in bare arrays; Data
 * Center wants ?username= (`.` finds everybody) and leaves the inactive out
 * unless asked for them.
 */
#ifndef PULSE_ROSTER_H
#define PULSE_ROSTER_H

#include "demo/desk.h"

void roster_all(const struct desk_call *call);
void roster_search(const struct desk_call *call);

#endif
