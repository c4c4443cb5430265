/*
 * zones - time zones over the system's zoneinfo, for figures by local day and
 * for JQL, which reads times in the account's zone.
 *
 * A zone is an IANA name such as Europe/Berlin, or UTC.  The C library keeps
 * one zone per process: calls are not for several threads at once.
 */
#ifndef PULSE_ZONES_H
#define PULSE_ZONES_H

#include <stdbool.h>
#include <stdint.h>

bool zones_exists(const char *name);

/* Seconds east of UTC in that zone at that time (seconds since the epoch). */
int64_t zones_offset(const char *name, int64_t at);

#endif
