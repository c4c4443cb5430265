/*
 * advice - what a class of failures means, and what to do about it, in words.
 * pure.
 */
#ifndef PULSE_ADVICE_H
#define PULSE_ADVICE_H

#include <stdbool.h>

#include "base/outcome.h"

enum { ADVICE_TEXT = 320 };

/* "the service does not take the token". */
const char *advice_meaning(enum outcome_class class);

/* What to do.  job: as the command line names it, such as "github_job -k 2";
 * NULL: it is in no schedule and cannot be started by it. */
void advice_remedy(enum outcome_class class, const char *job,
		   char out[ADVICE_TEXT]);

/* Does it pass by itself, as a rule? */
bool advice_passes(enum outcome_class class);

#endif
