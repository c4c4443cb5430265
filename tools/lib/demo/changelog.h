/*
 * changelog - one changelog history as Jira writes it, and the texts that
 * issues have had.
 *
 * An item carries ids in from and to and names in fromString and toString;
 * the Sprint field's are lists ("5, 6").  Cloud names the field's id too.
 */
#ifndef PULSE_CHANGELOG_H
#define PULSE_CHANGELOG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/jsonw.h"
#include "demo/tracker.h"

/* How a history is written. */
struct changelog_style {
	const bool *chosen; /* only items of these fields, by index into
			       catalog_fields; NULL: all */
	bool epoch;	    /* created as milliseconds, a number */
};

void changelog_put(const struct tracker *tracker,
		   const struct tracker_issue *issue,
		   const struct tracker_change *change,
		   const struct changelog_style *style, struct jsonw *w);
/* Does the history hold an item of the fields chosen? */
bool changelog_is_chosen(const struct tracker *tracker,
			 const struct tracker_issue *issue,
			 const struct tracker_change *change,
			 const bool *chosen);

#endif
