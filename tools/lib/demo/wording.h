/*
 * wording - the words in issues: summaries, and paragraphs for descriptions
 * and comments, with all that text can hold.
 */
#ifndef PULSE_WORDING_H
#define PULSE_WORDING_H

#include <stddef.h>

#include "demo/tracker.h"

enum { WORDING_SIZE = 1024 };

/* The issue's summary in one of its wordings. */
void wording_summary(const struct tracker *tracker,
		     const struct tracker_issue *issue, int32_t wording,
		     char *out, size_t size);

void wording_paragraph(const struct tracker *tracker, unsigned number,
		       char out[WORDING_SIZE]);

#endif
