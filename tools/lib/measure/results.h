/*
 * results - figures that were worked out before, in a file of their own each.
 *
 *   struct results_key key = { asked, state };
 *   figures = results_read(folder, &key, &found);       NULL: not kept
 *   failed = results_write(folder, &key, figures, &found);
 *
 * asked (JSON) is what a call asks for: the metric, its grouping, its window as
 * given ...; its digest is the file's name.  state (JSON) is what the answer
 * rests on: the data version, the text of the SQL ...; it stands in the first
 * line, so that an answer that no longer holds is not read, and the next one
 * takes its place.  What the frame found goes with it.  A file that is damaged
 * counts as none.  Written whole or not at all; any file may be deleted at any
 * time.
 */
#ifndef PULSE_RESULTS_H
#define PULSE_RESULTS_H

#include "measure/figures.h"

struct results_key {
	const char *asked, *state;
};

struct figures *results_read(const char *folder, const struct results_key *key,
			     struct frame_counts *found);

/* -1 with errno: it is not kept. */
int results_write(const char *folder, const struct results_key *key,
		  const struct figures *figures,
		  const struct frame_counts *found);

#endif
