/*
 * healthpage - findings for people, on stdout: under headings, the word first,
 * the way out below.  Colour helps; the word says it all without.
 */
#ifndef PULSE_HEALTHPAGE_H
#define PULSE_HEALTHPAGE_H

#include <stdbool.h>

#include "health/findings.h"

/* Those of the least level and worse. */
void healthpage_print(const struct findings *found, enum finding_level least,
		      bool color);
/* "1 failed, 2 to look at, 1 note, 20 ok." */
void healthpage_sum(const struct findings *found);

#endif
