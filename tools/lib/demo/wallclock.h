/*
 * wallclock - one zone's wall clock, read once and then asked by any thread.
 *
 *   struct wallclock *clock = wallclock_new("Europe/Berlin", from, to);
 *   utc = wallclock_instant(clock, local);       for JQL, which reads wall time
 *   wallclock_format(clock, at, text);           2020-06-12T08:13:13.360+0800
 *
 * base/zones keeps one zone per process and is for one thread; the changes of
 * offset between from and to (ms) are taken from it here, at the start.
 * Local times are ms as if the wall clock showed UTC.
 */
#ifndef PULSE_WALLCLOCK_H
#define PULSE_WALLCLOCK_H

#include <stdint.h>

enum { WALLCLOCK_SIZE = 40 };

struct wallclock;

struct wallclock *wallclock_new(const char *zone, int64_t from, int64_t to);
void wallclock_free(struct wallclock *clock);

int64_t wallclock_offset(const struct wallclock *clock, int64_t at); /* ms */

/* Of a local time that comes twice, the later instant (Java's calendar reads
 * it as standard time, and so does Jira); in the gap, after it. */
int64_t wallclock_instant(const struct wallclock *clock, int64_t local);

void wallclock_format(const struct wallclock *clock, int64_t at,
		      char out[WALLCLOCK_SIZE]);
/* With a colon in the offset, as Data Center's agile resources have it. */
void wallclock_format_colon(const struct wallclock *clock, int64_t at,
			    char out[WALLCLOCK_SIZE]);

#endif
