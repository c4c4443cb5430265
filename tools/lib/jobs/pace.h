/*
 * pace - how far a run is, how fast it goes and when it will be done, from the
 * lines of its run/ID/progress.
 *
 * The rate decays (older lines count less); there is none before three
 * samples, and no eta where the total is not known.  pure, but for pace_look.
 */
#ifndef PULSE_PACE_H
#define PULSE_PACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/jsonw.h"
#include "jobs/rooms.h"

struct pace {
	int64_t done, total; /* total -1: not known */
	int percent;	     /* -1: not known */
	char op[128], tool[64];
	double rate; /* a second; negative: not known */
	int64_t eta; /* ms since the epoch, 0: not known */
	int64_t at;  /* of the latest line, ms; 0: no line */
	unsigned samples;
};

/* The lines of a progress file; the last one may be torn. */
void pace_read(const char *lines, size_t len, int64_t now, struct pace *pace);
/* The same of a run's folder. */
void pace_look(const struct rooms *rooms, const char *run, int64_t now,
	       struct pace *pace);

/* What is known of pct, done, total, op, rate and eta, as members of the object
 * that is open. */
void pace_put(struct jsonw *w, const struct pace *pace);

#endif
