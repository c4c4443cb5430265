/*
 * lanes - the figures of a metric side by side: a lane for each group and part,
 * in the order in which they come, and in it a figure for each period.
 *
 * Borrows the figures, which must stay.
 */
#ifndef PULSE_LANES_H
#define PULSE_LANES_H

#include <stdbool.h>
#include <stddef.h>

#include "measure/figures.h"

struct lane {
	const char *group, *part;      /* part NULL: the whole */
	const struct figure **figures; /* by period; NULL: none */
	size_t first, last;	       /* periods that it has, both in it */
};

struct lanes {
	struct lane *items;
	size_t count;
	const char *
		*periods; /* in their order; one NULL where there are none */
	size_t period_count;
	size_t groups, parts; /* how many; the whole is no part */
	bool cut;	      /* into periods */
};

struct lanes *lanes_open(const struct figures *figures);
void lanes_close(struct lanes *lanes); /* NULL is fine */

/* Is there any figure in it that has data? */
bool lanes_has_data(const struct lanes *lanes, const struct lane *lane);

#endif
