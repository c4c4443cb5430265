/*
 * progress - how far a run is, for people and for its supervisor.
 *
 * On a terminal one line on stderr, redrawn four times a second; else one
 * `key=value` line each 30 s; and, when PULSE_RUN_DIR is set, a JSON line in
 * $PULSE_RUN_DIR/progress, at most two a second; and at the end what the run
 * asked of the API in $PULSE_RUN_DIR/requests.
 */
#ifndef PULSE_PROGRESS_H
#define PULSE_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "net/http.h"

struct progress;

/* loud: false says nothing on stderr. */
struct progress *progress_open(bool loud);
void progress_set(struct progress *progress, uint64_t done, uint64_t total,
		  const char *op);
/* Shows what is due. */
void progress_tick(struct progress *progress, unsigned long requests);
/* The key=value line now, whatever is due. */
void progress_say(struct progress *progress, unsigned long requests);
/* Takes the terminal line away, before another line is printed. */
void progress_clear(struct progress *progress);
/* The last line, with the counts of the whole run, in the run's folder. */
void progress_close(struct progress *progress, const struct http_stats *stats,
		    uint64_t records);

#endif
