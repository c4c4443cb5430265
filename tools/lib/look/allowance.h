/*
 * allowance - how many requests an API still allows, as the fetchers of a run
 * saw it last (run/ID/requests).
 */
#ifndef PULSE_ALLOWANCE_H
#define PULSE_ALLOWANCE_H

#include <stdbool.h>
#include <stdint.h>

#include "jobs/rooms.h"

struct allowance {
	char integration[NAMES_SIZE]; /* "github" */
	int64_t left;
	int64_t reset; /* ms: when it is full again; 0: not told */
	int64_t at;    /* ms: when it was seen */
};

/* False: the run tells of none, or is gone. */
bool allowance_read(const struct rooms *rooms, const char *run,
		    struct allowance *allowance);

#endif
