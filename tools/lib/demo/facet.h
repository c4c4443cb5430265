/*
 * facet - the value under each field of an issue, as the API writes it.
 */
#ifndef PULSE_FACET_H
#define PULSE_FACET_H

#include <stdbool.h>

#include "base/jsonw.h"
#include "demo/tracker.h"

/* The issue that is being written, and where. */
struct facet {
	const struct tracker *tracker;
	const struct tracker_issue *issue;
	int32_t index; /* of the issue */
	bool rich;     /* texts are documents */
	struct jsonw *w;
};

/* Some fields are left out where they have nothing to say, not null. */
bool facet_is_there(const struct facet *of, const struct catalog_field *field);
void facet_put(const struct facet *of, const struct catalog_field *field);

#endif
